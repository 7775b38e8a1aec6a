"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from switchhook import (
    CallAction,
    FlowTemplate,
    InCallFeature,
    Job,
    KeptRule,
    Label,
    MenuEntry,
    Module,
    Pages,
    PluginMigrations,
    Resource,
    Right,
    Service,
    hookimpl,
)

from .blocking_key import BLOCKED, BlockKey, audit
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
    def in_call_features(self) -> list[type[InCallFeature]]:
        """Blocking the caller during the talk."""
        return [BlockKey]

    @hookimpl
    def jobs(self) -> list[Job]:
        """Having the audit tell of what was blocked by key."""
        return [Job(BLOCKED, audit)]

    @hookimpl
    def flow_templates(self) -> list[type[FlowTemplate]]:
        """A flow to begin with."""
        return [BlockList]

    @hookimpl
    def lint_rules(self) -> Sequence[KeptRule]:
        """What is odd about a flow that goes by lists."""
        return RULES

    @hookimpl
    def rights(self) -> list[Right]:
        """Blocking callers of calls one may see, without any right over the lists themselves."""
        return [Right("caller.block", Label("Anrufer sperren", "Block callers"))]

    @hookimpl
    def menu_entries(self) -> list[MenuEntry]:
        """The lists with their entries, and beside them their settings."""
        text = Label("Anruferlisten", "Caller lists")
        tab = Label("Einträge", "Entries")
        tabs = (f"/r/{CallerList.kind}", f"/r/{BlockKey.kind}")
        icon, order = CallerList.icon, CallerList.order
        return [MenuEntry(text, "/x/lists/lists", "caller-list.view", icon, order, tab=tab, tabs=tabs)]

    @hookimpl
    def call_actions(self) -> list[CallAction]:
        """Blocking the caller of a call."""
        return [CallAction(Label("Sperren", "Block"), "/x/lists/block", "caller.block", "ban")]

    @hookimpl
    def pages(self) -> list[Pages]:
        """Entries, hits, tables, and blocking a caller."""
        return [Pages("switchhook_lists.pages")]

    @hookimpl
    def services(self) -> list[Service]:
        """Taking away for good what has ended."""
        from .sweeping import sweep

        return [Service("lists-sweep", sweep)]

    @hookimpl
    def migrations(self) -> list[PluginMigrations]:
        """The tables of entries and hits."""
        return [PluginMigrations("lists", Path(__file__).parent / "migrations")]

    @hookimpl
    def sentences(self) -> Sequence[Label]:
        """The reasons in a call's course in German."""
        return SENTENCES
