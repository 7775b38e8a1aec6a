"""The bundle for support helps those who read it, and holds nothing of anybody (S17)."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import phonenumbers
import pytest

from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor, Forbidden
from switchhook.asterisk.live import LiveCalls
from switchhook.calls.numbers import written
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.config.settings import PluginSections
from switchhook.dispatch.loader import Source
from switchhook.flows.registry import ModuleRegistry
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.diagnosis.bundle import Ground, archive, bundle
from switchhook.portal.diagnosis.doctor import Installed
from switchhook.portal.diagnosis.examined import Check
from switchhook.portal.diagnosis.sweep import sweep
from switchhook.portal.plugging import plug_in
from switchhook.store.engine import Store

from .told import NOW, NUMBERS, SAID, SHOWN, Sample, fill, with_people_in_it


@pytest.fixture
async def filled(store: Store, store_url: str, tmp_path: Path) -> Administration:
    make_secrets(tmp_path)
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path))
    settings = with_people_in_it(load_settings(tmp_path / "switchhook.toml", {"SWITCHHOOK_STORE_URL": store_url}))
    clock, given = SetClock(NOW), PluginSections(sections={"sample": settings.plugin.sections["sample"]})
    source = Source("sample", lambda: Sample, "switchhook-sample", "1.2")
    plugged = await plug_in(clock, lambda _: None, sources=[source], given=given)
    made = administration_of(settings, store, clock, plugged, LiveCalls(clock))
    await fill(made, tmp_path)
    return made


def read(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return {name: files.read(name).decode() for name in files.namelist()}


def spellings(number: str) -> set[str]:
    """A number in all the ways people and networks write it."""
    international = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = f"0{number[3:]}" if number.startswith("+49") else number
    return {number, number[1:], f"00{number[1:]}", national, written(number), international, number[-7:]}


async def test_nothing_of_anybody_is_in_any_file(filled: Administration) -> None:
    files = read(await filled.support.bundle(SYSTEM))
    assert len(files) == 12
    own = {one.reveal() for one in (filled.settings.agi.secret, filled.settings.ami.secret)}
    wrong = {
        (name, said)
        for name, text in files.items()
        for said in {*SAID, *own, *(one for number in NUMBERS for one in spellings(number))}
        if said.casefold() in text.casefold()
    }
    assert wrong == set()
    assert [name for name, text in files.items() if re.search(r"[\w.]@[\w.]", text)] == []


async def test_what_helps_is_there(filled: Administration) -> None:
    told = {
        name: json.loads(text) for name, text in read(await filled.support.bundle(SYSTEM)).items() if "json" in name
    }
    assert [name for name, part in told.items() if isinstance(part, dict) and "failed" in part] == []
    assert told["machine.json"]["distributions"]["switchhook"] == filled.support.version
    assert told["settings.json"]["trunk"]["secret"] == "***"
    assert told["settings.json"]["plugin"]["sample"] == {"word": "***", "hello": "(21 characters)", "hour": 9}
    assert told["settings.json"]["plugin"]["gone"] == {"pin": "***"}
    assert {"data directory", "database tables", "mail"} <= {check["name"] for check in told["doctor.json"]}
    assert told["plugins.json"][0] | {"hooks": []} == {
        "name": "sample",
        "distribution": "switchhook-sample",
        "version": "1.2",
        "state": "active",
        "reason": "",
        "hooks": [],
    }
    fault = next(one for one in told["faults.json"] if one["hook"] == "module ring")
    assert (fault["raised"], fault["where"]) == (["ValueError"], ["/srv/x.py:12 in ring"])
    assert "more than 2 s" in {one["message"] for one in told["faults.json"]}
    database = told["database.json"]
    assert (database["standings"], database["rows"]["call"], database["rows"]["kept"]) == ({"kernel": "current"}, 2, 1)
    assert len(database["revisions"]["kernel"]) == 1
    replies = {(one["template"], one["state"], one["reply"]) for one in told["post.json"]["mails"]}
    assert ("invitation", "bounced", "550 5.1.1") in replies
    assert (told["alerts.json"][0]["rule"], told["alerts.json"][0]["count"]) == ("call.lost_way", 1)
    (line,) = told["asterisk.json"]["log"]["lines"]
    assert (line["level"], line["file"], line["function"]) == ("WARNING", "app_dial.c", "dial_exec")


async def test_what_is_the_same_has_the_same_mark_in_one_bundle_alone(filled: Administration) -> None:
    first, second = [read(await filled.support.bundle(SYSTEM)) for _ in range(2)]
    call = next(one for one in json.loads(first["calls.json"]) if one["caller"]["presentation"] == "shown")
    (flow,) = json.loads(first["flows.json"])["flows"]
    (point,) = flow["points"]
    assert re.fullmatch(r"e164 mobile DE#[0-9a-f]{6}", call["caller"]["number"])
    assert call["number"] == point["settings"]["shown"] == call["events"][0]["data"]["number"]
    assert [event["point"] for event in call["events"] if event["kind"] == "point.entered"] == [flow["start"]]
    assert point["exits"] == {"answered": "hang-up", "key:1": flow["flow"]}
    assert (point["module"], point["settings"]["seconds"], point["settings"]["way"]) == ("ring", 20, "fast")
    assert [e["data"]["keys"] for e in call["events"] if e["kind"] == "keys"] == ["(10 keys)", "1"]
    assert [one["id"] for one in json.loads(second["calls.json"])] == ["sh1-1764244801.18", "sh1-1764244800.17"]
    assert json.loads(second["flows.json"])["flows"][0]["flow"] != flow["flow"]


async def test_only_the_operator_gets_it(filled: Administration) -> None:
    for role in ("superadmin", "admin", "user"):
        with pytest.raises(Forbidden):
            await filled.support.bundle(Actor("adam", ALL_RIGHTS, role))


@pytest.mark.parametrize(
    "text",
    [
        *(one for number in NUMBERS for one in sorted(spellings(number) - {number[-7:]})),
        "tel:022155501",
        "PJSIP said 'zwiebel@example.org' is away",
        "<sip:0221-555-01@example.org>",
    ],
)
def test_the_second_line_takes_out_what_came_along(text: str) -> None:
    swept = sweep(json.dumps({"said": f"so: {text}!"}))
    assert not re.search(r"\d{4}|@", swept), swept


def test_the_second_line_leaves_what_is_no_number_and_takes_known_secrets() -> None:
    kept = '{"at": "2026-11-27T12:00:00.012345+01:00", "call": "sh1-1764244800.17", "mb": 250123, "ip": "192.0.2.10"}'
    assert sweep(kept) == kept
    said = json.dumps({"url": "postgresql://kim:p%C3%A4ss@db", "word": 'a"bc"d'})
    assert "p%C3" not in sweep(said, ["päss", 'a"bc"d'])
    assert "bc" not in sweep(said, ["päss", 'a"bc"d'])


async def test_a_part_that_fails_or_hangs_leaves_the_others_there(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path))
    hanging = asyncio.Event()

    def fails() -> list[Check]:
        raise RuntimeError(f"{SHOWN} is what nobody is told")

    class Away(Store):
        """Its database never answers."""

        @asynccontextmanager
        async def read(self) -> AsyncIterator[None]:  # type: ignore[override]
            await hanging.wait()
            yield

    ground = Ground(
        settings=load_settings(tmp_path / "switchhook.toml", {}),
        clock=SetClock(NOW),
        store=Away(f"sqlite:///{tmp_path / 'none.db'}"),
        installed=Installed(()),
        modules=ModuleRegistry(),
        examined=fails,
    )
    files = read(await bundle(ground, seconds=1))
    assert json.loads(files["doctor.json"]) == {"failed": "RuntimeError", "code": ""}
    assert json.loads(files["calls.json"]) == {"failed": "not there within 1 s"}
    assert json.loads(files["settings.json"])["agi"]["secret"] == "***"


def test_a_part_that_is_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchhook.portal.diagnosis.bundle.MOST", 50_000)
    long = {
        "flows": {"live": 9, "flows": [{"id": n, "points": "x" * 100} for n in range(1000)]},
        "calls": ["y" * 500] * 500,
    }
    files = read(archive(long, []))
    flows, calls = json.loads(files["flows.json"]), json.loads(files["calls.json"])
    assert (flows["cut"], flows["live"], calls["cut"]) == (True, 9, True)
    assert all(len(text) <= 50_000 for text in files.values())
    assert 100 < len(flows["flows"]) < 1000
