"""Every hook of Switchhook: its kind, deadline, arguments and contract.

An implementation takes any of a hook's arguments by name and may be ``def`` or
``async def``. What each kind means is told in ``docs/reference/hooks.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .access.right import Right
from .alerts.alert import Alert
from .calls.call import Call, Caller
from .calls.event import Event
from .calls.outcome import Outcome
from .calls.port import DialPlan
from .charges.rate import Rate
from .contributions import CallAction, Card, MenuEntry, Pages, Service
from .dispatch.dispatcher import Refusal
from .dispatch.spec import hook
from .flows.flow import Flow, Routing
from .flows.lint_context import KeptRule
from .flows.module import Exit, Finding, Module
from .flows.template import FlowTemplate
from .in_call.feature import InCallFeature
from .orders.order import Job
from .people.sign_in import SignIn
from .placing.placed_call import PlacedCall
from .post.template import MailTemplate
from .resources.record import Change
from .resources.resource import Resource
from .schema import Label
from .store.plugin_migrations import PluginMigrations

# -- a call's way ---------------------------------------------------------------------------------


@hook("fold", result=Caller)
def caller_identified(caller: Caller, call: Call) -> Caller | None:
    """Change what is known of a caller before anything else sees it, such as the name.

    ``call.caller`` is the caller as the network gave it. None keeps the caller as it is.
    """


@hook("veto", fault_refuses=False)
def call_arrives(call: Call) -> Refusal | None:
    """Refuse a call before its flow is chosen; it ends with the outcome ``blocked``.

    ``call.tenant`` is that of the called number, empty when it leads nowhere. A
    guard that fails or is too slow is passed over: a caller is served rather
    than lost.
    """


@hook("first", result=Routing)
def resolve_number(call: Call) -> Routing | None:
    """Say which tenant's flow serves the called number; None leaves it to the next plugin and then the store."""


@hook("first", result=str)
def choose_flow(call: Call, routing: Routing) -> str | None:
    """Name another flow of the same tenant by its id, such as for a closed office; None keeps the number's own."""


@hook("notify")
def point_entered(call: Call, point: str, module: str) -> None:
    """A call came to a point of its flow. Called off the call's path, in order with ``event_recorded``."""


@hook("notify")
def point_left(call: Call, point: str, exit: Exit) -> None:  # noqa: A002 - the domain's own word
    """A call left a point by an exit, with the reason. Called off the call's path, in order with ``event_recorded``."""


@hook("notify", deadline=1.0)
def event_recorded(call: Call, event: Event) -> None:
    """Something was recorded in a call: a prompt, keys, a leg, a consent. Called off the call's path, in order."""


@hook("fold", result=DialPlan)
def leg_proposed(plan: DialPlan, call: Call) -> DialPlan | None:
    """Change an outbound leg before it is checked, such as the number it shows. None keeps the plan."""


@hook("veto")
def leg_allowed(call: Call, plan: DialPlan) -> Refusal | None:
    """Refuse an outbound leg. A guard that fails, is too slow or suspended counts as a refusal."""


@hook("notify", deadline=5.0)
def call_ended(call: Call, outcome: Outcome) -> None:
    """A call ended, with its one outcome. Called once for each call that a running portal sees end."""


# -- contributions --------------------------------------------------------------------------------


@hook("collect", result=Module)
def modules() -> Sequence[type[Module]] | None:
    """Module classes this plugin brings. Two of the same kind stop the start and name both plugins."""


@hook("collect", result=PlacedCall)
def placed_calls() -> Sequence[PlacedCall] | None:
    """Kinds of calls the portal places for this plugin: who serves whoever answers, and who learns how it ended.

    They are ordered with ``administration.placing.place``. Two with modules of
    the same kind stop the start and name both plugins.
    """


@hook("collect", result=Resource)
def resources() -> Sequence[type[Resource]] | None:
    """Resource classes this plugin brings. Two of the same kind stop the start and name both plugins."""


@hook("collect", result=InCallFeature)
def in_call_features() -> Sequence[type[InCallFeature]] | None:
    """In-call features this plugin brings: what whoever takes a call can have done by a key during the talk.

    Each is a resource as well, and needs no other hook. Two of the same kind
    stop the start and name both plugins.
    """


@hook("collect", result=Right)
def rights() -> Sequence[Right] | None:
    """Rights this plugin asks for beyond those of its resources, which come by themselves.

    They appear where administrators give rights to people. Two of the same
    word stop the start and name both plugins.
    """


@hook("collect", result=MailTemplate)
def mail_templates() -> Sequence[MailTemplate] | None:
    """Kinds of mail this plugin sends, in German and English; administrators can give them their own wording.

    Two of the same name stop the start and name both plugins.
    """


