"""A tenant's own prompt is heard, offered and allowed in that tenant, and nowhere in another."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from switchhook import Exit, Label, Module, Session, hookimpl, setting
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.place import AsteriskPlace
from switchhook.calls.prompts import PromptMissing, PromptRefused
from switchhook.cli.prompts import prompts
from switchhook.clock import SetClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source as Plugin
from switchhook.flows.publish import PublishRefused, Source
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.configuration import configuration
from switchhook.portal.plugging import plug_in
from switchhook.prompts.library import PromptLibrary
from switchhook.publishing.values import Trial
from switchhook.schema import SettingsRefused
from switchhook.speech.audio import to_wav, tone
from switchhook.store.directory import Directory
from switchhook.store.routing import Fallback, Number

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FLOW = """\
flow: hello
label: Hello
start: a
last_resort: a
points:
  a: {module: say, label: A, settings: {prompts: [own/hello]}, exits: {next: hang-up}}
"""


@attrs.frozen
class Say(Module):
    kind = "say"
    label = Label("Sagen", "Say")
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        await session.play(*self.prompts)
        return Exit("next")


class Sample:
    @hookimpl
    def modules(self) -> list[type[Module]]:
        return [Say]


@pytest.fixture
def library(tmp_path: Path) -> PromptLibrary:
    """A library where each of two tenants has a sound for everyone's ``own/hello``, and one more."""
    made = PromptLibrary(tmp_path / "data" / "sounds")
    made.add("everyone", "de", to_wav(tone(440, 0.1)))
    made.add("own/hello", "de", to_wav(tone(440, 0.25)), "acme")
    made.add("own/hello", "de", to_wav(tone(440, 0.5)), "acme-2")
    made.add("own/only-acme", "en", to_wav(tone(440, 0.75)), "acme")
    return made


@pytest.fixture
def settings(tmp_path: Path, library) -> Settings:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    return load_settings(tmp_path / "switchhook.toml", {})


@pytest.fixture
async def administration(store, settings) -> Administration:
    clock = SetClock(NOW)
    plugged = await plug_in(clock, lambda fault: None, sources=[Plugin("sample", Sample)])
    for tenant in ("acme", "acme-2", "bare"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant, NOW))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


@pytest.mark.parametrize(
    ("id", "tenant", "seconds"),
    [
        ("own/hello", "acme", 0.25),
        ("own/hello", "acme-2", 0.5),
        ("own/only-acme", "acme", 0.75),
        ("everyone", "bare", 0.1),
        ("everyone", "", 0.1),
        ("own/hello", "bare", None),
        ("own/hello", "", None),
        ("own/only-acme", "acme-2", None),
        ("own/acme/hello", "acme", None),
        ("own/acme/hello", "acme-2", None),
        ("own/acme/hello", "", None),
        ("own/hello", "acme/hello", None),
        ("own/hello", "../de/own/acme", None),
    ],
)
def test_each_tenant_finds_its_own_and_nobody_elses(library, id, tenant, seconds):  # noqa: A002
    for there in (library, PromptLibrary(library.directory)):
        if seconds is None:
            with pytest.raises(PromptMissing) as missing:
                there.find(id, "de", tenant)
            assert "only-acme" not in str(missing.value).removeprefix(f"there is no prompt {id!r}")
            continue
        found = there.find(id, "de", tenant)
        assert (found.id, found.seconds) == (id, seconds)
        assert Path(there.asterisk_name(found) + ".wav") == found.path
        assert found.path.is_file()


def test_what_is_nobodys_is_not_used_and_own_sounds_go_with_their_files(library):
    (library.directory / "de/own/stray.wav").write_bytes(to_wav(tone(440, 0.1)))
    assert library.rescan()
    assert "own/TENANT/NAME.wav" in library.refused["de", "own/stray"]
    with pytest.raises(PromptRefused):
        library.add("own/hello", "de", to_wav(tone(440, 0.1)))
    library.remove("own/hello", "de", "acme")
    assert library.ids("acme") == ["everyone", "own/only-acme"]
    assert library.ids("acme-2") == ["everyone", "own/hello"]
    assert PromptLibrary(library.directory).ids("acme") == library.ids("acme")


async def test_linter_trial_choices_and_numbers_know_whose_a_prompt_is(administration):
    for tenant in ("acme", "acme-2"):
        await administration.publishing.of(tenant, SYSTEM).import_texts([Source(FLOW, "hello.yaml")])
        tried = await administration.publishing.of(tenant, SYSTEM).try_flow("hello", Trial(), live=True)
        assert [(one.prompt, one.missing) for one in tried.steps[0].heard] == [("own/hello", False)]
        assert tried.seconds == {"acme": 0.25, "acme-2": 0.5}[tenant]
    with pytest.raises(PublishRefused, match="'own/hello' has no sound") as refused:
        await administration.publishing.of("bare", SYSTEM).import_texts([Source(FLOW, "hello.yaml")])
    assert "did you mean" not in str(refused.value)
    offered = {
        tenant: [one.id for one in (await administration.choices.of(tenant, SYSTEM).offer("prompt")).choices]
        for tenant in ("acme", "acme-2", "bare")
    }
    assert offered == {
        "acme": ["everyone", "own/hello", "own/only-acme"],
        "acme-2": ["everyone", "own/hello"],
        "bare": ["everyone"],
    }
    number = {"fallback": "announce", "sound": "own/hello"}
    async with administration.numbers.turn() as conn:
        kept = await administration.numbers.of("acme", SYSTEM).new("+4922112345", number)
        await administration.numbers.of("acme", SYSTEM).keep_new(conn, kept)
    with pytest.raises(SettingsRefused, match="there is no prompt"):
        await administration.numbers.of("bare", SYSTEM).new("+4922112346", number)


async def test_each_numbers_fallback_says_its_own_tenants_words(administration, settings, store):
    directory = Directory(store, SetClock(NOW))
    for last, tenant in enumerate(("acme", "acme-2", "bare")):
        await directory.assign(Number(f"+492211234{last}", tenant, fallback=Fallback("announce", sound="own/hello")))
    place = AsteriskPlace(Path("/usr/sbin/asterisk"), (22, 0, 0), Path("/usr/lib/asterisk"), Path("/usr/share"))
    text = (await configuration(settings, place, store, SetClock(NOW)))["extensions.conf"]
    heard = [text.partition(f"exten => +492211234{last},1,")[2].partition("exten =>")[0] for last in range(3)]
    assert "/de/own/acme/hello" in heard[0]
    assert "/de/own/acme-2/hello" in heard[1]
    assert "own/" not in heard[2]


def test_the_command_names_the_tenant(library):
    said = CliRunner().invoke(prompts, ["list", "--json", "--sounds", str(library.directory)])
    listed = {(one["id"], one["tenant"]) for one in json.loads(said.stdout)["prompts"]}
    assert listed == {("everyone", ""), ("own/hello", "acme"), ("own/hello", "acme-2"), ("own/only-acme", "acme")}
