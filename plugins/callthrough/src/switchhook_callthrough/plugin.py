"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import FlowTemplate, Job, Label, Module, PluginMigrations, Resource, hookimpl

from . import closing
from .account import CallthroughAccount
from .beginnings import CallthroughOnly
from .callthrough import Callthrough
from .sentences import SENTENCES


@hookimpl
def resources() -> list[type[Resource]]:
    """Accounts."""
    return [CallthroughAccount]


@hookimpl
def modules() -> list[type[Module]]:
    """The dial tone."""
    return [Callthrough]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [CallthroughOnly]


@hookimpl
def jobs() -> list[Job]:
    """Telling that callthrough closed itself."""
    return [Job(closing.WRONG, closing.tell)]


@hookimpl
def migrations() -> list[PluginMigrations]:
    """The table of wrong PINs."""
    return [PluginMigrations("callthrough", Path(__file__).parent / "migrations")]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
