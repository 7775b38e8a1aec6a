"""The linter: what would go wrong with a flow before any caller finds out."""

from __future__ import annotations

from collections.abc import Iterable

from .flow import Flow
from .lint_context import ExtraRule, LintContext, Linted, warning
from .lint_paths import RULES as PATH_RULES
from .lint_points import RULES as POINT_RULES
from .module import Finding
from .registry import ModuleRegistry

__all__ = ["ExtraRule", "LintContext", "errors_in", "lint"]


def lint(flow: Flow, registry: ModuleRegistry, context: LintContext | None = None) -> list[Finding]:
    """Everything the rules have to say about a flow, errors first, then in the order of the flow's points.

    Never raises for a flow, however odd; a rule of a plugin that fails becomes
    a warning that names the plugin.
    """
    linted = Linted(flow, registry, context or LintContext())
    findings = [finding for rule in (*PATH_RULES, *POINT_RULES) for finding in rule(linted)]
    findings += [finding for plugin, rule in linted.context.rules for finding in _extra(plugin, rule, flow)]
    order = {name: place for place, name in enumerate(flow.points)}

    def place(finding: Finding) -> tuple[bool, int, str]:
        point = finding.path.split(".")[1] if finding.path.startswith("points.") else ""
        return finding.severity != "error", order.get(point, -1), finding.rule

    return sorted(dict.fromkeys(findings), key=place)


def errors_in(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that prevent publishing."""
    return [finding for finding in findings if finding.severity == "error"]


def _extra(plugin: str, rule: ExtraRule, flow: Flow) -> list[Finding]:
    try:
        found = list(rule(flow))
    except Exception as failure:  # a plugin's fault is reported, it neither passes nor stops the linter
        return [_faulty(plugin, f"failed with {type(failure).__name__}: {failure}")]
    return [f if isinstance(f, Finding) else _faulty(plugin, f"gave {f!r}, not a Finding") for f in found]


def _faulty(plugin: str, what: str) -> Finding:
    return warning("F08", "", f"a lint rule of plugin {plugin!r} {what}; tell its author")
