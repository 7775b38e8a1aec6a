"""The operations, a file for each area."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook.administration import Administration

from ..operation import Operation
from . import audit, kinds, resources, transfer


def all_operations(administration: Administration) -> Sequence[Operation]:
    """Everything this installation can do, its plugins' resources included."""
    return [
        *kinds.operations(administration),
        *resources.operations(administration),
        *transfer.operations(administration),
        *audit.operations(),
    ]
