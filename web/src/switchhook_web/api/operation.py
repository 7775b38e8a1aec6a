"""One operation of the API, as it is declared: everything its route and its description are made from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any, Final, Literal, Protocol

import attrs

from switchhook import Label
from switchhook.administration import Actor, Administration, Language, Schema, Setting

from .shapes import Components

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Shape = Callable[[Components], Schema]
"""Gives the schema of something in the language of a document."""

JSON: Final = "application/json"
MERGE: Final = "application/merge-patch+json"
YAML: Final = "application/yaml"
CSV: Final = "text/csv"
ZIP: Final = "application/zip"
PDF: Final = "application/pdf"
ANY: Final = "application/octet-stream"
BINARY: Final = frozenset({ZIP, PDF, ANY, "image/jpeg", "image/png"})
"""Media types whose content is bytes and no text."""
STREAM: Final = "text/event-stream"
Listen = Callable[[str, Actor, Collection[str], str], AsyncIterator[bytes]]
"""Opens a stream of news for the one who asks: tenant, actor, topics, and the moment to go on from."""


class Seat(Protocol):
    """Who asks, by a token or a session."""

    @property
    def actor(self) -> Actor:
        """What it may do in its tenant."""

    @property
    def tenant(self) -> str:
        """The id of the tenant it belongs to."""

    @property
    def csrf(self) -> str:
        """What its pages send along with every change."""

    @property
    def must(self) -> str:
        """What has to be done before anything else; empty for nothing."""

    def actor_in(self, tenant: str) -> Actor:
        """Who it is in a tenant; raises ``NotFound`` for one that is not its own."""


@attrs.frozen
class Nothing:
    """No fields at all."""


@attrs.frozen
class Body:
    """What a request carries: media types, its schema, and how plain JSON (text or bytes, of other types) is read."""

    media: tuple[str, ...]
    shape: Shape
    read: Callable[[Any], Any]
    most: int = 1 << 20
    """Bytes a body may have."""
    example: Any = None
    """One, of a body whose schema says little."""


@attrs.frozen(kw_only=True)
class Asked:
    """A request that may be answered: who asks, for which tenant, and everything it says, read and checked.

    ``version`` is that of ``If-Match``; ``address`` and ``agent`` say from where it comes.
    """

    administration: Administration
    seat: Seat
    actor: Actor
    tenant: str
    path: Mapping[str, str]
    query: Any
    filters: Mapping[str, str]
    body: Any = None
    version: int = 0
    language: Language = "en"
    listen: Listen
    address: str = ""
    agent: str = ""


@attrs.frozen(kw_only=True)
class Answer:
    """What is answered: a value told by its annotations, a text, or the bytes of a file to be kept as ``file``.

    ``version`` becomes the ``ETag``, ``session`` is the token of a new session, for the browser's cookie.
    """

    value: Any = None
    version: int | None = None
    location: str = ""
    file: str = ""
    session: str = attrs.field(default="", repr=False)


@attrs.frozen(kw_only=True, eq=False)
class Operation:
    """One method at one path.

    ``right`` is needed to be let in at all, empty for what everybody who is
    signed in may do; ``above`` is for the operator alone. ``answer`` is a type
    whose values are told, or a function that gives the schema. ``may`` are
    codes of errors beyond those that follow from the rest. ``about`` is what
    there is to say beyond the right. A POST that only ``looks`` changes
    nothing, so that it can be repeated as it is. ``example`` is one of an
    answer that is no JSON.
    """

    id: str
    method: Method
    path: str
    tag: str
    summary: Label
    run: Callable[[Asked], Awaitable[Answer]]
    right: str = ""
    above: bool = False
    about: Label | None = None
    query: type = Nothing
    filters: Mapping[str, Setting] = attrs.field(factory=dict)
    body: Body | None = None
    answer: Any = None
    status: int = 200
    media: str = JSON
    example: Any = None
    versioned: bool = False
    etag: bool = False
    looks: bool = False
    may: Collection[str] = ()

    @property
    def repeatable(self) -> bool:
        """Whether it takes an ``Idempotency-Key``: what is no POST can be repeated as it is."""
        return self.method == "POST" and not self.looks

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what stands in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def of_tenant(self) -> bool:
        """Whether it belongs to one tenant."""
        return "tenant" in self.names

    def shape(self, components: Components) -> Schema:
        """The schema of the answer."""
        if self.media != JSON:
            return {} if self.media == YAML or self.media in BINARY else {"type": "string"}
        if self.answer is None or isinstance(self.answer, type) or not callable(self.answer):
            return components.of(self.answer)
        made: Schema = self.answer(components)
        return made
