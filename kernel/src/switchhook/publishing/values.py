"""What is told of flows, drafts, versions and schedules. Every value becomes JSON by ``as_json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

import attrs

from ..flows.drawing import Drawing
from ..flows.module import Finding
from ..schema import Label
from .catalogue import finding_json


@attrs.frozen
class FlowLine:
    """A flow in the list.

    ``numbers`` are those whose callers can come here, also by way of other
    flows. ``errors`` and ``warnings`` count the findings when the flow was
    last looked at, None while it never was. ``changed`` and ``author`` are of
    the last change of draft or live version.
    """

    id: str
    label: str
    state: Literal["draft", "published"]
    numbers: tuple[str, ...] = ()
    live: int | None = None
    draft_open: bool = False
    scheduled: datetime | None = None
    changed: datetime | None = None
    author: str = ""
    errors: int | None = None
    warnings: int | None = None
    may_change: bool = False
    deleted: datetime | None = None


@attrs.frozen
class Use:
    """What leads to a flow: a ``number``, ``flow``, ``tenant`` or kind of resource, by its id and name."""

    kind: str
    id: str
    title: str


@attrs.frozen
class Draft:
    """A flow as it is being edited.

    ``revision`` goes with every save; 0 while the flow was never edited.
    ``open`` says whether it differs from what is live; if not, ``drawing`` is
    the live version. ``based_on`` is the number of the version it began with,
    0 for none, and ``live`` that of the version callers get, or None.
    """

    flow: str
    revision: int
    open: bool
    based_on: int
    live: int | None
    document: str
    drawing: Drawing
    findings: tuple[Finding, ...] = ()
    author: str = ""
    changed: datetime | None = None


@attrs.frozen
class VersionLine:
    """A version in a flow's history. ``published_at`` is when it last went live."""

    no: int
    state: Literal["draft", "published", "archived", "scheduled"]
    author: str
    message: str
    created: datetime
    published_at: datetime | None = None


@attrs.frozen
class Said:
    """One change between two versions in words, and the point it is about, empty for the flow itself."""

    point: str
    path: str
    words: Label


@attrs.frozen
class Planned:
    """A version that goes live at a moment: ``waiting``, ``done``, ``failed`` (then ``reason``) or ``cancelled``."""

    id: int
    flow: str
    no: int
    at: datetime
    state: Literal["waiting", "done", "failed", "cancelled"]
    message: str = ""
    author: str = ""
    reason: str = ""


@attrs.frozen
class Trial:
    """A call that is tried. ``number`` may be left out; an empty ``caller`` is suppressed.

    ``keys`` is what the caller does each time he is listened to, such as
    ``1,wait,2#,hangup``; ``legs`` how each dialled leg goes, such as ``busy,answered:12``.
    """

    number: str = ""
    caller: str = ""
    caller_name: str = ""
    at: datetime | None = None
    keys: str = ""
    legs: str = ""


@attrs.frozen
class Heard:
    """A prompt the caller hears: its text where it is known, ``missing`` without a sound."""

    prompt: str
    text: str = ""
    missing: bool = False


@attrs.frozen
class Leg:
    """A leg that was dialled, or refused by a guard (``status`` refused, with ``why``)."""

    targets: tuple[str, ...]
    status: str
    talk_seconds: float = 0.0
    why: str = ""


@attrs.frozen
class Step:
    """One point of a tried call. Times are seconds since the arrival.

    ``exit`` is empty where the caller left in the point; ``to`` is where the
    exit leads: a point, ``flow:ID``, ``hang-up`` or nothing. ``detour`` says why the last resort took over here.
    """

    flow: str
    point: str
    module: str
    label: str
    begins: float
    ends: float
    heard: tuple[Heard, ...] = ()
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    exit: str = ""
    why: str = ""
    to: str = ""
    fault: str = ""
    detour: str = ""


@attrs.frozen
class Tried:
    """The course of a tried call: its points in order, and how it ended."""

    flow: str
    trial: Trial
    steps: tuple[Step, ...]
    outcome: str
    ended_by: str
    seconds: float
    targets: tuple[str, ...] = ()
    text: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Each point with its exit, such as ``menu:key:1``; points of other flows as ``flow/point:exit``."""
        return tuple(f"{'' if one.flow == self.flow else f'{one.flow}/'}{one.point}:{one.exit}" for one in self.steps)


@attrs.frozen
class Expectation:
    """What a call must do: the whole ``path``, or at least the ``outcome``, a ``target`` that is dialled, a ``point`` met.

    What is left empty is not looked at.
    """

    id: int
    flow: str
    name: str
    trial: Trial
    path: tuple[str, ...] = ()
    outcome: str = ""
    target: str = ""
    point: str = ""
    version: int = 1


@attrs.frozen
class Checked:
    """An expectation that was tried; ``red`` says in words what was otherwise, empty when it holds."""

    expectation: Expectation
    tried: Tried
    red: tuple[Label, ...] = ()


@attrs.frozen
class Proof:
    """Whether a flow may go live: what the linter, the expectations and the guards say, and what would change."""

    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    refusal: str
    changes: tuple[Said, ...]

    @property
    def may_publish(self) -> bool:
        """Whether nothing but warnings stands against it."""
        return not (self.refusal or self.errors or any(one.red for one in self.checked))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that prevent publishing."""
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that somebody has to have seen."""
        return tuple(one for one in self.findings if one.severity == "warning")


def as_json(value: object) -> Any:
    """A value of this module as JSON: labels as ``{"de": ..., "en": ...}``, moments as ISO 8601, findings with point and exit."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Finding):
        return finding_json(value)
    if attrs.has(type(value)):
        names = [field.name for field in attrs.fields(cast(type[attrs.AttrsInstance], type(value)))]
        fields = {name: as_json(getattr(value, name)) for name in names}
        return fields | ({"path": list(value.path)} if isinstance(value, Tried) else {})
    if isinstance(value, Mapping):
        return {str(name): as_json(entry) for name, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(entry) for entry in value]
    return value
