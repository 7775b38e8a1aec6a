"""I13, SEC38: no voice is recorded without a whole consent of its owner before it, whatever happens in whatever order."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.consent.machine import Step, after
from switchhook.consent.values import (
    CONSENT_MODES,
    Ask,
    Asked,
    Began,
    Consent,
    ConsentEvent,
    ConsentMode,
    Cut,
    Ended,
    Heard,
    Held,
    Joined,
    Left,
    Note,
    PartyConsent,
    Pressed,
    Recorder,
    Resumed,
    Revoked,
    Unanswered,
    Wanted,
)

NAMES = ("anna", "ben", "cleo")
party = st.sampled_from(NAMES)
keys = st.sampled_from("1123")
event: st.SearchStrategy[ConsentEvent] = st.one_of(
    st.builds(Joined, party, st.sampled_from(["ours", "theirs"])),
    st.builds(Asked, party, st.just("notice@1")),
    st.builds(Heard, party),
    st.builds(Pressed, party, keys),
    *(st.builds(kind, party) for kind in (Cut, Unanswered, Left, Revoked)),
    *(st.builds(kind) for kind in (Wanted, Began, Held, Resumed, Ended)),
)


def whole(sides: dict[str, str]) -> list[ConsentEvent]:
    """A course in which nothing is amiss."""
    joined = [Joined(name, side) for name, side in sides.items()]  # type: ignore[arg-type]
    asked = [one for name in sides for one in (Asked(name, "notice@1"), Heard(name), Pressed(name, "1"))]
    return [*joined, Wanted(), *asked, Began()]


people = st.dictionaries(party, st.sampled_from(["ours", "theirs"]), min_size=1)
asking = party.map(lambda one: [Asked(one, "notice@1"), Heard(one), Pressed(one, "1")])
"""What follows one another where nothing is amiss, so that recordings come about."""
pieces = st.lists(st.one_of(asking, event.map(lambda one: [one])), max_size=12).map(
    lambda parts: [one for part in parts for one in part]
)


@st.composite
def disturbed(draw: st.DrawFn) -> list[ConsentEvent]:
    """A whole course into which things come anywhere, and of which something may be missing."""
    course = whole(draw(people))
    for one in draw(st.lists(event, max_size=3)):
        course.insert(draw(st.integers(0, len(course))), one)
    if draw(st.booleans()):
        del course[draw(st.integers(0, len(course) - 1))]
    return [*course, *draw(pieces)]


courses = st.one_of(disturbed(), people.flatmap(lambda sides: pieces.map(lambda more: [*whole(sides), *more])), pieces)


@attrs.define
class Witness:
    """Looks at events and at the recorder alone, and knows nothing of the machine's states."""

    mode: ConsentMode
    present: dict[str, str] = attrs.field(factory=dict)
    hears: set[str] = attrs.field(factory=set)
    heard: set[str] = attrs.field(factory=set)
    agreed: set[str] = attrs.field(factory=set)
    written: set[str] = attrs.field(factory=set)
    writes: bool = False

    def sees(self, event: ConsentEvent) -> None:
        name = getattr(event, "party", "")
        if isinstance(event, Joined):
            self.present.setdefault(name, event.side)
        elif isinstance(event, Asked):
            self.hears.add(name)
            self.heard.discard(name)
        elif isinstance(event, Heard) and name in self.hears:
            self.hears.discard(name)
            self.heard.add(name)
            self._stays(name)
        elif isinstance(event, Cut):
            self.hears.discard(name)
            self.heard.discard(name)
        elif isinstance(event, Pressed) and event.key == "1" and name in self.heard:
            self.agreed.add(name)
        elif isinstance(event, (Left, Revoked)):
            self._takes_back(name)
            if isinstance(event, Left):
                self.present.pop(name, None)

    def _stays(self, name: str) -> None:
        if self.mode == "announce_and_stay":
            self.agreed.add(name)

    def _takes_back(self, name: str) -> None:
        for of in (self.hears, self.heard, self.agreed, self.written):
            of.discard(name)

    def does(self, order: object) -> None:
        if isinstance(order, Note) and order.verdict == "granted":
            assert order.prompt == "notice@1"
            self.written.add(order.party)
        elif isinstance(order, Note):
            self.written.discard(order.party)
        elif isinstance(order, Recorder):
            self.writes = order.do in ("start", "resume")
            if order.do == "start":
                self.heard_of()

    def heard_of(self) -> None:
        """Whoever's voice is in the recording agreed, and that stands in the ledger."""
        audible = {name for name, side in self.present.items() if self.mode != "agent_only" or side == "ours"}
        assert audible, "a recording of nobody"
        assert audible <= self.agreed
        assert audible <= self.written


