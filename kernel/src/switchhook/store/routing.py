"""Numbers and flow versions as the directory keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs

from ..access.tenant import Tenant

VersionState = Literal["draft", "published", "archived", "scheduled"]


@attrs.frozen
class Fallback:
    """What a number does by itself when no portal answers.

    ``announce`` plays ``sound`` (a prompt's id; empty for the apology),
    ``ring`` lets ``target`` (a phone's name or an E.164 number) ring for
    ``ring_seconds`` and then announces, ``hangup`` hangs up.
    """

    kind: Literal["announce", "ring", "hangup"] = "announce"
    target: str = ""
    sound: str = ""
    ring_seconds: int = attrs.field(default=30, validator=[attrs.validators.ge(1), attrs.validators.le(600)])

    def __attrs_post_init__(self) -> None:
        if self.kind == "ring" and not self.target:
            raise ValueError("a fallback that rings needs a target")


@attrs.frozen
class Number:
    """A number callers dial, canonical, with the flow that serves it; without one its callers get the fallback.

    ``version`` grows with every change.
    """

    e164: str
    tenant: str
    flow: str = ""
    label: str = ""
    fallback: Fallback = Fallback()
    cost_centre: str = ""
    version: int = attrs.field(default=1, eq=False)


@attrs.frozen
class FlowVersion:
    """One version of a flow. ``document`` is its YAML text, ``hash`` the SHA-256 of it.

    ``no`` counts a flow's versions from 1. A draft may change; once published,
    a version never changes again, though another may take its place. One that is
    ``scheduled`` goes live at a moment to come.
    ``published_at`` is when it last went live.
    """

    id: int
    tenant: str
    flow: str
    no: int
    state: VersionState
    document: str
    hash: str
    message: str
    author: str
    created: datetime
    published_at: datetime | None


@attrs.frozen
class FlowReference:
    """A resource (or flow) that a flow uses, and where in the flow."""

    path: str
    to_kind: str
    to_id: str


@attrs.frozen
class FlowText:
    """A flow as it is to be published: its id, its name for people, the text of its document, and what it uses."""

    flow: str
    label: str
    document: str
    uses: tuple[FlowReference, ...] = ()


@attrs.frozen
class RoutingState:
    """All that a worker needs to route calls, as it stood at one moment.

    ``stamp`` grows with each change of a number, a published version or a
    tenant, and with each reset of a plugin. ``published`` is keyed by tenant
    and flow id, ``resets`` counts how often each plugin was reset, ``restarts``
    how often portals were asked to start again.
    """

    stamp: int
    tenants: Mapping[str, Tenant]
    numbers: Mapping[str, Number]
    published: Mapping[tuple[str, str], FlowVersion]
    resets: Mapping[str, int] = attrs.field(factory=dict)
    restarts: int = 0
