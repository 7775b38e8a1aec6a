"""What a recording holds; the whole way of a recording is in test_recordings.py."""

from __future__ import annotations

from array import array

import pytest

from switchhook.media.sound import heard

LOUD, QUIET = array("h", [3000] * 160), array("h", [0] * 160)


class Watched(array):  # type: ignore[type-arg]
    """Counts how often a part of it is looked at."""

    looks = 0

    def __getitem__(self, part):
        Watched.looks += 1
        return super().__getitem__(part)


@pytest.mark.parametrize(
    ("frames", "wanted"),
    [
        (LOUD * 5, 5 * 160),
        (LOUD * 4, None),
        (LOUD * 4 + QUIET + LOUD * 4, None),
        (LOUD * 5 + QUIET * 100 + LOUD + QUIET * 100, 106 * 160 + 2000),
        (QUIET * 50, None),
        (array("h"), None),
    ],
)
def test_five_loud_frames_in_a_row_are_something_said_and_the_last_loud_one_is_its_end(frames, wanted):
    found = heard(frames)
    assert (found and len(found.sound.samples)) == wanted


def test_of_a_long_message_only_the_end_is_looked_at():
    message = Watched("h", LOUD * 9_000 + QUIET * 100)  # three minutes, and two seconds of silence
    assert heard(message) is not None
    assert Watched.looks < 110
