"""Everything a running portal is administered with, in one value: pages, the API and services get it."""

from __future__ import annotations

import attrs

from ..alerts.inbox import Alerts
from ..asterisk.live import LiveCalls
from ..asterisk.live_rooms import LiveRooms
from ..calls.prompts import PromptMissing
from ..charges.book import Charges
from ..clock import Clock
from ..config import Settings
from ..lamps.service import Lamps
from ..media.consents import Consents
from ..media.library import Media
from ..media.ordering import ExtraStorage
from ..notices.board import Notices
from ..numbers.service import Numbers
from ..orders.book import Orders
from ..outbound.spending import Spending
from ..people.door import Door
from ..people.forgotten import Forgetting
from ..people.helping import Helping
from ..people.links import Links
from ..people.offers import Offers
from ..people.passwords import Cost, Passwords
from ..people.people import People
from ..people.policies import Policies
from ..people.tenants import Tenants
from ..people.trail import Trail
from ..pins.locks import Pins
from ..placing.service import Placing
from ..post.outbox import Post
from ..prompts.library import PromptLibrary
from ..publishing.service import Publishing
from ..resources.mail_template import kept_wording
from ..resources.service import Keeping
from ..resources.wordings import MailWordings
from ..store.audit import Audit
from ..store.engine import Store
from ..webhooks.asking import AskedPrograms
from ..webhooks.deliveries import Webhooks
from ..webhooks.fetching import Fetching
from .call_records import CallRecords
from .choices import Choices
from .condition import Condition
from .dialling import Dialling
from .flows import library_of, publishing_of
from .keeping import keeping_of
from .keys import installation_key
from .mail_files import MailFiles
from .media import media_files, media_of
from .news import News
from .order_care import OrderCare
from .plugging import Plugged
from .plugin_care import PluginCare
from .repeats import Repeats
from .rooms import Rooms
from .spending import spending_of
from .support import Support


@attrs.frozen(kw_only=True)
class Administration:
    """One portal's areas of administration. Each area checks rights and tenant itself: ``area.of(tenant, actor)``.

    Made by :func:`administration_of`; in a portal with several workers it is
    in the process beside them.
    """

    settings: Settings
    clock: Clock
    store: Store
    """For what has to know whether the database answers; pages ask areas, never the store."""
    plugged: Plugged
    keeping: Keeping
    publishing: Publishing
    people: People
    tenants: Tenants
    offers: Offers
    numbers: Numbers
    choices: Choices
    trail: Trail
    live: LiveCalls
    records: CallRecords
    rooms: Rooms
    news: News
    plugins: PluginCare
    condition: Condition
    support: Support
    post: Post
    wordings: MailWordings
    alerts: Alerts
    notices: Notices
    orders: Orders
    order_care: OrderCare
    webhooks: Webhooks
    door: Door
    policies: Policies
    links: Links
    forgetting: Forgetting
    helping: Helping
    repeats: Repeats
    placing: Placing
    media: Media
    consents: Consents
    lamps: Lamps
    pins: Pins
    programs: AskedPrograms
    fetching: Fetching
    charges: Charges
    spending: Spending
    extra_storage: ExtraStorage
    dialling: Dialling


def administration_of(
    settings: Settings,
    store: Store,
    clock: Clock,
    plugged: Plugged,
    live: LiveCalls,
    *,
    rooms: LiveRooms | None = None,
    cost: Cost | None = None,
) -> Administration:
    """The administration of a portal with these plugins; ``live`` and ``rooms`` are its view of Asterisk.

    ``cost`` is that of a password's hash.
    """
    live_rooms = rooms or LiveRooms(clock)
    keeping = keeping_of(settings, store, clock, plugged)
    audit, seal = keeping.audit, keeping.seal
    library = library_of(settings)
    numbers = numbers_of(settings, store, clock, plugged, audit, library)
    files = MailFiles(store, media_files(settings))
    charges, media = Charges(store, clock, audit, plugged.rates), media_of(settings, store, clock, audit)
    ready = settings.mail is not None
    post = Post(store, clock, seal, plugged.mail_templates, kept_wording, ready=ready, library=files)
    alerts = Alerts(store, clock)
    notices = Notices(clock)
    passwords = Passwords(cost or Cost())
    links = Links(keeping, passwords, post, settings.web.url)
    people = People(store, clock, plugged.hooks, audit, plugged.rights, links.invite)
    return Administration(
        settings=settings,
        clock=clock,
        store=store,
        plugged=plugged,
        publishing=publishing_of(settings, keeping, plugged, library),
        people=people,
        tenants=Tenants(people),
        offers=Offers(people, post, alerts, settings.web.url),
        keeping=keeping,
        numbers=numbers,
        choices=Choices(keeping, numbers, library.ids),
        trail=Trail(store, audit),
        live=live,
        records=CallRecords(store, live),
        rooms=Rooms(store, clock, audit, live_rooms),
        news=News(store, clock, live, live_rooms, plugged.rights, settings, notices),
        plugins=PluginCare(keeping, settings, plugged),
        condition=Condition(settings, live),
        support=Support(settings, store, clock, plugged, live),
        wordings=MailWordings(keeping, plugged.mail_templates),
        webhooks=Webhooks(store, clock),
        post=post,
        alerts=alerts,
        notices=notices,
        orders=Orders(store, clock),
        order_care=OrderCare(store, clock, audit, plugged.hooks),
        door=Door(keeping, passwords, post),
        policies=Policies(keeping),
        links=links,
        forgetting=Forgetting(links, alerts),
        helping=Helping(people, links),
        repeats=Repeats(store, clock, seal),
        lamps=Lamps(store, frozenset(settings.phones)),
        placing=Placing(
            store,
            clock,
            settings.asterisk.systemname,
            {name: phone.extension for name, phone in settings.phones.items()},
            frozenset(plugged.placed.calls),
        ),
        media=media,
        consents=Consents(store, installation_key(settings.data_dir, "consent")),
        programs=AskedPrograms(clock, settings.webhooks.allow_private),
        fetching=Fetching(settings.webhooks.allow_private),
        pins=Pins(store, clock, audit),
        charges=charges,
        spending=spending_of(settings, store, clock),
        extra_storage=ExtraStorage(media, charges),
        dialling=Dialling(store, clock),
    )


def numbers_of(
    settings: Settings, store: Store, clock: Clock, plugged: Plugged, audit: Audit, library: PromptLibrary
) -> Numbers:
    """The numbers of a portal with these telephones, trunk and sounds."""

    def has_prompt(prompt: str, tenant: str) -> bool:
        try:
            library.find(prompt, settings.portal.language, tenant)
        except PromptMissing:
            return False
        return True

    trunk = settings.trunk is not None
    return Numbers(store, clock, plugged.hooks, audit, frozenset(settings.phones), trunk, has_prompt)
