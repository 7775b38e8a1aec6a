from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.cel import read_cel
from switchhook.asterisk.records import CEL_COLUMNS
from switchhook.calls.outcome import Outcome
from switchhook.store.cel import CEL_KINDS, USER_DEFINED, CelRow
from switchhook.store.cel_account import account_of

REAL = Path(__file__).with_name("cel_of_two_calls.csv")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
printable = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
ids = st.from_regex(r"sh[1-9]-1764[0-9]{6}\.[0-9]{1,3}", fullmatch=True)
moments = st.integers(0, 4_000_000_000_000_000).map(lambda us: EPOCH + timedelta(microseconds=us))


@st.composite
def rows(draw: st.DrawFn) -> CelRow:
    kind = draw(st.sampled_from(sorted(CEL_KINDS)))
    user = draw(st.sampled_from(["SH_FALLBACK", "other"])) if kind == USER_DEFINED else ""
    extra = draw(st.sampled_from(["", json.dumps({"hangupcause": 16, "dialstatus": 'a"b,c'})]))
    texts = [draw(printable) for _ in range(5)]
    return CelRow(kind, user, draw(moments), draw(ids), draw(ids), *texts, extra)


def line(row: CelRow) -> bytes:
    """As Asterisk writes it: every field quoted, quotes doubled, an event of a user under its own name."""
    since = row.at - EPOCH
    seconds = since.days * 86400 + since.seconds
    value = {
        "eventtype": row.user_event or row.kind,
        "eventtime": f"{seconds}.{since.microseconds:06}",
        "uniqueid": row.channel,
        "linkedid": row.linked,
        "channel": row.name,
        "peer": row.peer,
        "context": row.context,
        "exten": row.exten,
        "application": row.app,
        "userdeftype": row.user_event,
        "eventextra": row.extra,
    }
    return ",".join('"' + value[name].replace('"', '""') + '"' for name in CEL_COLUMNS).encode() + b"\n"


@given(st.lists(rows(), max_size=5))
def test_what_asterisk_writes_is_read_as_it_is(written: list[CelRow]) -> None:
    read = read_cel(b"".join(map(line, written)))
    assert list(read.rows) == written
    assert read.bad == ()


@given(st.lists(rows(), min_size=2, max_size=4), st.data())
def test_a_torn_line_costs_itself_and_never_becomes_another_event(written: list[CelRow], data: st.DataObject) -> None:
    """A full disk cuts a line anywhere; the next event then follows on the same line (F13)."""
    lines = [line(row) for row in written]
    torn = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(1, len(lines[torn]) - 1))
    lines[torn] = lines[torn][:cut]
    read = read_cel(b"".join(lines))
    intact = [row for i, row in enumerate(written) if i not in (torn, torn + 1)]
    assert list(read.rows) == intact
    assert len(read.bad) == 1


@given(st.binary(max_size=200))
def test_anything_else_is_given_back_whole(noise: bytes) -> None:
    read = read_cel(noise)
    assert read.rows == ()
    assert b"\n".join(read.bad).replace(b"\n", b"") == noise.replace(b"\n", b"")


def test_a_last_line_without_its_end_is_torn() -> None:
    row = CelRow("HANGUP", "", EPOCH, "sh1-1.1", "sh1-1.1", "1", "call", "PJSIP/x", "", "", "")
    read = read_cel(line(row) + line(row)[:-1])
    assert (len(read.rows), len(read.bad)) == (1, 1)


def test_what_a_real_asterisk_wrote() -> None:
    """A call put through to a phone, and one that met the fallback; Asterisk 22.10.1."""
    read = read_cel(REAL.read_bytes())
    assert read.bad == ()
    assert len(read.rows) == 20
    calls = {row.linked: [each for each in read.rows if each.linked == row.linked] for row in read.rows}
    talked = account_of("demo-1795539319.0", calls["demo-1795539319.0"])
    fallback = account_of("demo-1795539055.2", calls["demo-1795539055.2"])
    assert talked is not None
    assert fallback is not None
    assert (talked.outcome, talked.origin, talked.exten) == (Outcome.HUMAN, "phone", "+4922199990")
    assert talked.talked == 1.501659
    assert talked.fallback is None
    assert fallback.outcome is Outcome.MACHINE_ONLY
    assert fallback.fallback == datetime(2026, 11, 24, 16, 52, 8, 391528, tzinfo=UTC)
    assert fallback.ended is not None
