"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import Label, hookimpl

from .sentences import SENTENCES


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