@given(st.sampled_from(CONSENT_MODES), courses)
def test_no_voice_is_recorded_without_a_whole_consent_before_it(mode: ConsentMode, course: list[ConsentEvent]) -> None:
    consent, witness = Consent(mode), Witness(mode)
    for happened in course:
        witness.sees(happened)
        consent, orders = attrs.astuple(after(consent, happened), recurse=False)
        for order in orders:
            witness.does(order)
        if witness.writes:
            witness.heard_of()
        assert consent.voices <= witness.agreed
        assert not consent.voices or witness.writes


@given(st.sampled_from(CONSENT_MODES), courses)
def test_a_recorder_is_only_told_what_makes_sense_where_it_is(mode: ConsentMode, course: list[ConsentEvent]) -> None:
    """Started once, paused and resumed in turn, and whatever ends a recording stops its file."""
    consent, has_file, paused = Consent(mode), False, False
    for happened in course:
        step = after(consent, happened)
        consent = step.consent
        for order in step.orders:
            if not isinstance(order, Recorder):
                continue
            assert order.do != "start" or not has_file
            assert order.do != "pause" or (has_file and not paused)
            assert order.do != "resume" or (has_file and paused)
            has_file = has_file if order.do in ("pause", "resume") else order.do == "start"
            paused = order.do == "pause"
        assert has_file == (consent.state in ("granted", "recording", "held"))


@given(st.sampled_from(CONSENT_MODES), people.filter(lambda sides: "ours" in sides.values()))
def test_where_all_agree_it_is_recorded(mode: ConsentMode, sides: dict[str, str]) -> None:
    consent, done = through(Consent(mode), *whole(sides))
    assert consent.state == "recording"
    assert done[-1] == Recorder("start")
    assert consent.voices == {name for name, side in sides.items() if mode != "agent_only" or side == "ours"}


def through(consent: Consent, *course: ConsentEvent) -> tuple[Consent, list[object]]:
    done: list[object] = []
    for happened in course:
        step = after(consent, happened)
        consent, done = step.consent, [*done, *step.orders]
    return consent, done


BOTH = (Joined("anna", "theirs"), Joined("ben", "ours"), Wanted())
ANNA = (Asked("anna", "n@1"), Heard("anna"), Pressed("anna", "1"))
BEN = (Asked("ben", "n@2"), Heard("ben"), Pressed("ben", "1"))


def test_from_off_over_asked_and_granted_to_recording() -> None:
    consent, done = through(Consent(), *BOTH)
    assert (consent.state, done) == ("asked", [Ask("anna"), Ask("ben")])
    consent, done = through(consent, *ANNA)
    assert (consent.state, done) == ("asked", [Note("anna", "theirs", "granted", "n@1", "1")])
    consent, done = through(consent, *BEN)
    assert (consent.state, done) == ("granted", [Note("ben", "ours", "granted", "n@2", "1"), Recorder("start")])
    consent, done = through(consent, Began(), Held(), Resumed())
    assert (consent.state, done) == ("recording", [Recorder("pause"), Recorder("resume")])
    assert consent.voices == {"anna", "ben"}


@pytest.mark.parametrize(
    "answer",
    [
        (Asked("ben", "n"), Pressed("ben", "1")),
        (Asked("ben", "n"), Cut("ben"), Heard("ben"), Pressed("ben", "1")),
        (Asked("ben", "n"), Heard("ben")),
        (Asked("ben", "n"), Heard("ben"), Asked("ben", "n"), Pressed("ben", "1")),
        (Pressed("ben", "1"),),
        (Heard("ben"), Pressed("ben", "1")),
    ],
)
def test_half_an_answer_is_none(answer: tuple[ConsentEvent, ...]) -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, *answer)
    assert consent.state == "asked"
    assert Recorder("start") not in done


