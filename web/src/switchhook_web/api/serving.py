"""Answers one request: who asks, may it, what does it say, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import attrs
from werkzeug.datastructures import Headers
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule

from switchhook import NotFound as NothingThere
from switchhook import SwitchhookError
from switchhook.administration import Actor, Administration, Forbidden, Language

from ..kinds_of_errors import headers_of, kind_of_error
from .openapi import document
from .operation import JSON, STREAM, Answer, Asked, Listen, Operation, Seat
from .problems import MEDIA, RequestRefused, problem
from .reading import accepts, read_body, read_condition, read_once, read_query
from .repeating import Said, answered_once, fingerprint, to_its_end
from .shapes import plain


@attrs.frozen(kw_only=True)
class Heard:
    """A request as it came, from somebody who is signed in."""

    method: str
    path: str
    """Below the base of the API."""
    query: Sequence[tuple[str, str]]
    headers: Headers
    data: Callable[[int], Awaitable[bytes]]
    """Reads the body, of at most so many bytes; raises ``RequestEntityTooLarge``."""
    seat: Seat
    language: Language
    listen: Listen
    address: str = ""


@attrs.frozen
class Service:
    """All operations of one installation."""

    administration: Administration
    operations: Sequence[Operation]
    _map: Map = attrs.field(init=False)
    _under_way: set[asyncio.Future[Said]] = attrs.field(init=False, factory=set)
    _described: dict[tuple[str, str], dict[str, Any]] = attrs.field(init=False, factory=dict)

    @_map.default
    def _routes(self) -> Map:
        rules = [
            Rule(one.path.replace("{", "<").replace("}", ">"), methods=[one.method], endpoint=one)
            for one in self.operations
        ]
        return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)

    async def described(self, version: str, language: Language, cookie: str) -> dict[str, Any]:
        """The description of all operations in a language: made once, and beside the loop that calls are served by."""
        key = (language, cookie)
        if key not in self._described:
            self._described[key] = await asyncio.to_thread(document, self.operations, version, language, cookie)
        return self._described[key]

    async def answer(self, heard: Heard) -> Said:
        """What a request is answered with; errors become problems."""
        language = heard.language
        operation: Operation | None = None
        try:
            operation, path = self._route(heard)
            return await self._run(operation, path, heard)
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or ()))
            refused = RequestRefused(f"{heard.method} is not possible here, but {allowed}", code="method")
            return _refusal(refused, language, {"Allow": allowed})
        except (NotFound, SwitchhookError) as error:
            known = error if isinstance(error, SwitchhookError) else NothingThere(f"there is nothing at {heard.path}")
            if kind_of_error(known).status == 500:
                raise  # a fault of ours: it is recorded, and told by its number alone
            return _refusal(known, language, versioned=operation is not None and operation.versioned)

    def _route(self, heard: Heard) -> tuple[Operation, Mapping[str, str]]:
        if "\0" in heard.path:
            raise NotFound  # nothing is called so, and databases do not even take the question
        method = "GET" if heard.method == "HEAD" else heard.method
        adapter = self._map.bind("api")
        operation, path = adapter.match(heard.path, method=method)
        return operation, path

    async def _run(self, one: Operation, path: Mapping[str, str], heard: Heard) -> Said:
        seat = heard.seat
        actor = await self._actor(one, path, seat)
        if not accepts(heard.headers.get("Accept", ""), one.media):
            raise RequestRefused(f"this is answered as {one.media} alone", code="not_acceptable")
        query, filters = read_query(one, heard.query)
        version = read_condition(one, heard.headers.get("If-Match"))
        once = read_once(one, heard.headers.get("Idempotency-Key"))
        data = await _data(one, heard)
        asked = Asked(
            administration=self.administration,
            seat=seat,
            actor=actor,
            tenant=path.get("tenant", seat.tenant),
            path=path,
            query=query,
            filters=filters,
            body=read_body(one.body, heard.headers.get("Content-Type", ""), data) if one.body is not None else None,
            version=version,
            language=heard.language,
            listen=heard.listen,
            address=heard.address,
            agent=heard.headers.get("User-Agent", ""),
        )

        async def work() -> Said:
            return _told(one, await one.run(asked), heard.language)

        if not once:
            return await work()
        said = [heard.method, heard.path, sorted(heard.query), version, one.body and heard.headers.get("Content-Type")]
        request = fingerprint(seat, said, data)
        repeated = self.administration.repeats.of(seat.tenant, seat.actor.account, once, request)
        return await to_its_end(answered_once(repeated, work), self._under_way)

    async def _actor(self, one: Operation, path: Mapping[str, str], seat: Seat) -> Actor:
        """Who asks, in the tenant it asks about: a foreign tenant is not there."""
        actor = seat.actor_in(path["tenant"]) if one.of_tenant else seat.actor
        if one.of_tenant and path["tenant"] != seat.tenant:
            await self.administration.tenants.of(actor).get(path["tenant"])
        if one.above and actor.role != "operator":
            raise Forbidden("this is for the operator of the portal")
        if one.right:
            actor.need(one.right)
        return actor


async def _data(one: Operation, heard: Heard) -> bytes:
    if one.body is None:
        return b""
    try:
        return await heard.data(one.body.most)
    except RequestEntityTooLarge as error:
        raise RequestRefused(f"the body has more than {one.body.most} bytes", code="too_large") from error


def _told(one: Operation, answer: Answer, language: Language) -> Said:
    headers = {"Vary": "Accept-Language, Authorization, Cookie"}
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
    if answer.location:
        headers["Location"] = answer.location
    if one.status == 204:
        return Said(204, "", "", headers, answer.session)
    if answer.file:
        headers["Content-Disposition"] = f'attachment; filename="{answer.file}"'
    if isinstance(answer.value, bytes) or one.media == STREAM:
        return Said(one.status, answer.value, one.media, headers)
    if one.media != JSON:
        return Said(one.status, str(answer.value), f"{one.media}; charset=utf-8", headers)
    return Said(one.status, as_text(plain(answer.value, language)), JSON, headers, answer.session)


def _refusal(
    error: SwitchhookError, language: Language, headers: Mapping[str, str] | None = None, *, versioned: bool = False
) -> Said:
    status, said = problem(error, language, versioned=versioned)
    return Said(status, as_text(said), MEDIA, {**headers_of(error), **(headers or {})})


def as_text(value: Any) -> str:
    """A plain value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
