"""Every key of the settings file with its default, and the environment variables."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import attrs

from switchhook.config import ENVIRONMENT, Secret, Settings
from switchhook.config import settings as declared
from switchhook.config.structure import section_of

from .markdown import doc, table, text

TOP = {
    "data_dir": (
        "`data` beside the settings file",
        "Where the database, sounds, secrets and Asterisk's files lie. A relative path is relative to the settings "
        "file.",
    )
}
DEFAULTS = {
    "store.url": "SQLite: `switchhook.db` in `data_dir`",
    "agi.secret": "`secrets/agi` in `data_dir`",
    "ami.secret": "`secrets/ami` in `data_dir`",
}
"""Defaults that hang on other settings."""


def keys() -> Iterator[tuple[str, str, type, attrs.Attribute[object]]]:
    """Every key with a section as ``(heading, section, class, field)``."""
    for section, hint in get_type_hints(Settings).items():
        cls = section_of(hint)
        if cls is None:
            continue
        heading = f"[{section}.NAME]" if section == "phones" else f"[{section}]"
        for field in attrs.fields(cls):
            yield heading, section, cls, field


def settings() -> str:
    """A table for each section."""
    given, said = TOP["data_dir"]
    parts = [
        "### Top level\n",
        table(["key", "type", "default", "meaning"], [["`data_dir`", "a path", given, said]]),
    ]
    seen = ""
    rows: list[list[str]] = []
    for heading, section, cls, field in keys():
        if heading != seen:
            parts += [table(["key", "type", "default", "meaning"], rows)] if rows else []
            parts.append(f"\n### `{heading}`\n\n{_without_heading(cls)}\n")
            seen, rows = heading, []
        rows.append([f"`{field.name}`", _type(cls, field), _default(section, field), _meaning(cls, field.name)])
    plugin = (
        "The settings of the plugin NAME, as the plugin declares them: `switchhook plugins settings NAME` shows each "
        "with its meaning, what it takes, and its value. They are checked at the start like everything here. A "
        "section for a plugin that is not installed is a warning, in the log, in `switchhook plugins list` and in "
        "`switchhook doctor`. In the environment a `-` in the plugin's name is a `_`."
    )
    return "\n".join([*parts, table(["key", "type", "default", "meaning"], rows), f"\n### `[plugin.NAME]`\n\n{plugin}"])


def environment() -> str:
    """Every environment variable."""
    rows = [[f"`{name}`", said] for name, said in ENVIRONMENT.items()]
    rows.append(["`SWITCHHOOK_DATA_DIR`", "`data_dir`"])
    for _, section, cls, field in keys():
        if section == "phones":
            continue
        name = f"SWITCHHOOK_{section}_{field.name}".upper()
        rows.append([f"`{name}`", f"`{section}.{field.name}`"])
        if get_type_hints(cls)[field.name] in (Secret, Secret | None):
            rows.append([f"`{name}_FILE`", f"`{section}.{field.name}`, read from this file"])
    rows.append(["`SWITCHHOOK_PLUGIN_<NAME>_<KEY>`", "`plugin.NAME.KEY`"])
    rows.append(
        ["`SWITCHHOOK_PLUGIN_<NAME>_<KEY>_FILE`", "`plugin.NAME.KEY` where that is a secret, read from this file"]
    )
    return table(["variable", "sets"], rows)


def _without_heading(cls: type) -> str:
    said = doc(cls).partition(": ")[2]
    return said[:1].upper() + said[1:]


def _type(cls: type, field: attrs.Attribute[object]) -> str:
    hint = get_type_hints(cls)[field.name]
    names = {
        str: "text",
        int: "whole number",
        bool: "true or false",
        tuple[str, ...]: "list of texts",
        Secret: "secret",
        Secret | None: "secret",
    }
    if hint in names:
        return names[hint]
    return " or ".join(f'`"{choice}"`' for choice in hint.__args__)


def _default(section: str, field: attrs.Attribute[object]) -> str:
    if (known := DEFAULTS.get(f"{section}.{field.name}")) is not None:
        return known
    match field.default:
        case attrs.NOTHING:
            return "must be given"
        case None:
            return "none"
        case bool() as truth:
            return f"`{str(truth).lower()}`"
        case tuple() as items:
            return f"`{list(items)}`"
        case str() as words:
            return f'`"{words}"`'
        case other:
            return f"`{other}`"


def _meaning(cls: type, name: str) -> str:
    return text(" ".join(_comments(cls).get(name, "").split()))


def _comments(cls: type) -> dict[str, str]:
    """The strings that stand below the fields of a class."""
    source = ast.parse(Path(inspect.getfile(declared)).read_text(encoding="utf-8"))
    body = next(node.body for node in source.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    found: dict[str, str] = {}
    for field, after in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[field.target.id] = str(after.value.value)
    return found