@hook("collect", result=Rate)
def rates() -> Sequence[Rate] | None:
    """What things this plugin makes cost, beside calls; operators set other prices for single tenants.

    What was made is charged with ``administration.charges``. Two rates of the
    same name stop the start and name both plugins.
    """


@hook("collect", result=object)
def commands() -> Sequence[object] | None:
    """``click.Command`` objects that become ``switchhook NAME``."""


@hook("collect", result=object)
def lint_rules() -> Sequence[Callable[[Flow], Sequence[Finding]] | KeptRule] | None:
    """Rules that look at a whole flow before it is published, a ``KeptRule`` also at what its points refer to."""


@hook("collect", result=FlowTemplate)
def flow_templates() -> Sequence[type[FlowTemplate]] | None:
    """Template classes this plugin brings, for new flows. Two of the same kind are refused, naming both plugins."""


@hook("collect", result=PluginMigrations)
def migrations() -> Sequence[PluginMigrations] | None:
    """Bring the folder of this plugin's Alembic revisions for its own tables.

    They are applied before the first call. A plugin whose migrations fail is
    suspended; nothing of them is kept and all others go on.
    """


@hook("collect", result=Service)
def services() -> Sequence[Service] | None:
    """Work that lasts as long as the portal, such as a server of pages; calls never wait for it.

    One that raises is reported and started again after a while.
    """


@hook("collect", result=Job)
def jobs() -> Sequence[Job] | None:
    """How this plugin carries out what was ordered: work that is done once its moment has come, whatever ends meanwhile.

    Two of the same kind stop the start and name both plugins.
    """


@hook("collect", result=MenuEntry)
def menu_entries() -> Sequence[MenuEntry] | None:
    """Lines of the portal's navigation, shown to those who have their rights."""


@hook("collect", result=Card)
def cards() -> Sequence[Card] | None:
    """Cards of a tenant's dashboard, or of the operator's; each says of what news it is shown anew."""


@hook("collect", result=CallAction)
def call_actions() -> Sequence[CallAction] | None:
    """What people can do about a call: buttons in the list of calls and on a call's page."""


@hook("collect", result=Pages)
def pages() -> Sequence[Pages] | None:
    """Pages of this plugin's own, where those made from its resources are not enough."""


@hook("collect", result=Label)
def sentences() -> Sequence[Label] | None:
    """The German of this plugin's own sentences: reasons of exits, notes, and what errors and refusals say.

    They are made in English; pages in German show those that fit a template,
    such as ``Label("{count} Ziffern eingegeben", "{count} digits entered")``.
    Places of the English template: ``{name}`` is any text, ``{name!r}`` one
    as Python shows it, ``{name:word}`` one without white space,
    ``{name:said}`` a sentence, or several with semicolons, that has German of
    its own.
    """


# -- administration and the portal's life -----------------------------------------------------------


@hook("veto")
def change_proposed(change: Change) -> Refusal | None:
    """Refuse that a resource is made, changed, deleted or restored.

    A refusal with a ``path`` is shown at that field of the form.
    """


@hook("notify")
def change_made(change: Change) -> None:
    """A resource was made, changed, deleted or restored, and is kept so.

    What an operator says to a plugin in the portal is told as the kind
    ``plugin`` of the tenant ``operator``; no guard is asked about that.
    """


@hook("notify")
def signed_in(sign_in: SignIn) -> None:
    """Somebody signed in, with a password and, where there is one, the second factor; not by a token."""


@hook("notify")
def sign_in_refused(sign_in: SignIn) -> None:
    """Somebody was refused at the door; attempts that must wait before they count are not told."""


@hook("veto")
def flow_publish_proposed(flow: Flow, tenant: str) -> Refusal | None:
    """Refuse the publishing of a flow that passed the linter."""


@hook("notify")
def flow_published(flow: Flow, tenant: str, version: str) -> None:
    """A version of a flow is live from now on; calls in progress keep theirs."""


@hook("notify", deadline=10.0)
def portal_started() -> None:
    """The portal is about to take calls: the time to open what the other hooks need.

    Calls wait for it, but at most a second in all.
    """


@hook("notify", deadline=10.0)
def portal_stopping() -> None:
    """The portal takes no new calls and will end soon."""


@hook("notify")
def alert_raised(alert: Alert) -> None:
    """People have to know of something: a new alert, or one whose cause happened again an hour after it was told."""


@hook("notify")
def asterisk_connected() -> None:
    """The manager connection to Asterisk stands and the live calls are known."""


@hook("notify")
def asterisk_lost(reason: str) -> None:
    """The manager connection to Asterisk broke; it is tried again by itself."""