@pytest.mark.parametrize("answer", [(Pressed("ben", "2"),), (Heard("ben"), Unanswered("ben"))])
def test_a_refusal_keeps_the_call_unrecorded_and_is_written_down(answer: tuple[ConsentEvent, ...]) -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, Asked("ben", "n@2"), *answer)
    assert consent.state == "refused"
    key = "2" if isinstance(answer[0], Pressed) else ""
    assert done[-1] == Note("ben", "ours", "refused", "n@2", key)
    again, done = through(consent, *BEN, Wanted(), *BEN)
    assert (again.state, done) == ("refused", [])


def test_who_joins_ends_the_file_before_being_heard_and_is_asked_and_only_then_a_new_one_begins() -> None:
    consent, _ = through(Consent(), *BOTH, *ANNA, *BEN, Began())
    consent, done = through(consent, Joined("cleo", "theirs"))
    assert (consent.state, done) == ("asked", [Recorder("stop"), Ask("cleo")])
    assert consent.voices == frozenset()
    consent, done = through(consent, Asked("cleo", "n@1"), Heard("cleo"), Pressed("cleo", "1"))
    assert (consent.state, done[-1]) == ("granted", Recorder("start"))


def test_who_is_revoked_stops_it_at_once_even_before_it_is_written_down() -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, *BEN, Began(), Revoked("anna"))
    assert done[-2:] == [Recorder("stop"), Note("anna", "theirs", "revoked", "n@1", "1")]
    assert consent.state == "refused"


def test_who_takes_consent_back_while_being_asked_did_not_agree() -> None:
    """Whatever of the question and its answer is still on its way then."""
    consent, _ = through(Consent(), *BOTH, Asked("anna", "n@1"), Revoked("anna"), Heard("anna"), Pressed("anna", "1"))
    assert consent.state == "refused"


def test_whoever_leaves_takes_the_consent_along_and_who_is_left_goes_on() -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, Left("anna"), *BEN)
    assert (consent.state, done[-1]) == ("granted", Recorder("start"))
    consent, done = through(consent, Left("ben"))
    assert (consent.state, done) == ("ended", [Recorder("stop")])


def test_whoever_leaves_without_an_answer_is_waited_for_no_longer() -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, Left("ben"))
    assert (consent.state, done[-1], set(consent.parties)) == ("granted", Recorder("start"), {"anna"})
    consent, done = through(Consent(), *BOTH, Joined("cleo", "theirs"), *ANNA, Left("ben"))
    assert (consent.state, done[-1], set(consent.parties)) == (
        "asked", Note("anna", "theirs", "granted", "n@1", "1"), {"anna", "cleo"}
    )  # fmt: skip


def test_whoever_leaves_a_recording_that_goes_on_changes_nothing_about_it() -> None:
    for course, state in ((BEN, "granted"), ((*BEN, Began()), "recording"), ((*BEN, Began(), Held()), "held")):
        before, _ = through(Consent(), *BOTH, *ANNA, *course)
        consent, done = through(before, Left("anna"))
        assert (consent.state, done, set(consent.parties)) == (state, [], {"ben"})


def test_an_agreement_ends_with_its_recording_and_everybody_is_asked_anew() -> None:
    over, _ = through(Consent(), *BOTH, *ANNA, *BEN, Began(), Ended())
    consent, done = through(over, Wanted())
    assert (consent.state, done) == ("asked", [Ask("anna"), Ask("ben")])
    assert consent.parties == {"anna": PartyConsent("theirs"), "ben": PartyConsent("ours")}
    consent, _ = through(consent, *ANNA)
    assert consent.state == "asked", "ben agreed to the one before only"


def test_who_joins_before_anything_is_recorded_is_asked_and_no_file_is_ended() -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, Joined("cleo", "ours"))
    assert (consent.state, done[-1], Recorder("stop") in done) == ("asked", Ask("cleo"), False)


def test_a_cut_announcement_leaves_nothing_behind() -> None:
    before, _ = through(Consent(), *BOTH, *ANNA)
    cut, done = through(before, Asked("ben", "n@2"), Cut("ben"))
    assert (cut.parties, done) == (before.parties, [])
    for event in (Pressed("ben", "1"), Pressed("ben", "2"), Unanswered("ben"), Heard("ben")):
        assert after(cut, event) == Step(cut), "whoever was not asked answers nothing"


