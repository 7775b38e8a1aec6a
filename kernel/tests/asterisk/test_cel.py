from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.cel import read_cel
from switchhook.asterisk.records import CEL_COLUMNS
from switchhook.store.cel import CEL_KINDS, USER_DEFINED, CelRow

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
    assert list(value) != []
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


def test_a_line_of_a_real_asterisk() -> None:
    written = (
        b'"CHAN_START","1764000000.000123","sh1-1764000000.0","sh1-1764000000.0",'
        b'"PJSIP/trunk-00000000","","from-trunk","4922112345","","",""\n'
    )
    (row,) = read_cel(written).rows
    assert row.at == datetime(2025, 11, 24, 16, 0, 0, 123, tzinfo=UTC)
    assert (row.kind, row.exten, row.context, row.name) == (
        "CHAN_START", "4922112345", "from-trunk", "PJSIP/trunk-00000000",
    )  # fmt: skip
