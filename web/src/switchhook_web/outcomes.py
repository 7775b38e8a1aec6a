"""What came of calls, as people say it."""

from __future__ import annotations

from typing import Final

from .texts import gettext as _

COLOURS: Final = {"human": "green", "machine_only": "blue", "blocked": "red", "failed": "red", "internal": "secondary"}
"""Tabler's colour for an outcome; orange for those where a caller did not get through."""


def outcome_words(outcome: str) -> str:
    """An outcome; none yet means that the call goes on. One of another version is named unknown, as it is."""
    known = {
        "": _("Goes on"),
        "human": _("Spoke with somebody"),
        "machine_only": _("Announcements only"),
        "abandoned_queue": _("Hung up while waiting"),
        "abandoned_ring": _("Hung up while it rang"),
        "no_answer": _("Nobody answered"),
        "busy": _("Busy"),
        "rejected": _("Rejected"),
        "blocked": _("Blocked"),
        "failed": _("Failed"),
        "internal": _("Internal"),
    }
    return known.get(outcome) or _("Unknown: %(outcome)s", outcome=outcome)


def outcome_colour(outcome: str) -> str:
    """The colour of an outcome's badge."""
    return COLOURS.get(outcome, "orange" if outcome else "azure")
