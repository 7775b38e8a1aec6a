"""Asterisk's configuration files as text: sections, and the values that may stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from switchhook.errors import ConfigError

_HEADER: Final = "; Written by `switchhook asterisk render`. Changes made here are lost with the next writing.\n"
_BREAKING: Final = re.compile(r";|\$\{|\$\[|[^\x20-\x7e]")
"""A comment sign, an expansion, or anything but printable ASCII: none is needed, each can change what a line says."""

Lines = Iterable[tuple[str, str]]


def safe_value(value: str, where: str) -> str:
    """``value`` if it can stand behind ``key = `` and mean itself.

    Raises ConfigError naming ``where`` (the setting it comes from), never the value: it may be a secret.
    """
    found = _BREAKING.search(value)
    if found is not None:
        raise ConfigError(f"{where}: {found.group()!r} cannot stand in Asterisk's configuration", key=where)
    if value != value.strip() or value.startswith(">"):
        raise ConfigError(f"{where}: blanks around it, or > before it, would be lost in Asterisk", key=where)
    return value


def section(name: str, lines: Lines, template: str = "") -> str:
    """One ``[name]`` with its ``key = value`` lines; lines without a value are left out."""
    head = f"[{name}]{template}"
    return "\n".join([head, *(f"{key} = {value}" for key, value in lines if value)]) + "\n"


def file_text(*parts: str) -> str:
    """A whole file from its sections."""
    return "\n".join([_HEADER, *parts])


def pairs(lines: Mapping[str, str]) -> Lines:
    """The lines of a mapping, in its order."""
    return lines.items()
