"""Whatever a page does, an operation does with the same right: every route of the pages stands here."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchhook.portal.administration import Administration
from switchhook.store.engine import Store
from switchhook_web.access import access_of

from .site import administered, all_plugins

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference

FORM, SIGN_IN = "a form that shows what other operations tell", "signing in, which a token stands in for"
BROWSER, FILES = "about this browser alone", "a file of the pages"
SEEN = {
    "account.show": ("account.get", "account.sessions", "account.tokens", "account.factor"),
    "account.password": FORM,
    "account.factor": ("account.factor",),
    "account.token": ("rights.list",),
    "alerts.bell": ("alerts.list",),
    "alerts.card": ("alerts.list",),
    "alerts.show": ("alerts.list", "alerts.get", "alerts.mail"),
    "announcements.one": ("announcements.versions", "announcements.speech", "announcement.get"),
    "announcements.productions.show": ("announcements.productions.list",),
    "announcements.show": ("announcement.list", "announcements.stock"),
    "announcements.sound": ("announcements.sound",),
    "announcements.spoken": ("announcements.speech",),
    "announcements.stock_sound": ("announcements.stock",),
    "api.answer": "the API itself",
    "api.openapi": "the API itself",
    "api_docs.one": "the API itself",
    "api_docs.schemas": "the API itself",
    "api_docs.show": "the API itself",
    "assets.file": FILES,
    "audit.check": ("audit.check",),
    "audit.show": ("audit.list",),
    "calls.course": ("calls.get",),
    "calls.show": ("calls.list",),
    "charges.show": ("charges.list", "rates.list"),
    "charges.table": ("charges.table",),
    "conference.rooms": ("conference.rooms", "conference.room"),
    "dashboard.asterisk": ("condition.get",),
    "dashboard.kept": ("calls.kept",),
    "dashboard.live": ("calls.live",),
    "dashboard.overview": FORM,
    "dashboard.plugins": ("plugins.list", "faults.list"),
    "dashboard.show": FORM,
    "dashboard.storage": ("condition.get",),
    "dashboard.today": ("calls.sums",),
    "flow_history.before_publishing": ("flows.proof",),
    "flow_history.export": ("flows.file",),
    "flow_history.show": ("flows.versions", "flows.difference", "flows.plans"),
    "flow_life.ask": ("flows.uses",),
    "flow_life.ask_name": FORM,
    "flow_list.show": ("flows.draft", "flows.findings"),
    "flow_numbers.show": ("numbers.list",),
    "flow_picture.boot": ("flows.draft", "flows.modules"),
    "flow_picture.newer": ("flows.draft",),
    "flow_picture.show": ("flows.draft", "flows.get"),
    "flow_picture.version": ("flows.file",),
    "flow_point.point": ("flows.draft",),
    "flow_try.expectations": ("flows.expectations", "flows.check"),
    "flow_try.show": ("flows.try", "flows.try_number"),
    "flows.new": ("flows.templates",),
    "flows.index": ("flows.list",),
    "hours.card": ("hours.switches",),
    "hours.preview": FORM,
    "hours.overview": ("hours.switches", "calendar.list"),
    "lists.ask": FORM,
    "lists.entries": ("lists.entries",),
    "lists.hits": ("lists.hits",),
    "lists.one": ("lists.entry",),
    "lists.overview": ("lists.lists",),
    "lists.table": ("lists.table",),
    "lists.table_form": FORM,
    "live.listen": ("live",),
    "recording.consents": ("recording.consents",),
    "recording.proof": ("recording.proof",),
    "recording.recording": ("recording.get",),
    "recording.recordings": ("recording.list",),
    "recording.retention": ("recording.runs",),
    "recording.sound": ("recording.sound",),
    "mail_templates.one": ("wordings.get",),
    "mail_templates.show": ("wordings.list",),
    "mailbox.card": ("mailbox.waiting",),
    "mailbox.message": ("mailbox.message",),
    "mailbox.messages": ("mailbox.messages",),
    "mailbox.sound": ("mailbox.sound",),
    "mails.show": ("mails.list", "mails.get"),
    "notices.show": "part of every page",
    "numbers.history": ("numbers.history",),
    "numbers.edit": ("numbers.get", "numbers.uses"),
    "numbers.show": ("numbers.list",),
    "offers.check": ("offers.verify",),
    "offers.document": ("offers.document",),
    "offers.show": ("offers.list", "offers.get"),
    "offers.signed": ("offers.signed",),
    "operator_numbers.show": ("numbers.free",),
    "orders.show": ("orders.waiting",),
    "password_policy.show": ("policy.get",),
    "passwords.forgot": SIGN_IN,
    "passwords.show": SIGN_IN,
    "people.new": FORM,
    "people.edit": ("people.get", "people.sessions"),
    "people.show": ("people.list",),
    "pins.show": ("pins.locked",),
    "spending.show": ("spending.get",),
    "plugins.one": ("plugins.get", "plugins.settings"),
    "plugins.restarting": ("portal.get",),
    "plugins.show": ("plugins.list", "faults.list"),
    "record.edit": ("contact.get", "contact.uses"),
    "record.new": ("kinds.list",),
    "record_files.file": FORM,
    "record_files.ask": FORM,
    "record_files.table": ("contact.table",),
    "record_files.save": ("export",),
    "record_life.ask": ("contact.uses",),
    "record_life.history": ("contact.history",),
    "record_life.trash": ("trash.list", "flows.trash"),
    "records.choices": ("contact.list",),
    "records.show": ("contact.list",),
    "sign_in.show": SIGN_IN,
    "sign_in.start": FORM,
    "storage.ask": ("storage.price",),
    "storage.card": ("storage.get",),
    "storage.one": ("media.get",),
    "storage.original": ("media.original",),
    "storage.show": ("media.list", "storage.get"),
    "storage.sound": ("media.sound",),
    "support.bundle": ("support.bundle",),
    "support.show": ("support.get",),
    "tenants.new": FORM,
    "tenants.edit": ("tenants.get",),
    "tenants.show": ("tenants.list",),
    "user_names.show": FORM,
    "webhooks.edit": ("webhook.get",),
    "webhooks.new": FORM,
    "webhooks.one": ("webhook.get", "deliveries.list", "deliveries.get"),
    "webhooks.show": ("webhook.list",),
}
DONE = {
    "account.change_password": ("account.change_password",),
    "account.confirm_factor": ("account.confirm_factor",),
    "account.end_session": ("account.end_session",),
    "account.end_sessions": ("account.end_sessions",),
    "account.enrol": ("account.begin_factor",),
    "account.keep": ("account.patch",),
    "account.make_token": ("account.make_token",),
    "account.remove_factor": ("account.remove_factor",),
    "account.revoke_token": ("account.revoke_token",),
    "alerts.handle": ("alerts.acknowledge", "alerts.close"),
    "alerts.wish": ("alerts.want_mail",),
    "announcements.productions.accept": ("announcements.productions.accept",),
    "announcements.productions.ask": ("announcements.productions.ask",),
    "announcements.productions.deliver": ("announcements.productions.deliver",),
    "announcements.productions.quote": ("announcements.productions.quote",),
    "announcements.productions.refuse": ("announcements.productions.refuse",),
    "announcements.productions.withdraw": ("announcements.productions.withdraw",),
    "announcements.drop": ("announcements.drop",),
    "announcements.generate": ("announcements.generate",),
    "announcements.hear": ("announcements.hear",),
    "announcements.trim": ("announcements.trim",),
    "announcements.upload": ("announcements.upload",),
    "conference.change": ("conference.mute", "conference.lock", "conference.remove"),
    "conference.call_in": ("conference.call_in",),
    "charges.set_rate": ("rates.change",),
    "flow_history.cancel": ("flows.cancel",),
    "flow_history.discard": ("flows.discard_draft",),
    "flow_history.publish": ("flows.publish", "flows.schedule", "flows.import"),
    "flow_history.roll_back": ("flows.roll_back",),
    "flow_life.delete": ("flows.delete",),
    "flow_life.rename": ("flows.rename",),
    "flow_life.restore": ("flows.restore",),
    "flow_list.add": ("flows.save_draft",),
    "flow_list.decide": ("flows.save_draft",),
    "flow_list.set_flow": ("flows.save_draft",),
    "flow_numbers.assign": ("numbers.patch",),
    "flow_numbers.lead": ("numbers.patch",),
    "flow_numbers.off": ("numbers.patch",),
    "flow_picture.form": ("flows.exits",),
    "flow_picture.save": ("flows.save_draft", "flows.save_file"),
    "flow_point.delete": ("flows.save_draft",),
    "flow_point.duplicate": ("flows.save_draft",),
    "flow_point.move": ("flows.save_draft",),
    "flow_point.set_point": ("flows.save_draft",),
    "flow_try.forget": ("flows.forget_expectation",),
    "flow_try.keep": ("flows.expect",),
    "flows.create": ("flows.create", "flows.create_from_template", "flows.create_from_file", "flows.copy"),
    "hours.look": ("hours.preview",),
    "hours.change": ("hours.set_switch",),
    "hours.use_feed": ("calendar.patch",),
    "hours.let_go": ("hours.set_switch",),
    "lists.add": ("lists.add",),
    "lists.bring": ("lists.table.plan", "lists.table.apply"),
    "lists.change": ("lists.change",),
    "lists.delete": ("lists.delete",),
    "lists.put": ("lists.block",),
    "lists.restore": ("lists.restore",),
    "lists.take_back": ("lists.take_back",),
    "mail_templates.reset": ("mail-template.delete",),
    "mail_templates.save": ("mail-template.create", "mail-template.put", "mail-template.patch"),
    "mailbox.change": ("mailbox.mark",),
    "mailbox.heard": ("mailbox.mark",),
    "mailbox.delete": ("mailbox.delete",),
    "mails.resend": ("mails.resend",),
    "recording.delete": ("recording.delete",),
    "recording.hold": ("recording.hold",),
    "recording.check": ("recording.check",),
    "numbers.change": ("numbers.patch",),
    "offers.bring_signed": ("offers.bring_signed",),
    "offers.decline": ("offers.decline",),
    "offers.make": ("offers.make",),
    "offers.sign": ("offers.sign",),
    "offers.withdraw": ("offers.withdraw",),
    "operator_numbers.add": ("numbers.add_free",),
    "operator_numbers.assign": ("numbers.assign",),
    "operator_numbers.end_rest": ("numbers.end_rest",),
    "operator_numbers.release": ("numbers.release",),
    "operator_numbers.remove": ("numbers.remove_free",),
    "orders.again": ("orders.again",),
    "orders.drop": ("orders.drop",),
    "password_policy.keep": ("policy.patch",),
    "passwords.ask": SIGN_IN,
    "passwords.set_password": SIGN_IN,
    "people.change": ("people.patch",),
    "people.create": ("people.create",),
    "people.delete": ("people.delete",),
    "people.disable": ("people.disable",),
    "people.enable": ("people.enable",),
    "people.invite": ("people.invite",),
    "person_help.end_sessions": ("people.end_sessions",),
    "person_help.remove_second_factor": ("people.remove_second_factor",),
    "person_help.send_link": ("people.password_link",),
    "pins.unlock": ("pins.unlock",),
    "spending.release": ("spending.release",),
    "plugins.change": ("plugins.change",),
    "plugins.default": ("plugins.change",),
    "plugins.reset": ("plugins.reset",),
    "plugins.restart": ("portal.restart",),
    "plugins.switch": ("plugins.switch",),
    "preferences.choose": BROWSER,
    "record.change": ("contact.put", "contact.patch"),
    "record.create": ("contact.create",),
    "record_files.bring": ("contact.table.plan", "contact.table.apply"),
    "record_files.plan": ("plan", "apply"),
    "record_life.delete": ("contact.delete", "contact.replace"),
    "record_life.restore": ("contact.restore",),
    "records.delete": ("contact.delete",),
    "records.restore": ("contact.restore",),
    "sign_in.enter": SIGN_IN,
    "sign_in.leave": SIGN_IN,
    "storage.delete": ("media.delete",),
    "storage.give": ("storage.change",),
    "storage.order": ("storage.order",),
    "tenants.change": ("tenants.patch",),
    "tenants.create": ("tenants.create",),
    "tenants.move": ("tenants.move",),
    "user_names.find": ("user_names.find",),
    "webhooks.change": ("webhook.put", "webhook.patch"),
    "webhooks.create": ("webhook.create",),
    "webhooks.delete": ("webhook.delete",),
    "webhooks.ping": ("deliveries.ping",),
    "webhooks.redeliver": ("deliveries.redeliver",),
    "webhooks.restore": ("webhook.restore",),
}


@pytest.fixture
async def administration(store: Store, tmp_path: Path) -> Administration:
    """The portal with all plugins that come with it."""
    return await administered(store, tmp_path, all_plugins())


def routes(api) -> tuple[set[str], set[str]]:
    """The endpoints that only show, and those that do something."""
    rules = list(api.app.url_map.iter_rules())
    doing = {one.endpoint for one in rules if one.methods - {"GET", "HEAD", "OPTIONS"}} - {"api.answer"}
    return {one.endpoint for one in rules} - doing, doing


async def test_every_page_names_its_operations_or_why_there_is_none(api, operations):
    """Whoever adds a page adds its operation, and says here which that is."""
    seen, done = routes(api)
    assert seen == set(SEEN)
    assert done == set(DONE)
    known = {one.id for one in operations}
    named = {name for one in (*SEEN.values(), *DONE.values()) if isinstance(one, tuple) for name in one}
    assert named <= known
    own = {one.id for one in operations if one.path.startswith("/account")}
    assert own <= named, "of one's own account the pages do all"


async def test_what_a_page_does_an_operation_does_with_the_same_right(api, operations):
    known = {one.id: one for one in operations}
    asked = {}
    for endpoint, named in DONE.items():
        if isinstance(named, str):
            continue
        access = access_of(api.app, endpoint)
        for name in named:
            one = known[name]
            of_page = {"right": access.right, "operator": "above"}.get(access.who, "")
            if one.right.startswith("contact.") or not of_page:
                continue  # pages of records of any kind ask the service alone, as all do for one's own account
            asked[endpoint] = (of_page, "above" if one.above else one.right)
    assert {endpoint: both for endpoint, both in asked.items() if both[0] != both[1]} == {}
    assert len(asked) > 40
