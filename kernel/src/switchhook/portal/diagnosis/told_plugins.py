"""Plugins with their last faults: where in whose code, and never with which words, as those may be about anybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ...dispatch.faults import Fault
from ...dispatch.loader import LoadedPlugin
from ...store.engine import Store
from ...store.faults import FaultLog
from .doctor import Installed
from .masking import Masker

_FAULTS: Final = 100
_FRAME: Final = re.compile(r'^  File "([^"\n]{1,300})", line (\d{1,6}), in ([\w<>.]{1,80})$', re.MULTILINE)
_RAISED: Final = re.compile(r"^([A-Za-z_][\w.]{0,100})(?::|$)", re.MULTILINE)
_OWN_WORDS: Final = ("too_slow", "blocked_loop", "suspended")
"""Kinds of faults whose message is the portal's own."""


def told_plugins(installed: Installed, suspended: Callable[[str], bool], mask: Masker) -> list[Mapping[str, object]]:
    """Every installed plugin."""
    return [_plugin(plugin, suspended(plugin.name), mask) for plugin in installed.plugins]


def _plugin(plugin: LoadedPlugin, suspended: bool, mask: Masker) -> Mapping[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.source.distribution,
        "version": plugin.source.version,
        "state": "suspended" if suspended and plugin.state == "active" else plugin.state,
        "reason": mask.text(plugin.reason),
        "hooks": list(plugin.hooks),
    }


async def told_faults(store: Store, mask: Masker) -> list[Mapping[str, object]]:
    """The latest faults of plugins and of the portal itself, newest first."""
    return [_fault(one, mask) for one in await FaultLog(store).latest(_FAULTS)]


def _fault(fault: Fault, mask: Masker) -> Mapping[str, object]:
    raised = _RAISED.findall(fault.trace)
    return {
        "at": fault.at.isoformat(),
        "plugin": mask.word(fault.plugin),
        "hook": mask.word(fault.hook),
        "kind": fault.kind,
        "call": fault.call,
        "message": fault.message if fault.kind in _OWN_WORDS else mask.text(fault.message),
        "raised": [name for name in raised if name != "Traceback"],
        "where": [f"{file}:{line} in {function}" for file, line, function in _FRAME.findall(fault.trace)],
    }
