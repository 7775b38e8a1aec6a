"""Reads a request as its operation declares it: nothing unknown, nothing unchecked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from switchhook.administration import Problem, SettingsRefused, near_match, read_settings, settings_of
from switchhook.administration import value_of_text as text_value

from .operation import BINARY, Body, Operation
from .problems import RequestRefused

_ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,8})"')
_ONCE: Final = re.compile(r"[!-~]{1,80}")
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")
FILTER: Final = "where."


def read_query(operation: Operation, given: Iterable[tuple[str, str]]) -> tuple[Any, Mapping[str, str]]:
    """The parameters and the filters of a request; unknown, repeated and unfit ones are refused, all at once."""
    declared = settings_of(operation.query)
    known = [*declared, *(f"{FILTER}{name}" for name in operation.filters)]
    values: dict[str, object] = {}
    filters: dict[str, str] = {}
    problems = []
    for name, text in given:
        if name not in known:
            problems.append(Problem(name, f"is no parameter here{near_match(name, known)}"))
        elif name in values or name.removeprefix(FILTER) in filters:
            problems.append(Problem(name, "is there twice"))
        elif _UNKEPT.search(text):
            problems.append(Problem(name, "holds a character that stands nowhere"))
        elif name in declared:
            values[name] = text_value(declared[name][0], text)
        else:
            filters[name.removeprefix(FILTER)] = text
    try:
        query: Any = read_settings(operation.query, values, "query")
    except SettingsRefused as refused:
        problems += [Problem(one.path.removeprefix("query."), one.message) for one in refused.problems]
        query = None
    if problems:
        said = "; ".join(f"{one.path}: {one.message}" for one in problems)
        raise RequestRefused(f"the parameters do not fit: {said}", problems=problems)
    return query, filters


def read_condition(operation: Operation, given: str | None) -> int:
    """The version a request is about; 0 where none is needed."""
    if not operation.versioned:
        return 0
    if given is None:
        raise RequestRefused(
            "say in If-Match which version you change: the ETag of what you read", code="no_precondition"
        )
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise RequestRefused(f'If-Match is {given[:80]!r} and no ETag of this API, such as "3"')
    return int(found[1])


def read_once(operation: Operation, given: str | None) -> str:
    """The key under which a request takes effect once, or nothing where each repetition is harmless anyway."""
    if given is None or not operation.repeatable:
        return ""
    if not _ONCE.fullmatch(given):
        raise RequestRefused("an Idempotency-Key has 1 to 80 printable characters, without blanks")
    return given


def read_body(body: Body, content_type: str, data: bytes) -> Any:
    """What a request carries, as the operation wants it."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in body.media:
        raise RequestRefused(
            f"the body must be {' or '.join(body.media)}, not {media or 'without a type'}", code="media_type"
        )
    if media in BINARY:
        return body.read(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestRefused("the body is not UTF-8") from error
    return body.read(_json(text) if media.endswith("json") else text)


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise RequestRefused(f"the body is no JSON: {str(error)[:120]}") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object has the same name twice")
    return made


def accepts(accepted: str, media: str) -> bool:
    """Whether one who accepts these types can be answered with ``media``; problems can always be told."""
    ranges = [part.partition(";")[0].strip().lower() for part in accepted.split(",") if part.strip()]
    wanted = ("*/*", media, f"{media.partition('/')[0]}/*")
    return not ranges or any(one in wanted for one in ranges)


def declared_body(declared: type, name: str, *media: str) -> Body:
    """A JSON object of declared fields; what is not declared is refused with a near match."""

    def read(value: Any) -> Any:
        return read_settings(declared, an_object(value), "")

    return Body(media or ("application/json",), lambda components: components.declared(declared, name), read)


def an_object(value: Any) -> Mapping[str, Any]:
    """A JSON object; anything else is refused."""
    if not isinstance(value, Mapping):
        raise SettingsRefused([Problem("", "must be an object")])
    return value
