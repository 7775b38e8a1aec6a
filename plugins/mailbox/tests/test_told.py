from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.mails import TEMPLATES
from switchhook_mailbox.messages import Message
from switchhook_mailbox.told import file_name, last_attempt, next_ring, pause_after, target_of, values_of

TWO = Mailbox(name="Büro", call_targets=("anna", "+491711234567"), call_tries=3, call_pause=5)


def left(caller: str = "+4930123456") -> Message:
    made = datetime(2026, 3, 2, 23, 15, tzinfo=UTC)
    return Message(7, "office", "m1", "c1", caller, "Leitweg Köln", made, 12.4, None, "", "", None, None, "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_its_mails_can_be_sent_and_name_the_label_in_subject_and_body(template):
    assert list(template.problems()) == []
    for wording in template.wordings.values():
        letter = wording.written(values_of(Mailbox(name="Büro"), left()))
        assert "Leitweg Köln" in letter.subject
        assert "Leitweg Köln" in letter.text
        assert "03.03.2026, 00:15" in letter.text  # in the zone of the mailbox


def test_the_file_tells_when_and_who_and_never_a_withheld_number():
    assert file_name(TWO, left()) == "2026-03-03_00-15_4930123456.wav"
    assert file_name(TWO, left("")) == "2026-03-03_00-15_unterdrueckt.wav"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T06:59", "2026-03-02T07:00"),
        ("2026-03-02T07:00", "2026-03-02T07:00"),
        ("2026-03-02T18:59", "2026-03-02T18:59"),
        ("2026-03-02T19:00", "2026-03-03T07:00"),
        ("2026-03-28T20:00", "2026-03-29T06:00"),  # summer time began
        ("2026-10-24T20:00", "2026-10-25T07:00"),  # and ended
    ],
)
def test_it_rings_only_in_its_window_by_the_clock_of_its_zone(now, due):
    box = Mailbox(name="B", call_targets=("anna",), call_from="08:00", call_until="20:00")
    assert next_ring(box, datetime.fromisoformat(f"{now}+00:00")) == datetime.fromisoformat(f"{due}+00:00")


def test_round_after_round_with_longer_and_longer_pauses():
    attempts = range(1, last_attempt(TWO) + 1)
    assert [str(target_of(TWO, attempt)) for attempt in attempts] == ["anna", "+491711234567"] * 3
    minutes = [pause_after(TWO, attempt) / timedelta(minutes=1) for attempt in attempts]
    assert minutes == [0, 5, 0, 10, 0, 20]
