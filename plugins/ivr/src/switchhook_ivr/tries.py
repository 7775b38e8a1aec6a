"""What menu and digit entry say when the caller has had all tries."""

from __future__ import annotations


def used_up(tries: int) -> str:
    """In words for the call's course."""
    return "the only try is used" if tries == 1 else f"all {tries} tries are used"
