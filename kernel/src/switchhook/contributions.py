"""What plugins bring to the running portal and to its pages: services, menu entries, cards, pages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

import attrs

from .schema import Label

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_PATH: Final = re.compile(r"(/[A-Za-z0-9_.-]+)*")
_MODULE: Final = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")

Place = Literal["tenant", "operator", "account"]
"""Where a page belongs: to one tenant, to the operator above all tenants, to whoever is signed in."""

Area = Literal["daily", "telephony", "administration"]
"""What an entry of a tenant's menu is about: what came in, what callers meet, and what runs all that."""


@attrs.frozen
class Service:
    """Work that lasts as long as the portal, in the one process that also does its housekeeping.

    ``run`` gets the portal's ``Administration`` (``switchhook.administration``).
    It ends when it returns; when it raises it is started again after a while.
    At the portal's end it is cancelled and has ``stop_within`` seconds.
    """

    name: str = attrs.field(validator=attrs.validators.matches_re(_NAME))
    run: Callable[[Any], Awaitable[None]]
    stop_within: float = 5.0


@attrs.frozen
class MenuEntry:
    """A line of the portal's navigation.

    ``path`` is a page's, such as ``/calls``, empty for the first one, without the ``/t/TENANT`` of a tenant's page or the
    ``/operator`` of an operator's before it. It is shown to those who have
    ``right``, or one of several with blanks between them, where ``*.view`` is
    seeing anything that is kept; empty, to everybody who is signed in. ``icon``
    is the name of a Tabler icon the web ships; entries stand by ``order``.

    ``tabs`` are paths of further pages that belong to it, such as
    ``/r/mailbox``, the list of a kind of resource: they have no entries of
    their own, but a line of tabs at the top, in which its own page is called
    ``tab``. Who may not see its own page is led to the first that he may see.
    In a tenant's menu the entries of an ``area`` stand together.
    """

    label: Label
    path: str = attrs.field(validator=attrs.validators.matches_re(_PATH))
    right: str = ""
    icon: str = ""
    order: int = 500
    place: Place = "tenant"
    area: Area = "telephony"
    tab: Label | None = None
    tabs: tuple[str, ...] = attrs.field(
        default=(), validator=attrs.validators.deep_iterable(attrs.validators.matches_re(_PATH))
    )


@attrs.frozen
class Card:
    """A card of a tenant's dashboard, or of the operator's.

    ``path`` gives its content, a page's fragment, without the ``/t/TENANT`` or
    ``/operator`` before it. It is asked again when there is news of one of the
    topics in ``on``: ``calls`` (began or ended), ``live`` (calls that are on),
    ``alerts``, ``mails``, or the kind of a resource such as ``caller-list``;
    for an operator's card also ``asterisk``, ``disk`` and ``plugins``. What
    nobody tells of is asked again every ``every`` seconds (0: only once).
    Shown to those who have ``right``.
    """

    label: Label
    path: str = attrs.field(validator=attrs.validators.matches_re(_PATH))
    right: str = ""
    icon: str = ""
    order: int = 500
    every: int = 0
    place: Place = "tenant"
    on: tuple[str, ...] = ()


@attrs.frozen
class CallAction:
    """Something people can do about a call: a button in its row of the list of calls, and on its page.

    It leads to the plugin's own page ``path`` with the call's id behind it,
    such as ``/x/lists/block`` for ``/t/TENANT/x/lists/block/CALL``. Shown to
    those who have ``right``; the page itself asks for the call as its visitor may see it.
    """

    label: Label
    path: str = attrs.field(validator=attrs.validators.matches_re(_PATH))
    right: str = ""
    icon: str = ""
    order: int = 500


@attrs.frozen
class Pages:
    """Pages a plugin brings: the dotted name of a module with a Quart ``blueprint``, imported by the web alone.

    The routes of the blueprint begin with ``/t/<tenant>/x/NAME/``, where NAME
    is the plugin's, and each declares its right like those of the web itself.
    """

    module: str = attrs.field(validator=attrs.validators.matches_re(_MODULE))
