"""Every hook with its signature, kind, deadline and contract."""

from __future__ import annotations

from switchhook import hookspecs
from switchhook.dispatch.spec import HookSpec, specs_in

from .markdown import text, written


def hooks() -> str:
    """A section for each hook, in the order of ``hookspecs.py``."""
    return "\n\n".join(_section(spec) for spec in specs_in(hookspecs).values())


def signature(name: str) -> str:
    """The hook's signature as an implementation may write it."""
    return f"{name}{written(getattr(hookspecs, name))}"


def facts(spec: HookSpec) -> str:
    """Kind, deadline, what a fault means, and since when."""
    parts = [f"kind: {spec.kind}", f"deadline: {spec.deadline:g} s", f"since: {spec.since}"]
    if spec.kind == "veto":
        parts.append("a fault refuses" if spec.fault_refuses else "a fault is passed over")
    return ", ".join(parts)


def _section(spec: HookSpec) -> str:
    return f"### `{spec.name}`\n\n```python\n{signature(spec.name)}\n```\n\n*{facts(spec)}*\n\n{text(spec.doc)}"
