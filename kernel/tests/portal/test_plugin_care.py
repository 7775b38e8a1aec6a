"""What an operator says to plugins in the portal: kept with versions and audit, below file and environment, and harmless."""

from __future__ import annotations

import attrs
import pytest
from sqlalchemy import select

from switchhook import ConfigError, NotFound, hookimpl, setting
from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor, Forbidden
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SystemClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.errors import PluginError
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.kept_choices import told_to_plugins
from switchhook.portal.plugging import Plugged, plug_in
from switchhook.portal.plugin_values import PluginInUse, RestartRefused
from switchhook.resources.record import StaleVersion
from switchhook.schema import SettingsRefused
from switchhook.store import tables_plugins
from switchhook.store.audit import entries
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook_ivr import plugin as ivr

FLOW = "flow: main\nstart: one\npoints:\n  one:\n    module: announcement\n    settings: {prompts: [demo/menu]}\n"


@attrs.frozen
class Row:
    who: str = setting("text", "Wer", "Who", default="")
    pin: str = setting("text", "PIN", "PIN", default="", secret=True)


@attrs.frozen
class Book:
    """A plugin with a bit of everything."""

    lines: int = setting("integer", "Zeilen", "Lines", default=5, minimum=1, maximum=9)
    key: str = setting("text", "Schlüssel", "Key", default="", pattern="[a-z]*", secret=True)
    areas: tuple[str, ...] = setting("words", "Gebiete", "Areas", default=())
    loud: bool = setting("boolean", "Laut", "Loud", default=False)
    rows: tuple[Row, ...] = setting("rows", "Einträge", "Rows", row=Row, default=())

    def __attrs_post_init__(self) -> None:
        if self.loud and self.lines > 7:
            raise ValueError("loud goes with few lines only")


@attrs.frozen
class Newer:
    """The book after an upgrade: fewer lines, and one setting gone."""

    lines: int = setting("integer", "Zeilen", "Lines", default=3, minimum=1, maximum=4)


@attrs.frozen
class Needs:
    host: str = setting("text", "Rechner", "Host")


class Watcher:
    def __init__(self) -> None:
        self.changes: list[object] = []

    @hookimpl
    def change_made(self, change) -> None:
        self.changes.append(change)

    @hookimpl
    def change_proposed(self, change) -> None:
        raise RuntimeError("a guard that is broken")


class House:
    """One installation that is started again and again."""

    def __init__(self, store: Store, home) -> None:
        self.store, self.home, self.file, self.clock = store, home, home / "switchhook.toml", SystemClock()
        self.watcher = Watcher()
        make_secrets(home / "data")
        self.file.write_text(default_toml(home / "data"))

    async def start(self, more: str = "", *, book: object = Book, environ=None, **named: object) -> Plugged:
        self.file.write_text(default_toml(self.home / "data").replace("[plugins]\n", f"[plugins]\n{more}\n", 1))
        self.settings = load_settings(self.file, environ or {})
        found = {"book": book, "ivr": ivr, "watcher": self.watcher, "web": object(), **named}
        sources = [Source(name, lambda one=one: one) for name, one in found.items()]
        told = await told_to_plugins(self.settings, self.store)
        self.plugged = await plug_in(self.clock, lambda fault: None, sources=sources, **told)
        return self.plugged

    @property
    def administration(self) -> Administration:
        live = LiveCalls(self.clock)
        return administration_of(self.settings, self.store, self.clock, self.plugged, live)

    @property
    def plugins(self):
        return self.administration.plugins.of(attrs.evolve(SYSTEM, name="olga"))

    def book(self):
        return next((one for one in self.plugged.objects if isinstance(one, Book | Newer)), None)

    async def line(self, key: str):
        return next(one for one in await self.plugins.declared("book") if one.key == key)


@pytest.fixture
def house(store: Store, tmp_path) -> House:
    return House(store, tmp_path)


async def test_what_is_said_counts_from_the_next_start_on_and_waits_until_then(house):
    await house.start()
    kept = await house.plugins.change("book", 0, {"lines": 7, "areas": ["a", "b"]})
    assert (kept.version, kept.value.lines, kept.author) == (1, 7, "olga")
    assert house.book().lines == 5
    line = await house.line("lines")
    assert (line.value, line.running, line.origin, line.kept) == ("7", "5", "portal", True)
    assert (await house.plugins.standing()).waits == ("book",)
    await house.start()
    assert (house.book().lines, house.book().areas) == (7, ("a", "b"))
    assert (await house.plugins.standing()).waits == ()
    await house.plugins.change("book", 1, {"lines": None})
    assert (await house.line("lines")).origin == "default"
    assert (await house.plugins.standing()).waits == ("book",)
    await house.plugins.change("book", 2, {"lines": 7})
    assert (await house.plugins.standing()).waits == ()
    assert [change.action for change in house.watcher.changes] == ["change"] * 3


