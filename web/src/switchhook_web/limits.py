"""What a demo may have, in words."""

from __future__ import annotations

from switchhook.administration import DemoLimits

from .texts import ngettext


def limits_in_words(limits: DemoLimits) -> str:
    """All that a demo may have."""
    names = ("numbers", "accounts", "flows", "calls")
    return ", ".join(_limit(name, getattr(limits, name)) for name in names)


def _limit(name: str, most: int) -> str:
    return {
        "numbers": ngettext("%(num)d number", "%(num)d numbers", most),
        "accounts": ngettext("%(num)d person", "%(num)d people", most),
        "flows": ngettext("%(num)d published call flow", "%(num)d published call flows", most),
        "calls": ngettext("%(num)d call at the same time", "%(num)d calls at the same time", most),
    }[name]
