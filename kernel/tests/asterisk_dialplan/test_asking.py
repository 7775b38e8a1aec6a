"""The ask loop: what a caller gets from a portal that is gone, killed, hung, or several."""

from __future__ import annotations

import asyncio
import time

import pytest

from .exchange import make_settings, running
from .peer import Visit, listening
from .sipp import BYE_ANSWER, carrier, carrier_calls, pause, phone, request, talks

pytestmark = pytest.mark.asterisk


async def test_no_portal_leads_to_the_fallback_within_four_and_a_half_seconds(exchange, tmp_path):
    async with phone(exchange.settings, "4930555", tmp_path) as caller:
        waited = await exchange.since_arrival("SH_FALLBACK")
        assert 3.9 < waited < 4.5
        assert await caller.finished() == 0  # answered, heard the apology, hung up on
    await exchange.idle()


async def test_the_fallback_is_the_numbers_own(exchange, tmp_path):
    async with carrier(exchange.settings, tmp_path, talks(300)) as line:
        async with phone(exchange.settings, "4930201", tmp_path):
            assert await line.finished() == 0
        (invite,) = line.received("INVITE")
        assert invite.startswith("INVITE sip:4930999@")
    async with phone(exchange.settings, "4930200", tmp_path, name="second") as caller:
        assert await caller.finished() == 1  # a final answer other than 200
        assert not caller.received("SIP/2.0 200")


async def test_a_portal_that_wants_the_fallback_gets_it_at_once(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path) as caller:
        visit = await peer.visit()
        await visit.command("SET VARIABLE SH_DONE 0")
        visit.writer.close()
        await exchange.since_arrival("SH_FALLBACK")
        assert peer.visits.empty()  # nobody is asked again
        assert await caller.finished() == 0
    await exchange.idle()


async def test_portal_back_in_time_gets_the_call(exchange, tmp_path):
    async with phone(exchange.settings, "4930555", tmp_path) as caller:
        await exchange.event(lambda event: event["eventtype"] == "CHAN_START")
        await asyncio.sleep(1.2)  # the portal is away for so long
        async with listening(exchange.settings.agi.port) as peer:
            visit = await peer.visit()
            secret, session, number, origin, state, *_ = visit.arguments
            assert secret == exchange.settings.agi.secret.reveal()
            assert int(session) > 1
            assert (number, origin, state) == ("4930555", "phone", "")
            await visit.sub("play", "beep,s1,,1")
            await visit.done()
            visit.writer.close()
            assert await caller.finished() == 0


async def test_killed_in_the_middle_of_reading_keeps_what_the_caller_does_meanwhile(exchange, tmp_path):
    press = request("INFO", 10, "Content-Type: application/dtmf-relay\n", "Signal=5\nDuration=120\n")
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path, then=pause(1500) + press + BYE_ANSWER) as caller,
    ):
        first = await peer.visit()
        assert first.arguments[1:] == ["1", "4930555", "phone", "", "3", ""]
        first.writer.write(b'GOSUB sh read 1 "beep,1,10,2,v7:p3/2,t(#),1,1,."\n')
        await exchange.event(lambda event: event["eventtype"] == "ANSWER")
        killed = time.monotonic()
        first.writer.transport.abort()
        second = await peer.visit()
        assert 1 < time.monotonic() - killed < 3  # when the key was pressed, not when the input ran out
        assert second.arguments[1:] == ["2", "4930555", "phone", "v7:p3/2", "3", ""]
        assert second.environment["agi_uniqueid"] == first.environment["agi_uniqueid"]
        # The result of the step that the state names is there for whoever takes the call up again.
        assert await second.variable("SH_R1") == "done:OK:5"
        await second.done()
        second.writer.close()
        assert await caller.finished() == 0
    assert not [event for event in exchange.events() if event["userdeftype"] == "SH_FALLBACK"]


async def test_killed_while_deciding_is_asked_again_at_once(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path):
        first = await peer.visit()
        await first.sub("play", "beep,v7:p4,,1")
        killed = time.monotonic()
        first.writer.transport.abort()
        second = await peer.visit()
        assert time.monotonic() - killed < 1
        assert second.arguments[1:] == ["2", "4930555", "phone", "v7:p4", "3", ""]
        await second.done()


async def test_hung_portal_is_asked_once_more_and_then_left(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path) as caller:
        await peer.visit()
        second = await peer.visit()
        assert second.arguments[1] == "2"
        assert 0.5 <= float(second.arguments[5]) <= 1
        waited = await exchange.since_arrival("SH_FALLBACK")
        assert 3.9 < waited < 4.5
        assert await caller.finished() == 0
    await exchange.idle()


async def test_portal_that_fails_slowly_each_time_is_not_asked_for_long(exchange, tmp_path):
    async def fail(_: Visit) -> None:
        await asyncio.sleep(1)  # as long as it takes this portal to find out that it cannot

    async with (
        listening(exchange.settings.agi.port, fail) as peer,
        phone(exchange.settings, "4930555", tmp_path) as caller,
    ):
        assert 3.9 < await exchange.since_arrival("SH_FALLBACK") < 4.5
        assert peer.visits.qsize() == 3
        assert await caller.finished() == 0


