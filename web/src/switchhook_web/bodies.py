"""How much a request may bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from quart import current_app, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

F = TypeVar("F", bound=Callable[..., Any])
USUAL: Final = 1 << 20
"""Bytes a request may have unless its route takes more."""
MOST: Final = 32 << 20
"""Bytes no route takes more of."""
_MARK: Final = "switchhook_takes"


def takes(limit: int) -> Callable[[F], F]:
    """For routes that get files: how many bytes a request may have, at most ``MOST``."""

    def mark(view: F) -> F:
        setattr(view, _MARK, min(limit, MOST))
        return view

    return mark


async def check_length() -> None:
    """Refuse a request that says it is too large, or that does not say how large it is."""
    view = current_app.view_functions.get(request.endpoint or "")
    length = request.content_length
    if length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired
    if length is not None and length > getattr(view, _MARK, USUAL):
        raise RequestEntityTooLarge
