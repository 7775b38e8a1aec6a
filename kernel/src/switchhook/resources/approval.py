"""Asks the guards of plugins about a change."""

from __future__ import annotations

from ..dispatch.dispatcher import Dispatcher
from ..schema import Problem, SettingsRefused
from .record import Change, ChangeRefused


async def approve(hooks: Dispatcher, change: Change, path: str = "") -> None:
    """Ask the guards; raises ``SettingsRefused`` at a field, or :class:`ChangeRefused`."""
    refusal = await hooks.veto("change_proposed", change=change)
    if refusal is None:
        return
    if refusal.path:
        raise SettingsRefused([Problem(f"{path or change.kind}.{refusal.path}", refusal.why)])
    raise ChangeRefused(f"{refusal.why} (plugin {refusal.plugin})", plugin=refusal.plugin)
