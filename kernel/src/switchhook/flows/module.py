"""What a point in a flow can do: the base of every module, first-party and third-party alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

import attrs

from ..calls.session import Session
from ..schema import Label


@attrs.frozen
class Exit:
    """The way a module ends: the exit's name, and why in words for the call's course.

    With ``through`` the call first goes through the flow of that id; the point
    is left once that one gives a ``returning`` exit, whose name this one's
    exit ``returned:NAME`` takes up, else ``returned``. A flow that nobody
    waits for is ended by it.
    """

    name: str
    why: str = ""
    through: str = ""
    returning: bool = False


@attrs.frozen
class Reference:
    """Something a module's settings point at, so that its absence is found and its deletion warned of.

    ``kind`` is ``prompt``, ``phone``, ``number``, ``flow``, or a kind of resource.
    """

    kind: str
    id: str
    path: str


@attrs.frozen
class Finding:
    """Something the linter has to say; ``error`` prevents publishing, ``warning`` does not.

    ``path`` says where in the flow, such as ``points.menu.settings.keys``;
    ``also`` where else, such as all exits of a circle, for pictures of the flow.
    ``german`` is the message in German, empty where there is none.
    """

    rule: str
    severity: Literal["error", "warning"]
    path: str
    message: str
    also: tuple[str, ...] = ()
    german: str = attrs.field(default="", eq=False)


@attrs.frozen
class Module:
    """Base of all modules: an attrs class whose declared fields are its settings.

    A module is a value without state: one instance serves many calls at once.
    ``kind`` is unique among all plugins; ``version`` grows when the meaning of
    settings changes. ``consumes_input`` says that each pass waits for the
    caller, which makes a circle through it safe.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    label: ClassVar[Label]
    help: ClassVar[Label | None] = None
    consumes_input: ClassVar[bool] = False
    exit_labels: ClassVar[Mapping[str, Label]] = MappingProxyType({})
    """What people call exits of the module's own; common ones and keys have names already."""

    def exits(self) -> tuple[str, ...]:
        """Names of all exits these settings can lead to; each must be connected."""
        raise TypeError(f"module {type(self).kind!r} does not say its exits")

    def optional_exits(self) -> tuple[str, ...]:
        """Exits that may stay open; an open one leads to the last resort."""
        return ("error",)

    def references(self) -> Iterable[Reference]:
        """What the settings point at."""
        return ()

    def lint(self) -> Iterable[Finding]:
        """What is odd about these settings; paths are relative to the point, such as ``settings.keys``."""
        return ()

    async def run(self, session: Session) -> Exit:
        """Serve the caller and give the exit taken.

        ``CallEnded`` must pass. Any other exception leads to the exit
        ``error`` if connected, else to the last resort.
        """
        raise TypeError(f"module {type(self).kind!r} cannot run")
