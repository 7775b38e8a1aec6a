"""The bench's own arithmetic and its page, on samples made up; nothing is timed here."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import attrs
import pytest

from switchhook.flows.document import read_flow
from switchhook.flows.registry import ModuleRegistry

from .conference import Held
from .conference import text as conference
from .figures import Cost, Search, Summary, per_call, percentile, summaries
from .inner import _FIVE
from .load import Load, counted, scenario, times
from .mailbox import Left
from .mailbox import text as mailbox
from .measure import Met, held
from .page import Calls, Kernel, Waiting
from .proxy import name_of
from .sections import Stamp, renewed, section
from .three_variables import ThreeVariables

SHORT = """\
2026-11-24	18:54:30.0	100.000	S	1@x	CSeq:1 INVITE	INVITE sip:1@h SIP/2.0
2026-11-24	18:54:30.0	100.001	R	1@x	CSeq:1 INVITE	SIP/2.0 100 Trying
2026-11-24	18:54:30.0	100.002	R	1@x	CSeq:1 INVITE	SIP/2.0 200 OK
2026-11-24	18:54:30.0	100.003	R	1@x	CSeq:1 INVITE	SIP/2.0 200 OK
2026-11-24	18:54:30.0	100.004	S	1@x	CSeq:1 ACK	ACK sip:h SIP/2.0
2026-11-24	18:54:30.0	100.500	S	2@x	CSeq:1 INVITE	INVITE sip:1@h SIP/2.0
2026-11-24	18:54:30.0	100.510	R	2@x	CSeq:1 INVITE	SIP/2.0 200 OK
2026-11-24	18:54:30.0	100.754	R	1@x	CSeq:9 BYE	BYE sip:x SIP/2.0
"""


def test_cpu_seconds_become_milliseconds_a_call():
    assert per_call(10.0, 10.7, 100) == pytest.approx(7.0)


@pytest.mark.parametrize(("percent", "wanted"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_percentile_is_a_value_that_occurred(percent, wanted):
    assert percentile(reversed(range(1, 101)), percent) == wanted


def test_percentile_of_nothing_is_no_number():
    assert math.isnan(percentile([], 50))


def test_ratios_are_taken_within_a_round_and_the_median_of_rounds_counts():
    rounds = [
        {"native": Cost(5, 0, 2), "ours": Cost(6, 1, 2)},  # 1.4
        {"native": Cost(10, 0, 2), "ours": Cost(10, 2, 2)},  # 1.2
        {"native": Cost(5, 0, 2), "ours": Cost(40, 10, 2)},  # 10: disturbed
    ]
    found = summaries(rounds, "native")
    assert found["native"].ratio == 1
    assert found["ours"].ratio == pytest.approx(1.4)
    assert (found["ours"].asterisk, found["ours"].controller, found["ours"].total) == (10, 2, 12)


def test_what_was_measured_at_a_slow_moment_is_brought_to_the_common_speed():
    rounds = [{"native": Cost(5, 0, 2), "ours": Cost(14, 0, 4)}]  # twice as slow a moment: 7 at the speed of native's
    assert summaries(rounds, "native")["ours"].ratio == pytest.approx(1.4)


def test_answers_of_all_rounds_make_the_percentiles():
    rounds = [{"native": Cost(5, 0, 2, (1.0, 2.0))}, {"native": Cost(5, 0, 2, (3.0, 9.0))}]
    found = summaries(rounds, "native")["native"]
    assert (found.p50, found.p99) == (2.0, 9.0)


def search(capacity: float, start: float, tries: int = 20) -> Search:
    looking = Search(start, 1.1, tries)
    while (rate := looking.ask()) is not None:
        looking.tell(rate <= capacity)
    return looking


@pytest.mark.parametrize("start", [50, 100, 180, 300])
def test_search_ends_within_one_step_of_the_capacity(start):
    assert 150 / 1.1 <= search(150, start).best <= 150


def test_search_that_runs_out_of_tries_says_what_was_held():
    assert search(1000, 100, tries=3).best == pytest.approx(121)
    assert search(10, 100, tries=2).best == 0


def test_search_stops_at_its_ceiling():
    assert search(10_000, 100).best <= 400


@pytest.mark.parametrize(
    ("load", "wanted"),
    [
        (Load(100, 100, 0, (), (), 16.0), True),
        (Load(100, 100, 0, (), (), 17.8), True),
        (Load(100, 100, 1, (), (), 16.0), False),
        (Load(100, 100, 0, (), (), 19.0), False),
        (Load(100, 60, 0, (), (), 9.0), False),
    ],
)
def test_a_rate_is_held_when_every_call_is_made_and_none_fails_or_is_late(load, wanted):
    assert held(load, 15) is wanted


def test_times_of_calls_are_read_from_sipps_short_log():
    answers, lasted = times(SHORT.splitlines())
    assert answers == pytest.approx((2.0, 10.0))
    assert lasted == pytest.approx((750.0,))


def test_calls_are_counted_from_the_last_whole_line_of_the_statistics():
    text = "TotalCallCreated;CurrentCall;FailedCall(C)\n5;5;0\n9;3;2\n12;1"
    assert counted(text) == (9, 2, 3)
    assert counted("TotalCallCreated;CurrentCall;FailedCall(C)\n") == (0, 0, 0)


def test_commands_are_named_without_their_arguments():
    lines = ['GOSUB sh read 1 "a,b"\n', "GET VARIABLE SH_R1\n", 'EXEC MSet "SH_DONE=1"\n']
    assert [name_of(line) for line in lines] == ["GOSUB read", "GET VARIABLE", "EXEC MSet"]


def test_a_waiting_caller_hangs_up_and_a_measured_one_waits_for_it(tmp_path):
    waits, leaves = scenario("1", tmp_path / "x.pcap", 0), scenario("1", tmp_path / "x.pcap", 9)
    assert 'recv request="BYE"' in waits
    assert "BYE [next_url]" not in waits
    assert "BYE [next_url]" in leaves
    assert 'milliseconds="9000"' in leaves


def test_the_simulated_flow_has_five_modules():
    from switchhook_ivr import plugin

    modules = ModuleRegistry([*(("ivr", one) for one in plugin.modules()), ("bench", ThreeVariables)])
    assert len(read_flow(_FIVE, modules, "five").points) == 5


CALLS = Calls(
    speeds=[2.0, 3.0, 2.5],
    rate=50,
    rounds=3,
    held_seconds=15,
    costs={
        "native": Summary(6, 0, 6, 1.0, 1.5, 3),
        "panoramisk": Summary(7, 1, 8, 1.33, 2, 4),
        "switchhook": Summary(7, 2, 9, 1.5, 2.5, 5),
    },
    rates={"native": [200, 220, 210], "panoramisk": [190, 190, 190], "switchhook": [180, 180, 100]},
    trips=["GOSUB read", "GET VARIABLE"],
)


def test_calls_say_what_was_reached_and_what_was_missed():
    text = CALLS.text("### Where the time goes\n")
    assert "| total CPU against native | at most 1.4 | 1.50 | **missed** |" in text
    assert "| highest rate against native | at least 0.8 | 0.86 | reached |" in text
    assert "| Switchhook | 7.00 | 2.00 | 1.50 | 2.5 / 5.0 | 180 | 180, 180, 100 |" in text
    assert "2.50 ms in the median, 2.00 to 3.00" in text
    assert text.endswith("### Where the time goes\n")


@pytest.mark.parametrize(
    ("failed", "wanted"), [(0, "| 500, 0 failed | reached |"), (1, "| 500, 1 failed | **missed** |")]
)
def test_a_waiting_caller_who_failed_misses_the_aim(failed, wanted):
    assert wanted in Waiting({"native": (50, 0)}, 300, 500, failed, 0.8).text()


def test_the_dearest_hook_counts():
    hooks = {"none": 1, "1 def": 3, "10 def": 21, "1 async def": 4, "10 async def": 41, "1 async def that waits": 20}
    assert "| one hook implementation | at most 15 µs | 4.0 µs | reached |" in Kernel(hooks, 5000).text()


STAMP = Stamp(datetime(2026, 11, 28, tzinfo=UTC), "2 shared cores", 0.4, 2)


def test_one_section_is_written_anew_and_the_others_stay_as_they_are():
    calls, pages = section("calls", STAMP, "old\n\n### Where\n\nnotes"), section("pages", STAMP, "old")
    page = renewed("", {"pages": pages, "calls": calls})
    new = section("mailbox", STAMP, "new")
    assert renewed(page, {"mailbox": new}) == page + "\n" + new
    assert renewed(page, {"pages": section("pages", STAMP, "new")}) == page.replace(pages, pages.replace("old", "new"))
    assert page.index(calls) < page.index(pages)
    assert renewed(page, {}) == page


def test_a_section_says_when_it_was_measured_and_what_ran_beside_it():
    assert section("pages", STAMP, "x") == ("## Pages of the portal\n\nMeasured on 2026-11-28: 2 shared cores.\n\nx\n")
    assert "Other work ran beside it: a load of 7.2" in str(attrs.evolve(STAMP, load=7.2))


def test_messages_are_compared_within_a_round():
    rounds = [
        {"native": Cost(10, 0, 2), "switchhook": Cost(11, 9, 2)},  # 2
        {"native": Cost(10, 0, 2), "switchhook": Cost(11, 29, 4)},  # 2, at a slow moment
        {"native": Cost(10, 0, 2), "switchhook": Cost(11, 19, 2)},  # 3
    ]
    text = mailbox(Left(rounds, ["GOSUB play", "GOSUB record"], 20, 33))
    assert "| Switchhook's mailbox | 11.00 | 14.50 | 2.00 |" in text
    assert "the rounds' ratios: 2.00, 2.00, 3.00" in text
    assert "`GOSUB play`, `GOSUB record`" in text
    assert "without calls, 33 ms a second" in text


def test_a_conference_is_compared_within_a_round_at_the_speed_of_that_moment():
    rounds = [
        {"native": Met(10, 0, 0.5, 0, 2), "switchhook": Met(12, 9, 0.5, 0.05, 2)},  # 1.1
        {"native": Met(10, 0, 0.5, 0, 2), "switchhook": Met(12, 9, 1.0, 0.2, 4)},  # 1.2
        {"native": Met(10, 0, 0.5, 0, 2), "switchhook": Met(13, 8, 0.5, 0.15, 2)},  # 1.3
    ]
    text = conference(Held(rounds, 10))
    assert "| Switchhook's conference | 12.00 | 9.00 | 50.0 % | 15.0 % |" in text
    assert "at the machine's speed at that moment: 1.10, 1.20, 1.30" in text
