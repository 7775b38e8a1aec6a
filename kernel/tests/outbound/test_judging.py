"""SEC25 and I12 as a pure function: what is dialled is what a permission covers and a price is known for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from switchhook import Call, Caller, DialPlan, Target
from switchhook.calls.number_class import NUMBER_KINDS, number_class
from switchhook.outbound.judging import NEVER_SHOWN, Facts, limited, refusals
from switchhook.outbound.judging import shown as really_shown
from switchhook.outbound.permission import EVERY, ORDINARY, ORDINARY_KINDS, Destination, OutboundPermission
from switchhook.outbound.verified import VerifiedNumber

DAY = date(2026, 11, 28)
HOME = OutboundPermission(name="Germany", without_price=True)
TYPES = [value for name, value in vars(PhoneNumberType).items() if name.isupper() and value != PhoneNumberType.UNKNOWN]
OWN, MOBILE, PREMIUM = "+4922112345", "+491711234567", "+499001123456"


def number(address: str, **more: object) -> DialPlan:
    return DialPlan((Target("number", address),), **more)  # type: ignore[arg-type]


def why(
    plan: DialPlan, *permissions: OutboundPermission, priced: str = "", own: str = "", day: date = DAY
) -> list[str]:
    return list(refusals(plan, Facts(permissions, frozenset(priced.split()), frozenset(own.split())), day))


def corpus() -> dict[str, tuple[str, int]]:
    """An example of every type of number of every region the library knows, with its region and type."""
    found = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in TYPES:
            one = phonenumbers.example_number_for_type(region, kind)
            if one is not None:
                found[phonenumbers.format_number(one, PhoneNumberFormat.E164)] = region, kind
    return found


def test_of_the_numbers_of_the_world_a_permission_for_germany_lets_german_ordinary_ones_through() -> None:
    """SEC25, with the library's examples as the corpus and its own words for their types as the table."""
    ordinary = {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.TOLL_FREE,
    }
    examples = corpus()
    assert len(examples) > 700
    passed = {one for one in examples if not why(number(one), HOME)}
    assert passed == {one for one, (region, kind) in examples.items() if region == "DE" and kind in ordinary}
    assert passed == {"+4915123456789", "+4930123456", "+498001234567890"}
    assert [one for one in examples if not why(number(one))] == [], "without a permission nobody is called"
    german = {one for one in examples if number_class(one).country == "DE"}
    priced = attrs.evolve(HOME, without_price=False)
    assert [one for one in german if not why(number(one), priced)] == [], "no rate means no call"


@pytest.mark.parametrize(
    "dear",
    [PREMIUM, "+491805123456", "+491371234567", "+4911833", "11833", "115", "20", "*21", "+4970012345678",
     "+881612345678", "+870773123456", "+979123456789", "+49191123456", "010330221123456", "+4910330221123",
     "+19002345678", "+18762345678", "+447012345678", "+3712", "anonymous"],
)  # fmt: skip
def test_what_is_dear_short_or_nowhere_must_be_named(dear: str) -> None:
    everywhere = OutboundPermission(name="x", destinations=(Destination(number_kind=ORDINARY),), without_price=True)
    if number_class(dear).kind not in ORDINARY_KINDS:
        assert why(number(dear), HOME, everywhere)
    assert why(number(dear), HOME)
    named = Destination(country=number_class(dear).country, number_kind=number_class(dear).kind)
    assert why(number(dear), attrs.evolve(HOME, destinations=(named,))) == []


@pytest.mark.parametrize("call", ["110", "112", "+49112"])
def test_an_emergency_needs_no_permission_and_no_price_and_shows_what_it_will(call: str) -> None:
    """SEC31, as far as the gate decides: networks and the static dialplan come before it."""
    assert why(number(call, caller_id="+4989999")) == []


def test_telephones_of_the_house_need_none_and_one_number_among_them_does() -> None:
    phone = Target("phone", "anna")
    assert why(DialPlan((phone,))) == []
    assert why(DialPlan((phone, Target("number", MOBILE)))) == ["no permission covers calls to DE: Mobile"]


def test_each_reason_is_told() -> None:
    priced = attrs.evolve(HOME, without_price=False)
    both = DialPlan((Target("number", MOBILE), Target("number", "+33612345678")), caller_id="+4989999")
    assert why(both, priced) == [
        f"there is no price for calls to {MOBILE}",
        "no permission covers calls to FR: Mobile",
        "the number +4989999 cannot be shown, for it is none of the tenant's",
    ]
    assert why(number(MOBILE), priced, priced=MOBILE) == []


def test_a_permission_holds_through_its_last_day() -> None:
    ending = attrs.evolve(HOME, until="2026-11-28")
    assert why(number(MOBILE), ending) == []
    assert why(number(MOBILE), ending, day=date(2026, 11, 29)) == ["no permission covers calls to DE: Mobile"]


@pytest.mark.parametrize(
    ("shown", "own", "passes"),
    [("", "", True), ("anonymous", "", True), (OWN, OWN, True), (OWN, "", False), (MOBILE, OWN, False),
     (PREMIUM, PREMIUM, False), ("115", "115", False), ("+498001234567", "+498001234567", True)],
)  # fmt: skip
def test_only_numbers_of_the_tenant_are_shown_and_no_dear_ones(shown: str, own: str, passes: bool) -> None:
    """I12, S69."""
    assert (why(number(MOBILE, caller_id=shown), HOME, own=own) == []) is passes


