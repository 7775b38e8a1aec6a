"""What is odd about a flow that takes messages (L24, L28)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from switchhook import Finding, Flow, KeptRule, Point

from .box import Mailbox
from .leave import LeaveMessage


def found_in(flow: Flow, kept: Mapping[tuple[str, str], Any]) -> Sequence[Finding]:
    """Messages nobody would hear of, and mails without a name to sort by."""
    return [
        finding
        for name, point in flow.points.items()
        if isinstance(point.module, LeaveMessage)
        and isinstance(box := kept.get((Mailbox.kind, point.module.mailbox)), Mailbox)
        for finding in _about(name, point, box)
    ]


def _about(name: str, point: Point, box: Mailbox) -> Iterator[Finding]:
    if not (box.mail_to or box.call_targets or box.lamps or box.pin):
        yield Finding(
            "L24",
            "warning",
            f"points.{name}.settings.mailbox",
            f"nobody is told of messages in the mailbox {box.name}; give it a mail recipient, or somebody to ring",
            german=f"Von Nachrichten in der Mailbox {box.name} erfährt niemand; geben Sie ihr einen Mail-Empfänger, oder jemanden zum Anrufen.",
        )
    if box.mail_to and not point.label:
        yield Finding(
            "L28",
            "warning",
            f"points.{name}",
            f"mails of the mailbox {box.name} cannot be told apart by this point; give it a label",
            german=f"Mails der Mailbox {box.name} lassen sich nicht nach diesem Punkt sortieren; geben Sie ihm einen Namen.",
        )


RULES = (KeptRule((Mailbox.kind,), found_in),)
