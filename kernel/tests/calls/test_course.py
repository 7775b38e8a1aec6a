from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.call import Call, Caller, Leg
from switchhook.calls.course import AFTERWARDS, Course, as_json, as_text, line_of
from switchhook.calls.event import KINDS, Event
from switchhook.calls.outcome import Outcome
from switchhook.cli.main import group

ARRIVED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CALL = Call("sh1-1.12", "acme", "+4922112345", Caller("+4922198765", "Kim", "shown", "fixed", "ab"), ARRIVED)


def an_event(seq: int, kind: str, point: str = "", session: int = 1, **data: object) -> Event:
    return Event(session, seq, ARRIVED + timedelta(seconds=seq * 1.25), kind, point, data)


COURSE = Course(
    CALL,
    (
        an_event(0, "call.started", number="+4922112345"),
        an_event(1, "flow.chosen", flow="hotline", version="7", by="number"),
        an_event(2, "point.entered", "menu", module="menu", label="Main menu", version="7"),
        an_event(3, "prompt.started", "menu", prompts=["welcome", "choose"]),
        an_event(4, "call.answered", "menu"),
        an_event(5, "keys", "menu", keys="1", ended_by="full"),
        an_event(6, "keys", "menu", count=4, ended_by="terminator"),
        an_event(7, "point.left", "menu", exit="1", why="key 1", to="desk"),
        an_event(8, "leg.created", "desk", leg=3, targets=["desk", "+4917012345678"]),
        an_event(9, "leg.ended", "desk", leg=3, status="answered", talk_seconds=12.34, answered_by="desk"),
        an_event(10, "point.left", "desk", exit="busy", why=""),
        an_event(11, "plugin.did", "desk", what=["a", "b"], empty=""),
        an_event(12, "fallback.used", session=AFTERWARDS, why="no portal"),
    ),
    (Leg("desk", "answered", 2.0, 12.34, 16, 3),),
    ARRIVED + timedelta(seconds=30),
    Outcome.HUMAN,
    "asterisk",
)

TEXT = """\
Call sh1-1.12 to +4922112345 from +4922198765 (Kim)
arrived 2026-11-24 12:00:00 UTC

    0.000  call to +4922112345 arrives
    1.250  flow 'hotline', version 7
    2.500  > menu “Main menu” [menu]
    3.750      plays welcome, choose
    5.000      answered
    6.250      keys 1 (ended by full)
    7.500      4 secret keys (ended by terminator)
    8.750  < menu by exit '1', to desk: key 1
   10.000      leg 3: dials desk, +4917012345678
   11.250      leg 3: answered by desk, 12.3 s of talk
   12.500  < desk by exit 'busy', which leads nowhere
   13.750      plugin.did what=a, b
   15.000  the number's own fallback answers: no portal

Outcome: human, after 30.0 s, as Asterisk's own record tells"""


def test_the_course_as_people_read_it() -> None:
    assert as_text(COURSE) == TEXT


def test_the_course_as_programs_read_it() -> None:
    values = json.loads(json.dumps(as_json(COURSE)))
    assert (values["id"], values["outcome"], values["seconds"], values["ended_by"]) == (
        "sh1-1.12", "human", 30.0, "asterisk",
    )  # fmt: skip
    assert len(values["events"]) == len(COURSE.events)
    assert values["events"][5] == {
        "session": 1,
        "seq": 5,
        "at": "2026-11-24T12:00:06.250000+00:00",
        "offset": 6.25,
        "kind": "keys",
        "point": "menu",
        "data": {"keys": "1", "ended_by": "full"},
    }
    assert values["legs"][0]["talk_seconds"] == 12.34


def test_a_call_that_goes_on() -> None:
    going = Course(CALL, COURSE.events[:1])
    assert as_text(going).endswith("The call goes on.")
    assert as_json(going)["outcome"] is None


def test_an_anonymous_caller_has_a_pseudonym_and_no_number() -> None:
    hidden = Call("c", "acme", "+491", Caller("", "", "suppressed", "mobile", "0123456789abcdef"), ARRIVED)
    assert "from an anonymous caller 01234567\n" in as_text(Course(hidden, ()))
    unknown = Call("c", "acme", "+491", Caller(), ARRIVED)
    assert "from an anonymous caller\n" in as_text(Course(unknown, ()))


values = st.one_of(
    st.none(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.lists(st.text(max_size=3))
)
names = st.sampled_from(
    ["why", "leg", "targets", "prompts", "keys", "count", "to", "exit", "status", "talk_seconds", "x"]
)


@given(st.sampled_from([*sorted(KINDS), "plugin.own"]), st.dictionaries(names, values))
def test_no_event_is_beyond_words(kind: str, data: dict[str, object]) -> None:
    assert line_of(Event(1, 0, ARRIVED, kind, "p", data))


def run(config: Path, *arguments: str) -> str:
    done = CliRunner().invoke(group, ["--config", str(config), "calls", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_shows_what_is_kept(tmp_path: Path) -> None:
    config = tmp_path / "switchhook.toml"
    secrets = "".join(f'[{section}]\nsecret = "{"x" * 32}"\n' for section in ("agi", "ami"))
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/store.db"\n{secrets}')
    assert run(config, "list") == "There are no calls yet.\n"
    _keep(f"sqlite:///{tmp_path}/store.db")
    shown = run(config, "show", CALL.id)
    expected = TEXT.splitlines()
    assert shown.splitlines()[:-1] == expected[:-1]
    assert shown.splitlines()[-1] == "Outcome: human, after 30.0 s"
    assert json.loads(run(config, "show", "--json", CALL.id))["events"][0]["kind"] == "call.started"
    assert CALL.id in run(config, "list", "--tenant", "acme")
    assert json.loads(run(config, "list", "--json", "--number", CALL.number))[0]["outcome"] == "human"
    assert run(config, "list", "--tenant", "other") == "There are no calls yet.\n"
    missing = CliRunner().invoke(group, ["--config", str(config), "calls", "show", "--tenant", "other", CALL.id])
    assert missing.exit_code == 1
    assert "there is no call" in missing.output


def _keep(url: str) -> None:
    import asyncio

    from switchhook.clock import SetClock
    from switchhook.store.engine import Store
    from switchhook.store.journal import Journal

    async def work() -> None:
        store = Store(url)
        journal = Journal(store, SetClock(ARRIVED))
        journal.start()
        for event in COURSE.events:
            journal.record(CALL, event)
        assert await journal.end(CALL, AFTERWARDS, at=COURSE.ended) is Outcome.HUMAN
        assert await journal.drain(5) == 0
        await store.close()

    asyncio.run(work())