kinds = st.sampled_from(NUMBER_KINDS)
destinations = st.builds(
    Destination,
    country=st.sampled_from(["", "DE", "FR", "001"]),
    number_kind=st.one_of(kinds, st.just(ORDINARY), st.just(EVERY)),
)
permissions = st.builds(
    OutboundPermission,
    name=st.just("x"),
    destinations=st.lists(destinations, min_size=1, max_size=3).map(tuple),
    without_price=st.booleans(),
    until=st.sampled_from(["", "2026-11-27", "2026-11-28"]),
)
called = st.from_regex(r"\+(49|33|1|881|44)[0-9]{5,11}", fullmatch=True)


@given(st.lists(permissions, max_size=3), called, st.booleans())
def test_more_permissions_never_forbid_and_fewer_never_permit(
    given_: list[OutboundPermission], to: str, priced: bool
) -> None:
    prices = to if priced else ""
    for fewer in range(len(given_)):
        if not why(number(to), *given_[:fewer], priced=prices):
            assert why(number(to), *given_, priced=prices) == []


@given(st.lists(permissions, max_size=3), called, st.booleans())
def test_what_passes_is_covered_by_a_permission_that_holds_and_has_a_price(
    given_: list[OutboundPermission], to: str, priced: bool
) -> None:
    found = number_class(to)
    covering = [
        one
        for one in given_
        if one.until != "2026-11-27"
        and any(
            row.country in ("", found.country)
            and (
                row.number_kind in (found.kind, EVERY) or (row.number_kind == ORDINARY and found.kind in ORDINARY_KINDS)
            )
            for row in one.destinations
        )
    ]
    passes = bool(covering) and (priced or any(one.without_price for one in covering))
    assert (why(number(to), *given_, priced=to if priced else "") == []) is (passes or found.kind == "emergency")


@pytest.mark.parametrize(
    ("minutes", "asked", "limit"),
    [((120,), 0, 7200), ((120,), 60, 60), ((1,), 600, 60), ((1, 5), 0, 300), ((1, 0), 0, 0), ((0,), 90, 90)],
)
def test_a_talk_is_no_longer_than_a_permission_says(minutes: tuple[int, ...], asked: int, limit: int) -> None:
    several = tuple(attrs.evolve(HOME, longest_minutes=one) for one in minutes)
    assert limited(number(MOBILE, limit_seconds=asked), Facts(several), DAY).limit_seconds == limit


def test_of_several_numbers_the_shortest_talk_holds_and_a_permission_that_does_not_hold_gives_none() -> None:
    short = OutboundPermission(
        name="x", destinations=(Destination(country="FR"),), without_price=True, longest_minutes=3
    )
    both = DialPlan((Target("number", MOBILE), Target("number", "+33612345678"), Target("phone", "anna")))
    assert limited(both, Facts((HOME, short)), DAY).limit_seconds == 180
    over = attrs.evolve(HOME, longest_minutes=0, until="2026-11-27")
    unpriced = attrs.evolve(HOME, longest_minutes=0, without_price=False)
    assert limited(number(MOBILE), Facts((HOME, over, unpriced)), DAY).limit_seconds == 7200
    assert limited(DialPlan((Target("phone", "anna"),)), Facts((HOME,)), DAY).limit_seconds == 0


def test_no_kind_that_names_its_own_price_is_ever_shown() -> None:
    assert not NEVER_SHOWN & ORDINARY_KINDS
    assert {"premium", "shared_cost", "short_code"} <= NEVER_SHOWN


DIVERTED = Call("1", "acme", OWN, Caller(MOBILE), datetime(2026, 11, 28, tzinfo=UTC))


@pytest.mark.parametrize(
    ("caller", "origin", "asked", "shows"),
    [
        (MOBILE, "trunk", "", ""),
        (MOBILE, "trunk", "anonymous", "anonymous"),
        (PREMIUM, "trunk", "", "anonymous"),
        ("112", "trunk", "", "anonymous"),
        (PREMIUM, "trunk", OWN, OWN),
        ("", "trunk", "", ""),
        (MOBILE, "placed", "", OWN),
        (PREMIUM, "placed", "", OWN),
        (MOBILE, "placed", "anonymous", "anonymous"),
    ],
)
def test_what_a_leg_shows_is_its_own_the_callers_or_nothing(caller: str, origin: str, asked: str, shows: str) -> None:
    call = attrs.evolve(DIVERTED, caller=Caller(caller), origin=origin)
    plan = number("+33142685300", caller_id=asked, limit_seconds=7)
    assert really_shown(plan, call) == attrs.evolve(plan, caller_id=shows)
    inside = DialPlan((Target("phone", "anna"),), caller_id=asked)
    assert really_shown(inside, call) == inside, "in the house everybody sees who calls"


def test_a_verified_number_is_shown_itself_alone_and_until_its_last_day() -> None:
    verified = VerifiedNumber(name="x", number="+4930123456", proof="bill", until="2026-11-28")
    for shown, day, passes in [
        ("+4930123456", DAY, True),
        ("+4930123456", date(2026, 11, 29), False),
        ("+4930123457", DAY, False),
    ]:
        facts = Facts((HOME,), verified=(verified,))
        told = list(refusals(number(MOBILE, caller_id=shown), facts, day))
        assert told == ([] if passes else [f"the number {shown} cannot be shown, for it is none of the tenant's"])


def test_a_number_that_is_the_tenants_but_dear_is_refused_as_dear() -> None:
    assert why(number(MOBILE, caller_id=PREMIUM), HOME, own=PREMIUM) == [
        f"the number {PREMIUM} cannot be shown: who calls it back pays more than for a call"
    ]


def test_a_number_of_no_country_is_refused_by_its_kind() -> None:
    assert why(number("20"), HOME) == ["no permission covers calls to a number of this kind: Short code"]
