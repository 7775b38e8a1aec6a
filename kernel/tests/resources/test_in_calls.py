"""Resources as flows and calls use them."""

from __future__ import annotations

import attrs
import pytest

from switchhook import Exit, Label, Module, Money, NotFound, Session, setting
from switchhook.access.actor import SYSTEM
from switchhook.alerts.inbox import Alerts
from switchhook.flows.publish import PublishRefused, Source
from switchhook.flows.registry import ModuleRegistry
from switchhook.prompts.library import PromptLibrary
from switchhook.publishing.service import Publishing
from switchhook.resources.apply import replace
from switchhook.resources.record import InUse
from switchhook.resources.shelf import Shelf
from switchhook.store.directory import Directory
from switchhook.store.engine import StoreAway
from switchhook.testing import assert_module_conforms, call

from .conftest import Contact, Group, Line


@attrs.frozen
class Greet(Module):
    kind = "greet"
    label = Label("Begrüßung", "Greeting")
    who: str = setting("reference", "Wen", "Whom", to="contact")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        contact = await session.resource(Contact, self.who)
        return Exit("next", f"greeted {contact.name}")


REGISTRY = ModuleRegistry([("sample", Greet)])
FLOW = """\
flow: hello
label: Hello
start: a
last_resort: a
points:
  a: {module: greet, label: A, settings: {who: kim}, exits: {next: hang-up}}
"""


@pytest.fixture
def directory(keeping) -> Directory:
    return Directory(keeping.store, keeping.clock)


@pytest.fixture
def publish_it(keeping, directory, tmp_path):
    publishing = Publishing(
        keeping=keeping,
        directory=directory,
        modules=REGISTRY,
        prompts=PromptLibrary(tmp_path, fallback=("en",)),
        alerts=Alerts(keeping.store, keeping.clock),
        phones=(),
    )
    return lambda text=FLOW: publishing.of("acme", SYSTEM).import_texts([Source(text, "hello.yaml")])


async def test_a_flow_that_names_what_is_not_kept_is_refused_with_a_near_match(publish_it, acme, other):
    await other.create("contact", {"name": "Kim"})
    with pytest.raises(PublishRefused, match=r"hello.yaml:6:\d+: .*F09: there is no contact 'kim'; make it first"):
        await publish_it()
    await acme.create("contact", {"name": "Kimi"})
    with pytest.raises(PublishRefused, match="did you mean 'kimi'"):
        await publish_it()


async def test_what_a_live_flow_uses_cannot_be_deleted_or_replaced_behind_its_back(publish_it, acme):
    await acme.create("contact", {"name": "Kim"})
    await acme.create("contact", {"name": "Lee"})
    await publish_it()
    for refused in (acme.delete("contact", "kim", 1), replace(acme, "contact", "kim", "lee")):
        with pytest.raises(InUse, match=r"flow 'Hello' \(points\.a\.settings\.who\)"):
            await refused
    await publish_it(FLOW.replace("kim", "lee"))
    assert (await acme.delete("contact", "kim", 1)).deleted is not None


async def test_calls_read_once_and_again_after_a_change(keeping, acme, other):
    shelf = Shelf(keeping.store, keeping.rows)
    made = await acme.create("contact", {"name": "Kim", "pin": "4711"})
    assert (await shelf.find("acme", Contact, "kim")) == made.value
    await acme.change("contact", "kim", 1, {"name": "Kim B"})
    assert (await shelf.find("acme", Contact, "kim")).name == "Kim"
    shelf.forget()
    assert (await shelf.find("acme", Contact, "kim")).name == "Kim B"
    with pytest.raises(NotFound):
        await shelf.find("other", Contact, "kim")
    await acme.delete("contact", "kim", 2)
    shelf.forget()
    with pytest.raises(NotFound):
        await shelf.find("acme", Contact, "kim")


async def test_every_change_is_noticed_by_running_workers(keeping, acme, directory):
    stamps = [(await directory.load_routing()).stamp]
    await acme.create("contact", {"name": "Kim"})
    stamps.append((await directory.load_routing()).stamp)
    await acme.change("contact", "kim", 1, {"name": "Lee"})
    stamps.append((await directory.load_routing()).stamp)
    await acme.delete("contact", "kim", 2)
    stamps.append((await directory.load_routing()).stamp)
    await acme.restore("contact", "kim")
    stamps.append((await directory.load_routing()).stamp)
    assert stamps == sorted(set(stamps))


async def test_what_was_known_counts_while_the_database_is_away(keeping, acme, monkeypatch):
    shelf = Shelf(keeping.store, keeping.rows)
    await acme.create("contact", {"name": "Kim"})
    await shelf.find("acme", Contact, "kim")
    shelf.forget()

    def away():
        raise StoreAway("away")

    monkeypatch.setattr(type(keeping.store), "read", lambda self: away())
    assert (await shelf.find("acme", Contact, "kim")).name == "Kim"
    with pytest.raises(StoreAway):
        await shelf.find("acme", Contact, "lee")


async def test_the_test_kit_keeps_what_a_test_names():
    done = await call(Greet(who="kim"), resources={"kim": Contact(name="Kim")})
    assert (done.exit, done.why) == ("next", "greeted Kim")
    done = await call(Greet(who="kim"))
    assert "there is no contact 'kim'" in done.faults[0].message


@attrs.frozen
class Choosy(Greet):
    """With a field of every kind that resources brought."""

    kind = "choosy"
    number: str = setting("number", "Rufnummer", "Number", default="")
    opens: str = setting("time", "Von", "From", default="00:00")
    day: str = setting("date", "Tag", "Day", default="2026-01-01")
    price: Money = setting("money", "Preis", "Price", default=Money(0, "EUR"))
    others: tuple[str, ...] = setting("references", "Andere", "Others", to="contact", default=())
    lines: tuple[Line, ...] = setting("rows", "Leitungen", "Lines", row=Line, default=())


def test_a_module_that_uses_resources_keeps_its_contract():
    kept = {"kim": Contact(name="Kim"), "lee": Contact(name="Lee"), "sales": Group(name="Sales")}
    assert_module_conforms(Greet, resources=kept)
    assert_module_conforms(Choosy, resources=kept, examples=60)
    with pytest.raises(AssertionError, match="there is no contact 'nothing'; a test names it"):
        assert_module_conforms(Greet)
