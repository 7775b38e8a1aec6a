"""Reading messages: any bytes, in any pieces."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.ami_event import AmiEvent, parse_message
from switchhook.asterisk.ami_protocol import GuardedProtocol

from .ami_peer import event

#: What Asterisk can write into a value: anything but a line end.
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20)
EVENTS = st.lists(VALUES, max_size=6)
CUTS = st.lists(st.integers(1, 7), min_size=1, max_size=20)
GREETING = b"Asterisk Call Manager/11.0.0\r\n"


class Wire(asyncio.Transport):
    """Takes nothing and notes when it is given up."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


def read(pieces: list[bytes]) -> tuple[list[AmiEvent], GuardedProtocol]:
    async def feed() -> tuple[list[AmiEvent], GuardedProtocol]:
        events: list[AmiEvent] = []
        protocol = GuardedProtocol(events.append)
        protocol.connection_made(Wire())
        for piece in pieces:
            protocol.data_received(piece)
        return events, protocol

    return asyncio.run(feed())


@given(EVENTS, CUTS)
def test_the_pieces_in_which_messages_arrive_make_no_difference(values: list[str], cuts: list[int]):
    stream = GREETING + b"".join(event("Newchannel", CallerIDName=value) for value in values)
    pieces, at, turn = [], 0, 0
    while at < len(stream):
        pieces.append(stream[at : at + cuts[turn % len(cuts)]])
        at, turn = at + cuts[turn % len(cuts)], turn + 1
    events, protocol = read(pieces)
    assert [each["CallerIDName"] for each in events] == values
    assert not protocol.ended.done()


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_raise(noise: bytes):
    events, protocol = read([GREETING, noise])
    assert not protocol.ended.done()
    assert all(isinstance(each, AmiEvent) for each in events)


@given(st.binary(max_size=60).filter(lambda noise: noise[:1] not in (b"", b"A")))
def test_any_other_greeting_ends_it(noise: bytes):
    _, protocol = read([noise, GREETING])
    assert protocol.ended.result() == "whoever answers there is no Asterisk manager"
    assert protocol.transport.aborted


def test_an_empty_value_a_colon_and_blanks_are_kept_as_they_are():
    parsed = parse_message(b"Event: A\r\nBridgeId: \r\nData: sip:1@2\r\nName:   two blanks \r\nno colon")
    assert parsed == AmiEvent("A", {"Event": "A", "BridgeId": "", "Data": "sip:1@2", "Name": "  two blanks "})


def test_what_is_neither_event_nor_answer_is_nothing():
    assert parse_message(b"") is None
    assert parse_message(b"Asterisk Call Manager/11.0.0") is None
