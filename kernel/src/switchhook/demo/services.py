"""What one can dial in the demonstration: each number with the flow behind it and the modules that flow is made of."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

import attrs

NUMBER: Final = "+4922199990"
NEEDED: Final = (
    "announcement",
    "entry",
    "forward",
    "hours",
    "mailbox",
    "mailbox-access",
    "menu",
    "ring-group",
    "switch",
)
"""The modules without which there is no demonstration."""


@attrs.frozen
class Service:
    """A number of the demonstration. Where a module of ``more`` is not installed it is left out.

    ``flows`` are the files of its flows, in the order in which they are published, its own last; ``try_it`` is
    what a newcomer reads beside the number.
    """

    number: str
    flows: tuple[str, ...]
    flow: str
    label: str
    try_it: str
    more: tuple[str, ...] = ()


SERVICES: Final = (
    Service(
        NUMBER,
        ("office.yaml", "hotline.yaml"),
        "demo-hotline",
        "Demo hotline",
        "information 1, a colleague 2, your number 3, the office 4",
    ),
    Service(
        "+4922199991",
        ("messages.yaml",),
        "demo-messages",
        "Messages by telephone",
        "the office's messages, PIN 2807",
    ),
    Service(
        "+4922199992",
        ("conference.yaml",),
        "demo-conference",
        "Conference",
        "a room, PIN 2580, as its moderator 9173",
        ("conference",),
    ),
    Service(
        "+4922199993",
        ("front.yaml",),
        "demo-front",
        "Front desk",
        "Anna, who transfers to you by *203 and blocks by *4",
        ("caller-list",),
    ),
    Service(
        "+4922199994",
        ("recorded.yaml",),
        "demo-recorded",
        "Recorded line",
        "orders, recorded once both press 1",
        ("recording",),
    ),
    Service(
        "+4922199995",
        ("callthrough.yaml",),
        "demo-callthrough",
        "Callthrough",
        "a dial tone for account 4711, PIN 280791",
        ("callthrough",),
    ),
)


def services(modules: Container[str]) -> Iterator[Service]:
    """Those that can be had with these modules."""
    return (one for one in SERVICES if all(kind in modules for kind in one.more))
