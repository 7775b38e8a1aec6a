"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import Label, Module, hookimpl

from .called import CalledNumber
from .condition import Condition, SetVariable
from .origin import Origin
from .sentences import SENTENCES
from .sub_flow import Return, SubFlow


@hookimpl
def modules() -> list[type[Module]]:
    """Where callers come from and go to."""
    return [Origin, CalledNumber, Condition, SetVariable, SubFlow, Return]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
