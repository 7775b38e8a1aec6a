from __future__ import annotations

import pytest

from switchhook import Caller
from switchhook.testing import assert_module_conforms, call
from switchhook_routing.called import CalledNumber, Numbers
from switchhook_routing.origin import Origin, Region

REGIONS = (
    Region(name="cologne", prefixes=("0221",)),
    Region(name="rhineland", prefixes=("+4922", "02 1")),
    Region(name="cologne_mobile", prefixes=("0221",), line="mobile"),
    Region(name="neighbours", prefixes=("FR", "at", "+41")),
    Region(name="mobile", line="mobile"),
)


async def comes_from(caller: Caller | str, **settings) -> str:
    if isinstance(caller, str):
        kind = "mobile" if caller.startswith("+491") else "fixed" if caller.startswith("+49") else "foreign"
        caller = Caller(caller, presentation="shown", kind=kind)
    return (await call(Origin(regions=REGIONS, **settings), caller=caller)).exit


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("+4922112345", "region:cologne"),
        ("+492233123", "region:rhineland"),
        ("+492112345", "region:rhineland"),
        ("+493012345", "other"),
        ("+491711234567", "region:mobile"),
        ("+33142685300", "region:neighbours"),
        ("+436641234567", "region:neighbours"),
        ("+41441234567", "region:neighbours"),
        ("+442071234567", "foreign"),
        ("12", "foreign"),
    ],
)
async def test_the_longest_prefix_wins(number, way):
    if number == "12":
        assert await comes_from(Caller("12", kind="internal")) == "other"
    else:
        assert await comes_from(number) == way


async def test_a_line_makes_a_row_closer():
    both = Caller("+4922112345", presentation="shown", kind="mobile")
    assert await comes_from(both) == "region:cologne_mobile"


async def test_suppressed_callers_are_told_apart_without_their_number():
    hidden = Caller("", presentation="suppressed", kind="mobile", key="k")
    assert await comes_from(hidden) == "anonymous"
    assert await comes_from(hidden, tell_apart=True) == "anonymous:mobile"
    assert await comes_from(Caller("", kind="unknown"), tell_apart=True) == "anonymous"


@pytest.mark.parametrize("prefix", ["", "abc", "+0", "FRA", "+49x"])
def test_the_linter_refuses_what_is_no_prefix(prefix):
    (found,) = Origin(regions=(Region(name="a", prefixes=(prefix,)),)).lint()
    assert (found.severity, found.path) == ("error", "settings.regions[0].prefixes[0]")


def test_the_linter_refuses_rows_that_describe_nobody_and_names_used_twice():
    rows = (Region(name="a"), Region(name="a", line="mobile"))
    assert {one.rule for one in Origin(regions=rows).lint()} == {"origin-row", "routing-name"}


def test_origin_keeps_its_contract():
    rows = [[{"name": "here", "prefixes": ["030"]}], [{"name": "cell", "line": "fixed"}]]
    assert_module_conforms(Origin, settings={"regions": rows}, unreached=("foreign", "anonymous"))


ROWS = (
    Numbers(name="old", numbers=("0221 4711",), which="diverted_from"),
    Numbers(name="sales", numbers=("+4922155500", "030*")),
    Numbers(name="any", numbers=("+4989*",), which="either"),
)


@pytest.mark.parametrize(
    ("number", "diverted", "way", "why"),
    [
        ("+4922155500", "", "match:sales", "+4922155500 was called"),
        ("+4930999", "", "match:sales", "+4930999 was called"),
        ("+4922155500", "+492214711", "match:old", "+492214711 diverts the call here"),
        ("+49221", "+498912", "match:any", "+498912 diverts the call here"),
        ("+498912", "", "match:any", "+498912 was called"),
        ("+49401", "", "other", "no row has the number"),
    ],
)
async def test_the_called_and_the_diverting_number(number, diverted, way, why):
    done = await call(CalledNumber(rows=ROWS), number=number, diverted_from=diverted)
    assert (done.exit, done.why) == (way, why)


def test_the_linter_refuses_what_is_no_number():
    found = CalledNumber(rows=(Numbers(name="a", numbers=("0221 1234567", "12345678", "x*")),)).lint()
    assert [one.path for one in found] == ["settings.rows[0].numbers[1]", "settings.rows[0].numbers[2]"]


def test_called_number_keeps_its_contract():
    rows = [[{"name": "here", "numbers": ["+4922155500"]}], [{"name": "gone", "numbers": ["+4940*"]}]]
    assert_module_conforms(CalledNumber, settings={"rows": rows})