def test_an_answer_stands_until_it_is_taken_back() -> None:
    granted, _ = through(Consent(), *BOTH, *ANNA)
    for event in (Pressed("anna", "2"), Pressed("anna", "1"), Asked("anna", "n@9"), Cut("anna"), Unanswered("anna")):
        assert after(granted, event) == Step(granted)
    others, _ = through(Consent("agent_only"), *BOTH)
    for event in (Asked("anna", "n@1"), Pressed("anna", "1"), Unanswered("anna")):
        assert after(others, event) == Step(others), "whose voice is not recorded is not asked"


def test_a_key_that_means_nothing_is_no_answer_and_another_may_follow() -> None:
    asked, done = through(Consent(), *BOTH, *ANNA, Asked("ben", "n@2"), Heard("ben"), Pressed("ben", "3"))
    assert (asked.state, asked.parties["ben"].standing, done[-1]) == (
        "asked", "heard", Note("anna", "theirs", "granted", "n@1", "1")
    )  # fmt: skip
    consent, done = through(asked, Pressed("ben", "1"))
    assert (consent.state, done) == ("granted", [Note("ben", "ours", "granted", "n@2", "1"), Recorder("start")])


def test_whoever_refused_is_remembered_and_the_others_stay_as_they_were() -> None:
    before, _ = through(Consent(), *BOTH, *ANNA)
    consent, _ = through(before, Asked("ben", "n@2"), Pressed("ben", "2"))
    assert consent.parties == {
        "anna": PartyConsent("theirs", "granted", "n@1", "1"),
        "ben": PartyConsent("ours", "refused", "n@2", "2"),
    }
    consent, done = through(consent, Left("ben"), Wanted())
    assert (consent.state, done) == ("asked", [Ask("anna")]), "once the one who refused is gone it may be asked anew"


def test_a_consent_taken_back_after_the_recording_is_written_down_alone() -> None:
    before, _ = through(Consent(), *BOTH, *ANNA, *BEN, Began(), Ended())
    consent, done = through(before, Revoked("anna"))
    assert (consent.state, done) == ("ended", [Note("anna", "theirs", "revoked", "n@1", "1")])
    again, done = through(consent, Revoked("anna"), Wanted())
    assert (again.state, done) == ("refused", [])


def test_what_fits_nothing_before_it_changes_nothing() -> None:
    off, asked = Consent(), through(Consent(), *BOTH)[0]
    for consent in (off, asked):
        for event in (Began(), Held(), Resumed(), Heard("anna"), Cut("nobody"), Left("nobody"), Revoked("nobody")):
            assert after(consent, event).orders == ()
            assert after(consent, event).consent == consent
    assert after(off, Ended()) == Step(off)
    assert after(asked, Wanted()) == Step(asked)
    assert after(asked, Joined("anna", "ours")) == Step(asked)


def test_staying_is_enough_where_the_mode_says_so() -> None:
    consent, done = through(Consent("announce_and_stay"), *BOTH, *ANNA[:2], *BEN[:2])
    assert (consent.state, done[-1]) == ("granted", Recorder("start"))


def test_of_agents_alone_only_the_agents_are_asked_and_recorded() -> None:
    consent, done = through(Consent("agent_only"), *BOTH, *BEN, Began(), Joined("cleo", "theirs"))
    assert done[0] == Ask("ben")
    assert (consent.state, consent.voices) == ("recording", {"ben"})


def test_a_lost_portal_means_not_recorded_until_it_is_wanted_and_agreed_to_anew() -> None:
    consent, done = through(Consent(), *BOTH, *ANNA, Ended(), *BEN, Began())
    assert (consent.state, done[-1]) == ("ended", Recorder("stop"))
    consent, done = through(consent, Wanted())
    assert (consent.state, done) == ("asked", [Ask("anna"), Ask("ben")])


@pytest.mark.parametrize(("accept", "refuse"), [("1", "1"), ("", "2"), ("12", "3"), ("1", "23")])
def test_keys_that_cannot_be_told_apart_are_no_keys(accept: str, refuse: str) -> None:
    with pytest.raises(ValueError, match="two keys"):
        Consent(accept=accept, refuse=refuse)