async def test_environment_and_file_stand_above_the_portal(house):
    await house.start()
    await house.plugins.change("book", 0, {"lines": 7, "loud": True, "areas": ["kept"]})
    await house.start("[plugin.book]\nlines = 2", environ={"SWITCHHOOK_PLUGIN_BOOK_AREAS": "out"})
    assert (house.book().lines, house.book().areas, house.book().loud) == (2, ("out",), True)
    lines = {one.key: one for one in await house.plugins.declared("book")}
    assert {key: (lines[key].origin, lines[key].editable) for key in ("lines", "areas", "loud")} == {
        "lines": ("file", False), "areas": ("environment", False), "loud": ("portal", True),
    }  # fmt: skip
    with pytest.raises(SettingsRefused, match=r"plugin\.book\.lines: is said in .*take it out there first"):
        await house.plugins.change("book", 1, {"lines": 3})
    with pytest.raises(SettingsRefused, match="SWITCHHOOK_PLUGIN_BOOK_AREAS"):
        await house.plugins.change("book", 1, {"areas": []})
    assert not hasattr((await house.plugins.told("book")).value, "lines")
    await house.plugins.change("book", 1, {"lines": None})
    assert (await house.plugins.standing()).waits == ()


@pytest.mark.parametrize(
    ("values", "path", "sentence"),
    [
        ({"lines": 70}, "plugin.book.lines", "must lie between 1 and 9"),
        ({"linse": 7}, "plugin.book.linse", "did you mean 'lines'"),
        ({"loud": True, "lines": 8}, "plugin.book", "loud goes with few lines only"),
        ({"key": "Hunter2"}, "plugin.book.key", "what is there does not have the shape"),
        ({"rows": []}, "plugin.book.rows", "can only be said in the settings file"),
    ],
)
async def test_what_would_keep_a_plugin_from_starting_is_refused_at_its_field(house, values, path, sentence):
    await house.start()
    with pytest.raises(SettingsRefused) as refused:
        await house.plugins.change("book", 0, values)
    assert [(one.path, sentence in one.message) for one in refused.value.problems] == [(path, True)]
    assert "Hunter2" not in str(refused.value)
    assert (await house.plugins.told("book")).version == 0


async def test_a_secret_is_sealed_and_told_to_nobody(house):
    await house.start()
    await house.plugins.change("book", 0, {"key": "hunter"})
    await house.plugins.change("book", 1, {"lines": 6})
    await house.plugins.change("book", 2, {"key": "other"})
    async with house.store.read() as conn:
        row = (await conn.execute(select(tables_plugins.plugin_choice))).mappings().one()
    told = await entries(house.store, "operator", kind="plugin", id="book")
    shown = f"{dict(row)} {told} {await house.plugins.declared('book')} {await house.plugins.told('book')}"
    assert "hunter" not in shown
    assert "other" not in shown
    fields = [(entry.before["fields"].get("key"), entry.after["fields"].get("key")) for entry in reversed(told)]
    assert fields == [(None, "changed"), ("kept", "kept"), ("kept", "changed")]
    assert [entry.after["fields"]["lines"] for entry in reversed(told)] == [5, 6, 6]
    await house.start()
    assert (house.book().key, house.book().lines) == ("other", 6)
    assert await house.administration.trail.of("operator", SYSTEM).broken() is None


async def test_two_who_change_at_once_lose_nothing(house):
    await house.start()
    await house.plugins.change("book", 0, {"lines": 7})
    await house.plugins.change("book", 1, {"lines": 8})
    with pytest.raises(StaleVersion) as stale:
        await house.plugins.change("book", 1, {"areas": ["x"]})
    assert (stale.value.current.version, stale.value.current.value.lines, stale.value.base["lines"]) == (2, 8, 7)


async def test_a_value_that_no_longer_fits_leaves_out_that_plugin_alone(house):
    await house.start()
    await house.plugins.change("book", 0, {"lines": 7, "areas": ["gone with the upgrade"]})
    await house.start(book=Newer)
    states = {one.name: (one.state, one.reason) for one in house.plugged.plugins}
    assert states["ivr"][0] == "active"
    assert states["book"][0] == "quarantined"
    assert "kept in the portal: plugin.book.lines: must lie between 1 and 4, not 7" in states["book"][1]
    await house.plugins.change("book", 1, {"lines": 4})
    await house.start(book=Newer)
    assert house.book() == Newer(lines=4)


async def test_a_secret_sealed_with_a_lost_key_leaves_out_that_plugin_alone(house):
    await house.start()
    await house.plugins.change("book", 0, {"key": "hunter", "lines": 6})
    (house.home / "data" / "secrets" / "seal").write_bytes(b"x" * 32)
    await house.start()
    assert house.book() is None
    await house.plugins.change("book", 1, {"key": "again"})
    await house.start()
    assert (house.book().key, house.book().lines) == ("again", 6)


