"""Replies as Asterisk writes them, and everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.agi_reply import AgiReply, ReplyReader, parse_reply
from switchhook.errors import AsteriskError

one_line = st.text(st.characters(exclude_characters="\n", codec="utf-8"))


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", AgiReply(200, "0")),
        ("200 result=-1", AgiReply(200, "-1")),
        ("200 result=12*", AgiReply(200, "12*")),
        ("200 result= (timeout)", AgiReply(200, "", "timeout")),
        ("200 result=1 (timeout)", AgiReply(200, "1", "timeout")),
        ("200 result=1 ()", AgiReply(200, "1", "")),
        ("200 result=1 (a (b) c)", AgiReply(200, "1", "a (b) c")),
        ("200 result=1 (x) endpos=3)", AgiReply(200, "1", "x) endpos=3")),
        ("200 result=0 endpos=4800", AgiReply(200, "0", "endpos=4800")),
        ("200 result=-1 (hangup) endpos=160", AgiReply(200, "-1", "hangup", {"endpos": "160"})),
        ("200 result=0 Gosub complete", AgiReply(200, "0", "Gosub complete")),
        ("510 Invalid or unknown command", AgiReply(510, data="Invalid or unknown command")),
        (
            "511 Command Not Permitted on a dead channel or intercept routine",
            AgiReply(511, data="Command Not Permitted on a dead channel or intercept routine"),
        ),
    ],
)
def test_each_reply_of_asterisk_is_read(line: str, reply: AgiReply) -> None:
    assert parse_reply(line) == reply


@pytest.mark.parametrize(
    "line", ["", "2", "2000 result=1", "result=1", "200", "200 ", "200 result", "200 result=1 (a", "٢٠٠ x"]
)
def test_what_is_no_reply_is_an_error(line: str) -> None:
    with pytest.raises(AsteriskError):
        parse_reply(line)


@given(one_line)
def test_any_variable_comes_back_as_it_was(value: str) -> None:
    assert parse_reply(f"200 result=1 ({value})") == AgiReply(200, "1", value)


@given(one_line)
def test_any_line_is_a_reply_or_an_asterisk_error(line: str) -> None:
    try:
        reply = parse_reply(line)
    except AsteriskError:
        return
    assert 0 <= reply.code <= 999


@given(one_line.filter(lambda value: value != "hangup"))
def test_data_alone_never_hangs_up(value: str) -> None:
    assert not parse_reply("200 result=1 (hangup)").hung_up
    assert not parse_reply(f"200 result=-1 ({value})").hung_up


def test_hangup_is_511_or_minus_one_with_its_reason() -> None:
    assert parse_reply("511 Command Not Permitted").hung_up
    assert parse_reply("200 result=-1 (hangup) endpos=0").hung_up


def test_trying_is_skipped_before_the_reply() -> None:
    reader = ReplyReader()
    assert reader.feed("100 result=0 Trying...") == "more"
    assert reader.feed("200 result=0 Gosub complete") == AgiReply(200, "0", "Gosub complete")


@given(st.lists(one_line.filter(lambda line: not line.startswith("520 "))))
def test_usage_is_consumed_to_its_last_line(usage: list[str]) -> None:
    reader = ReplyReader()
    assert reader.feed("520-Invalid command syntax.  Proper usage follows:") == "more"
    for line in usage:
        assert reader.feed(line) == "more"
    assert reader.feed("520 End of proper usage.") == "usage"
    assert reader.feed("200 result=1") == AgiReply(200, "1")


def test_usage_of_one_line() -> None:
    assert ReplyReader().feed("520 Invalid command syntax.  Proper usage not available.") == "usage"