async def test_troubles_that_follow_each_other_do_not_add_up(exchange, tmp_path):
    async def fail_and_hang(visit: Visit) -> None:
        if visit.arguments[1] == "1":
            await asyncio.sleep(1.5)  # silent, and then gone
        else:
            await visit.reader.read()

    async with (
        listening(exchange.settings.agi.port, fail_and_hang) as peer,
        phone(exchange.settings, "4930555", tmp_path) as caller,
    ):
        assert (await peer.visit()).arguments[5] == "3"
        assert 1.5 < float((await peer.visit()).arguments[5]) < 2.1
        assert 3.9 < await exchange.since_arrival("SH_FALLBACK") < 4.5
        assert await caller.finished() == 0


async def test_hung_worker_loses_the_call_to_the_next_port(tmp_path):
    settings = make_settings(tmp_path, workers=2)
    visits: asyncio.Queue[tuple[int, Visit]] = asyncio.Queue()

    def behave(worker: int):
        async def hang(visit: Visit) -> None:
            visits.put_nowait((worker, visit))
            await visit.reader.read()  # until Asterisk gives up

        return hang

    one, two = settings.agi.ports
    async with (
        running(settings) as exchange,
        listening(one, behave(0)),
        listening(two, behave(1)),
        phone(settings, "4930555", tmp_path) as caller,
    ):
        async with asyncio.timeout(15):
            first, _ = await visits.get()
            start = time.monotonic()
            second, visit = await visits.get()
        assert {first, second} == {0, 1}
        assert 2.8 < time.monotonic() - start < 3.4
        waited = await exchange.since_arrival("SH_FALLBACK")
        assert 3.9 < waited < 4.6
        assert visit.arguments[1] == "2"
        assert await caller.finished() == 0


async def test_of_two_workers_the_one_that_is_there_answers_at_once(tmp_path):
    settings = make_settings(tmp_path, workers=2)

    async def serve(visit: Visit) -> None:
        await visit.sub("play", "beep,s1,,1")
        await visit.done()

    async with running(settings) as exchange, listening(settings.agi.ports[1], serve) as peer:
        for attempt in range(4):  # which worker is asked first is left to chance
            async with phone(settings, "4930555", tmp_path, name=f"phone{attempt}") as caller:
                await peer.visit(seconds=2)
                assert await caller.finished() == 0
        starts = [float(event["eventtime"]) for event in exchange.events() if event["eventtype"] == "CHAN_START"]
        answers = [float(event["eventtime"]) for event in exchange.events() if event["eventtype"] == "ANSWER"]
        assert all(answer - start < 0.4 for start, answer in zip(starts, answers, strict=True))


async def test_armed_time_holds_for_the_decision(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path) as caller:
        visit = await peer.visit()
        assert await visit.command('GOSUB sh arm 1 "6,thinking"') == "200 result=0 Gosub complete"
        await asyncio.sleep(4)  # longer than the dead-man timer allows without
        assert await visit.variable("SH_STATE") == "thinking"
        await visit.done()
        visit.writer.close()
        await caller.finished()
    assert not [event for event in exchange.events() if event["userdeftype"] == "SH_FALLBACK"]


async def test_timer_that_fires_says_hangup_and_closes_though_the_caller_is_there(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path):
        visit = await peer.visit()
        assert await visit.command('GOSUB sh arm 1 "1,short"') == "200 result=0 Gosub complete"
        async with asyncio.timeout(3):
            rest = await visit.reader.read()
        assert set(rest.decode().split()) == {"HANGUP"}  # twice, on 22.10.1
        again = await peer.visit()
        assert again.arguments[1:5] == ["2", "4930555", "phone", "short"]
        assert 0.5 <= float(again.arguments[5]) <= 1


async def test_caller_who_hangs_up_frees_the_channel_of_a_hung_portal(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer:
        async with carrier_calls(
            exchange.settings, "4930555", tmp_path, identity="<sip:4930111@example.org>", then=pause(100)
        ):
            visit = await peer.visit()
            assert visit.arguments[3] == "trunk"
            visit.writer.write(b'GOSUB sh play 1 "beep,s1,,1,1,."\n')
            await exchange.event(lambda event: event["eventtype"] == "ANSWER")
        channel = visit.environment["agi_channel"]
        await exchange.cli(f"channel request hangup {channel}")
        await exchange.event(lambda event: event["eventtype"] == "LINKEDID_END")
        await exchange.idle()


async def test_emergency_call_reaches_the_carrier_without_a_portal(exchange, tmp_path):
    for dialled, number in (("110", "110"), ("112", "112"), ("+49112", "112")):
        directory = tmp_path / dialled
        directory.mkdir()
        async with carrier(exchange.settings, directory, talks(200)) as line:
            async with phone(exchange.settings, dialled, directory) as caller:
                assert await line.finished(seconds=5) == 0
                assert await caller.finished() == 0
            (invite,) = line.received("INVITE")
            assert invite.startswith(f"INVITE sip:{number}@")
            assert "From: <sip:+4930777100@" in invite
    legs = [float(event["eventtime"]) for event in exchange.events() if event["eventtype"] == "CHAN_START"]
    assert legs[1] - legs[0] < 1
    assert legs[3] - legs[2] < 1
    assert legs[5] - legs[4] < 1
    assert not [event for event in exchange.events() if event["context"] == "call"]


@pytest.mark.parametrize("number", ["sales", "49a30", "1234567890123456", "%2430"])
async def test_what_is_no_number_does_not_exist(exchange, tmp_path, number):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, number, tmp_path) as caller:
        assert await caller.finished() == 1
        assert caller.received("SIP/2.0 404")
        assert peer.visits.empty()


async def test_number_with_plus_keeps_it(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "+4930555", tmp_path):
        visit = await peer.visit()
        assert visit.arguments[2] == "+4930555"
        await visit.done()
