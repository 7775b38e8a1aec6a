"""A connection that breaks in the middle of a command: Asterisk carries out the half it has, and must not act on it."""

from __future__ import annotations

import asyncio

import pytest

from .peer import listening
from .sipp import carrier, listens, phone

pytestmark = pytest.mark.asterisk

WHOLE = {
    "read": "beep,4,5,2,v7:p3:1:2,t(#),1,12,.",
    "play": "beep,v7:p3:1:2,,1,12,.",
    "answer": "v7:p3:1:2,12,.",
    "wait": "1,v7:p3:1:2,12,.",
}


@pytest.mark.parametrize("name", WHOLE)
async def test_half_a_step_changes_nothing(exchange, tmp_path, name):
    line = f'GOSUB sh {name} 1 "{WHOLE[name]}"\n'
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path):
        visit = await peer.visit()
        assert await visit.sub("play", "beep,v7:p2:1:1,,1") == ""
        for missing in (3, 4, 5, 6, 9):  # the last two are the quote and the end of the line
            visit.writer.write(line[:-missing].encode())
            visit.writer.close()
            visit = await peer.visit(3)
            assert visit.arguments[4] == "v7:p2:1:1", f"after {line[:-missing]!r}"
            assert await visit.variable("SH_R1") == "done:"
            assert await visit.command("GET VARIABLE SH_R12") == "200 result=0"


async def test_half_a_target_is_not_dialled(exchange, tmp_path):
    line = 'GOSUB sh dial 1 "PJSIP/+4930888111@trunk,20,0,v7:p3:1:2,,,r,12,.'
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path),
        carrier(exchange.settings, tmp_path, listens()) as called,
    ):
        visit = await peer.visit()
        for missing in (1, 3, 9, len(line) - line.index(",20,")):
            visit.writer.write(line[:-missing].encode())
            visit.writer.close()
            visit = await peer.visit(3)
        assert visit.arguments[4] == ""
        await asyncio.sleep(0.5)  # for an INVITE that should not come
        assert called.received("INVITE") == []
