"""What the linter says, as the API tells it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from switchhook import Finding, Label
from switchhook.administration import finding_json


@attrs.frozen
class FindingLine:
    """A finding: ``point``, ``exit`` and ``setting`` say what it is about, empty for the flow itself."""

    rule: str
    severity: str
    path: str
    also: Sequence[str]
    point: str
    exit: str
    setting: str
    text: Label


def finding_line(finding: Finding) -> FindingLine:
    """A finding as it is told."""
    told = finding_json(finding)
    return FindingLine(**{**told, "text": Label(**told["text"])})
