"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import FlowTemplate, Label, MenuEntry, Module, PluginMigrations, Resource, hookimpl

from .follow_me import FollowMe
from .forward import Forward
from .group import RingGroup
from .person import Person
from .ring_group import RingMembers
from .sentences import SENTENCES
from .templates import SimpleForward


@hookimpl
def modules() -> list[type[Module]]:
    """The modules that connect a caller with somebody."""
    return [Forward, RingMembers, FollowMe]


@hookimpl
def resources() -> list[type[Resource]]:
    """Whom they ring."""
    return [RingGroup, Person]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """Whom they ring, in one place."""
    ring_groups = f"/r/{RingGroup.kind}"
    text = Label("Weiterleiten", "Forwarding")
    return [
        MenuEntry(
            text,
            ring_groups,
            f"{RingGroup.kind}.view",
            RingGroup.icon,
            RingGroup.order,
            tab=RingGroup.plural,
            tabs=(f"/r/{Person.kind}",),
        )
    ]


@hookimpl
def migrations() -> list[PluginMigrations]:
    """Whose turn it is in a group."""
    return [PluginMigrations("forward", Path(__file__).parent / "migrations")]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [SimpleForward]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
