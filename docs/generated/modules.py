"""The first-party modules with their settings and exits."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import attrs

from switchhook import Module
from switchhook.flows.lint_paths import RULES as PATH_RULES
from switchhook.flows.lint_points import RULES as POINT_RULES
from switchhook.schema import Setting, settings_of
from switchhook.schema.shape import EXPECTED

from .markdown import doc, table

PLUGINS: Final = ("ivr", "forward", "announcements", "mailbox", "hours", "routing")


def first_party() -> list[type[Module]]:
    """The modules of every first-party plugin."""
    plugins = [import_module(f"switchhook_{name}.plugin") for name in PLUGINS]
    return [module for plugin in plugins if hasattr(plugin, "modules") for module in plugin.modules()]


def modules() -> str:
    """A section for each module."""
    return "\n\n".join(_section(module) for module in first_party())


def rules() -> str:
    """The linter's rules by their names, from what each says of itself."""
    said = [doc(rule).partition(": ") for rule in (*PATH_RULES, *POINT_RULES)]
    return table(["rules", "see to it that"], sorted([names, what] for names, _, what in said))


def kinds() -> str:
    """What each kind of setting holds."""
    return table(["kind", "holds"], [[f"`{kind}`", said] for kind, said in EXPECTED.items()])


def _section(module: type[Module]) -> str:
    rows = [
        [f"`{name}`", f"`{meta.kind}`", _default(field), _bounds(meta), meta.label.en + _help(meta)]
        for name, (meta, field) in settings_of(module).items()
    ]
    plugin = module.__module__.partition(".")[0].replace("_", "-")
    return "\n\n".join(
        [
            f"### `{module.kind}`",
            f"*{module.label.en} ({module.label.de}), in `{plugin}`*",
            doc(module),
            table(["setting", "kind", "default", "bounds", "meaning"], rows),
            f"**Exits.** {doc(module.exits)} May stay open: {', '.join(f'`{name}`' for name in _optional(module))}.",
        ]
    )


def _optional(module: type[Module]) -> tuple[str, ...]:
    return Module.optional_exits(module)  # type: ignore[arg-type] # the first-party modules keep the default


def _default(field: attrs.Attribute[object]) -> str:
    if field.default is attrs.NOTHING:
        return "must be given"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f'`"{field.default}"`' if isinstance(field.default, str) else f"`{field.default}`"


def _bounds(meta: Setting) -> str:
    if meta.choices:
        return ", ".join(f'`"{choice}"`' for choice in meta.choices)
    if meta.pattern:
        return f"`{meta.pattern}`"
    if meta.minimum is None and meta.maximum is None:
        return ""
    if meta.maximum is None:
        return f"at least {meta.minimum:g}"
    return f"{meta.minimum:g} to {meta.maximum:g}"


def _help(meta: Setting) -> str:
    return f". {meta.help.en}" if meta.help else ""
