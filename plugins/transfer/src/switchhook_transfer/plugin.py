"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import InCallFeature, KeptRule, Label, MenuEntry, Resource, hookimpl

from .lint import RULE
from .sentences import SENTENCES
from .speed_dial import SpeedDialList
from .transfer import TransferKey


@hookimpl
def resources() -> list[type[Resource]]:
    """Lists of short numbers."""
    return [SpeedDialList]


@hookimpl
def in_call_features() -> list[type[InCallFeature]]:
    """Transfer by speed dial."""
    return [TransferKey]


@hookimpl
def lint_rules() -> Sequence[KeptRule]:
    """What is odd about transfers."""
    return [RULE]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """The keys, and beside them the lists."""
    return [
        MenuEntry(
            Label("Weitervermitteln", "Transfer"),
            f"/r/{TransferKey.kind}",
            f"{TransferKey.kind}.view",
            TransferKey.icon,
            TransferKey.order,
            tab=TransferKey.plural,
            tabs=(f"/r/{SpeedDialList.kind}",),
        )
    ]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
