"""What the operator says to a plugin reaches it, checked by what the plugin declares."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from switchhook import Caller, ConfigError, Exit, Label, Module, Session, hookimpl, setting
from switchhook.cli import plugin_commands
from switchhook.cli.main import group
from switchhook.clock import SetClock
from switchhook.config import load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.portal.plugging import Plugged, plug_in
from switchhook.testing import call

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@attrs.frozen
class Book:
    """An address book with a bit of everything."""

    url: str = setting("text", "Adresse", "Address", default="https://localhost", pattern="https?://.*")
    key: str = setting("text", "Schlüssel", "Key", default="", pattern="[a-z]*", secret=True)
    lines: int = setting("integer", "Zeilen", "Lines", default=5, minimum=1, maximum=9)
    patience: float = setting("seconds", "Geduld", "Patience", default=1.5)
    loud: bool = setting("boolean", "Laut", "Loud", default=False)
    mode: str = setting("choice", "Art", "Mode", default="first", choices=("first", "all"))
    areas: tuple[str, ...] = setting("words", "Gebiete", "Areas", default=())
    asked: list[str] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        if self.loud and self.mode == "all":
            raise ValueError("loud and all do not go together")

    @hookimpl
    def caller_identified(self, caller: Caller) -> Caller:
        self.asked.append(caller.number)
        return attrs.evolve(caller, name=f"{self.mode} {len(self.asked)}")

    @hookimpl
    def modules(self) -> list[type[Module]]:
        return [Tells]


@attrs.frozen
class Tells(Module):
    kind = "tells"
    label = Label("Sagt", "Tells")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        return Exit("next", session.plugin(Book).url)


@attrs.frozen
class Needs:
    """A plugin that cannot do without."""

    host: str = setting("text", "Rechner", "Host")


class Silent:
    @hookimpl
    def portal_started(self) -> None:
        """A class without settings."""


def sources(**named: object) -> list[Source]:
    return [Source(name.replace("_", "-"), lambda found=found: found) for name, found in named.items()]


@pytest.fixture
def plugged(tmp_path):
    make_secrets(tmp_path / "data")

    async def plug(text: str = "", plugins: list[Source] | None = None, **environ: str) -> Plugged:
        file = tmp_path / "switchhook.toml"
        file.write_text(text)
        settings = load_settings(file, environ)
        found = sources(book=Book) if plugins is None else plugins
        disabled = settings.plugins.disabled
        return await plug_in(SetClock(NOW), lambda fault: None, given=settings.plugin, sources=found, disabled=disabled)

    return plug


async def test_a_plugin_starts_with_its_defaults_and_with_what_the_file_says(plugged):
    assert (await plugged()).objects == [Book()]
    (book,) = (await plugged("[plugin.book]\nlines = 7\nloud = true\nareas = ['a', 'b']\npatience = 2")).objects
    assert book == Book(lines=7, loud=True, areas=("a", "b"), patience=2)
    caller = await (await plugged("[plugin.book]\nmode = 'all'")).hooks.fold(
        "caller_identified", Caller("1"), call=None
    )
    assert caller.name == "all 1"


async def test_the_environment_stands_above_the_file_for_every_kind(plugged):
    (book,) = (
        await plugged(
            "[plugin.book]\nlines = 7\nurl = 'http://file'",
            SWITCHHOOK_PLUGIN_BOOK_LINES="2",
            SWITCHHOOK_PLUGIN_BOOK_PATIENCE="0.5",
            SWITCHHOOK_PLUGIN_BOOK_LOUD="true",
            SWITCHHOOK_PLUGIN_BOOK_AREAS="north, south",
        )
    ).objects
    assert book == Book(lines=2, url="http://file", patience=0.5, loud=True, areas=("north", "south"))


async def test_a_variable_belongs_to_the_longest_name_it_begins_with(plugged):
    both = sources(book=Book, book_extra=Needs)
    one, two = (
        await plugged("", both, SWITCHHOOK_PLUGIN_BOOK_EXTRA_HOST="h", SWITCHHOOK_PLUGIN_BOOK_MODE="all")
    ).objects
    assert (one, two) == (Book(mode="all"), Needs(host="h"))


async def test_a_secret_may_come_from_a_file_and_is_shown_nowhere(plugged, tmp_path):
    (tmp_path / "word").write_text("hunter\n")
    (book,) = (await plugged("[plugin.book]\nkey = { file = 'word' }")).objects
    assert book.key == "hunter"
    (book,) = (await plugged(SWITCHHOOK_PLUGIN_BOOK_KEY_FILE=str(tmp_path / "word"))).objects
    assert book.key == "hunter"
    assert "hunter" not in repr(book)
    with pytest.raises(ConfigError) as wrong:
        await plugged("[plugin.book]\nkey = 'Hunter2'")
    assert "plugin.book.key: what is there does not have the shape" in str(wrong.value)
    assert "Hunter2" not in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[plugin.book]\nlinse = 7", "switchhook.toml: plugin.book.linse: unknown setting (did you mean 'lines'?)"),
        ("[plugin.book]\nlines = 70", "switchhook.toml: plugin.book.lines: must lie between 1 and 9, not 70"),
        (
            "[plugin.book]\nmode = 'al'",
            "plugin.book.mode: must be one of 'first', 'all', not 'al' (did you mean 'all'?)",
        ),
        ("[plugin.book]\nmode = 'all'\nloud = true", "plugin.book: loud and all do not go together"),
        ("[plugin.book]\nareas = [1]", "plugin.book.areas[0]: must be a list of texts, not 1"),
        ("[plugin.book]\nkey = { file = 'none' }", "plugin.book.key: the secret's file"),
    ],
)
async def test_a_wrong_value_stops_the_start_and_is_named(plugged, text, sentence):
    with pytest.raises(ConfigError) as wrong:
        await plugged(text)
    assert sentence in str(wrong.value)
    if "secret" not in sentence:
        assert "switchhook plugins settings book" in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LINSE", "7", "SWITCHHOOK_PLUGIN_BOOK_LINSE is no setting of the plugin 'book' (did you mean 'SWITCHHOOK_PLUGIN_BOOK_LINES'"),
        ("LINES", "many", "environment: SWITCHHOOK_PLUGIN_BOOK_LINES: must be a whole number, not 'many'"),
        ("LOUD", "yes", "environment: SWITCHHOOK_PLUGIN_BOOK_LOUD: must be true or false, not 'yes'"),
    ],
)  # fmt: skip
async def test_the_environment_is_checked_like_the_file(plugged, name, value, sentence):
    with pytest.raises(ConfigError) as wrong:
        await plugged("", **{f"SWITCHHOOK_PLUGIN_BOOK_{name}": value})
    assert sentence in str(wrong.value)


async def test_a_plugin_waits_for_a_setting_without_default(plugged):
    (waits,) = (await plugged("", sources(needs=Needs))).plugins
    assert (waits.state, "plugin.needs.host: is missing; it holds a text" in waits.reason) == ("quarantined", True)
    assert (await plugged("[plugins]\ndisabled = ['needs']", sources(needs=Needs))).objects == []


async def test_a_plugin_without_settings_takes_none(plugged):
    assert isinstance((await plugged("", sources(silent=Silent))).objects[0], Silent)
    with pytest.raises(ConfigError, match=r"plugin\.silent: the plugin 'silent' has no settings"):
        await plugged("[plugin.silent]\nx = 1", sources(silent=Silent))


async def test_settings_for_no_plugin_are_told_and_stop_nothing(plugged):
    portal = await plugged("[plugin.bok]\nlines = 7", SWITCHHOOK_PLUGIN_GONE_X="1")
    assert portal.objects == [Book()]
    first, second = portal.unclaimed
    assert first.endswith("plugin.bok: no plugin 'bok' is installed (did you mean 'book'?)")
    assert "SWITCHHOOK_PLUGIN_GONE_X" in second


async def test_a_module_asks_its_session_for_the_plugin():
    assert (await call(Tells(), plugins=[Book(url="http://here")])).why == "http://here"
    done = await call(Tells())
    assert "no active plugin is a Book" in done.faults[0].message


def test_the_command_line_says_what_there_is_and_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_commands, "installed_plugins", lambda: sources(book=Book))
    file = tmp_path / "switchhook.toml"

    def run(*words: str, code: int = 0):
        done = CliRunner().invoke(group, ["--config", str(file), *words])
        assert done.exit_code == code, done.output
        return done

    run("init", "--data", str(tmp_path / "data"))
    kept = file.read_text()
    file.write_text(kept + "[plugin.book]\nlines = 7\nkey = 'hunter'\n[plugin.bok]\n")
    rows = {row["key"]: row for row in json.loads(run("plugins", "settings", "book", "--json").stdout)}
    assert (rows["lines"]["value"], rows["lines"]["default"]) == ("7", "5")
    assert (rows["key"]["value"], rows["lines"]["variable"]) == ("***", "SWITCHHOOK_PLUGIN_BOOK_LINES")
    text = run("plugins", "settings").stdout
    assert "[plugin.book] lines = 7\n    Lines: a whole number that must lie between 1 and 9, else 5\n" in text
    assert "did you mean 'book'" in run("plugins", "settings", "bok", code=1).output
    assert "plugin.bok: no plugin 'bok' is installed" in run("plugins", "list").stderr
    assert "warn  plugin settings" in CliRunner().invoke(group, ["--config", str(file), "doctor"]).output

    file.write_text(kept + "[plugin.book]\nlines = 70\n")
    (listed,) = json.loads(run("plugins", "list", "--json").stdout)
    assert (listed["state"], "must lie between 1 and 9" in listed["reason"]) == ("quarantined", True)
    assert "must lie between" in run("plugins", "check", code=1).output
    assert "FAIL  plugin settings" in CliRunner().invoke(group, ["--config", str(file), "doctor"]).output