async def test_a_setting_said_nowhere_makes_its_plugin_wait_and_the_file_still_stops_the_start(house):
    plugged = await house.start(needs=Needs)
    assert next(one.state for one in plugged.plugins if one.name == "needs") == "quarantined"
    await house.plugins.change("needs", 0, {"host": "here"})
    plugged = await house.start(needs=Needs)
    assert Needs(host="here") in plugged.objects
    with pytest.raises(SettingsRefused, match="is missing"):
        await house.plugins.change("needs", 1, {"host": None})
    with pytest.raises(ConfigError, match=r"switchhook\.toml: plugin\.book\.lines"):
        await house.start("[plugin.book]\nlines = 70")


async def test_a_plugin_is_switched_off_and_on_though_a_guard_is_broken(house):
    await house.start()
    await house.plugins.switch("book", on=False)
    assert (await house.plugins.get("book")).off_by == "portal"
    await house.start()
    assert house.book() is None
    line = await house.plugins.get("book")
    assert (line.state, line.reason, line.waits) == ("disabled", "switched off in the portal", False)
    with pytest.raises(PluginError, match="not loaded"):
        await house.plugins.change("book", 1, {"lines": 3})
    await house.plugins.switch("book", on=True)
    assert (await house.plugins.standing()).waits == ("book",)
    await house.start()
    assert house.book() is not None
    told = await entries(house.store, "operator", kind="plugin", id="book")
    assert [(entry.action, entry.after["fields"]["switched on"]) for entry in told] == [
        ("enable", True),
        ("disable", False),
    ]


async def test_what_the_settings_file_says_of_on_and_off_wins(house):
    await house.start()
    await house.plugins.switch("book", on=False)
    await house.start('required = ["book"]')
    assert house.book() is not None
    with pytest.raises(PluginError, match=r"\[plugins\] required"):
        await house.plugins.switch("book", on=False)
    await house.start('disabled = ["book"]')
    assert (await house.plugins.get("book")).off_by == "file"
    with pytest.raises(PluginError, match=r"\[plugins\] disabled"):
        await house.plugins.switch("book", on=True)
    with pytest.raises(PluginError, match="serves these pages"):
        await house.plugins.switch("web", on=False)


async def test_live_flows_that_need_a_plugin_are_named_before_it_is_switched_off(house):
    await house.start()
    directory = Directory(house.store, house.clock)
    await directory.put_tenant(Tenant("acme", "Acme", house.clock.now()))
    await directory.put_flow("acme", "main", "Hotline")
    version = await directory.add_version("acme", "main", FLOW)
    await house.plugins.switch("ivr", on=False)  # a draft needs nothing yet
    await house.plugins.switch("ivr", on=True)
    await directory.publish("acme", version.id)
    with pytest.raises(PluginInUse) as used:
        await house.plugins.switch("ivr", on=False)
    assert [(one.tenant, one.flow, one.label, one.points) for one in used.value.uses] == [
        ("acme", "main", "Hotline", ("one",))
    ]
    await house.plugins.switch("ivr", on=False, anyway=True)
    assert (await house.plugins.get("ivr")).off_by == "portal"


async def test_safe_mode_loads_only_what_there_is_no_portal_without(house):
    plugged = await house.start('safe = true\nrequired = ["ivr"]')
    assert plugged.safe
    states = {one.name: (one.state, one.reason) for one in plugged.plugins}
    assert {name: state for name, (state, _) in states.items()} == {
        "web": "active", "ivr": "active", "book": "disabled", "watcher": "disabled",
    }  # fmt: skip
    assert states["book"][1] == "left out in safe mode"
    assert (await house.plugins.standing()).safe
    await house.plugins.switch("watcher", on=False)
    plugged = await house.start()
    assert [one.name for one in plugged.plugins if one.state == "disabled"] == ["watcher"]


async def test_a_restart_is_wished_once_for_all_and_refused_where_it_would_end_the_portal(house):
    await house.start()
    before = house.plugged.kept.restarts
    await house.plugins.restart()
    state = await Directory(house.store, house.clock).load_routing()
    assert state.restarts == before + 1
    assert (await house.start()).kept.restarts == state.restarts
    house.file.write_text(house.file.read_text() + "\n[plugin.book]\nlines = 70\n")
    with pytest.raises(RestartRefused, match=r"plugin\.book\.lines: must lie between"):
        await house.plugins.restart()
    assert [entry.action for entry in await entries(house.store, "operator", kind="portal")] == ["restart"]


async def test_plugins_are_the_operators_alone(house):
    await house.start()
    plugins = house.administration.plugins.of(Actor("adam", ALL_RIGHTS, "admin", "adam"))
    for work in (
        plugins.all, plugins.standing, plugins.restart,
        lambda: plugins.change("book", 0, {}), lambda: plugins.switch("book", on=False), lambda: plugins.told("book"),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            await work()
    with pytest.raises(NotFound, match="did you mean 'book'"):
        await house.plugins.told("bok")
