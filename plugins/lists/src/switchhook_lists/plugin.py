"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from switchhook import (
    FlowTemplate,
    KeptRule,
    Label,
    Module,
    PluginMigrations,
    Resource,
    hookimpl,
)

from .caller_list import CallerList
from .filtering import CallerListFilter
from .oddities import RULES
from .plugin_state import Lists
from .sentences import SENTENCES
from .templates import BlockList


@attrs.define(eq=False)
class ListsPlugin(Lists):
    """The plugin: one instance a process."""

    @hookimpl
    def resources(self) -> list[type[Resource]]:
        """Caller lists."""
        return [CallerList]

    @hookimpl
    def modules(self) -> list[type[Module]]:
        """Going by caller lists."""
        return [CallerListFilter]

    @hookimpl
    def flow_templates(self) -> list[type[FlowTemplate]]:
        """A flow to begin with."""
        return [BlockList]

    @hookimpl
    def lint_rules(self) -> Sequence[KeptRule]:
        """What is odd about a flow that goes by lists."""
        return RULES

    @hookimpl
    def migrations(self) -> list[PluginMigrations]:
        """The tables of entries and hits."""
        return [PluginMigrations("lists", Path(__file__).parent / "migrations")]

    @hookimpl
    def sentences(self) -> Sequence[Label]:
        """The reasons in a call's course in German."""
        return SENTENCES
