"""What operators see of plugins, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from ..errors import SwitchhookError
from ..resources.resource import Resource
from ..schema import Label, Setting, settings_of

PluginState = Literal["active", "disabled", "quarantined", "suspended"]
Origin = Literal["environment", "file", "portal", "default", "missing"]
OffBy = Literal["", "file", "portal", "safe"]
"""Who switches a plugin off: nobody, the settings file, the portal, or safe mode."""


@attrs.frozen
class PluginLine:
    """A plugin as it stands: ``reason`` says why when it is not active.

    ``off_by`` is who switches it off from the next start on, ``required`` that
    the settings let no portal start without it. ``waits`` says that it will be
    different after a restart.
    """

    name: str
    distribution: str
    version: str
    state: PluginState
    reason: str
    hooks: tuple[str, ...]
    settings: int
    """How many settings it declares."""
    off_by: OffBy
    required: bool
    waits: bool
    modules: tuple[Label, ...] = ()
    """What it brings for points of flows."""
    in_call_features: tuple[Label, ...] = ()
    """What it brings for talks."""


@attrs.frozen
class SettingLine:
    """A setting of a plugin, and where it is said. A secret's value is never told.

    ``value`` is what it will be at the next start, ``running`` what it is now;
    both are JSON. One that is said outside the portal is not ``editable`` in it.
    """

    key: str
    label: Label
    help: Label | None
    expected: str
    value: str
    running: str
    origin: Origin
    secret: bool
    variable: str
    editable: bool
    kept: bool
    """Whether the portal keeps a value, which counts unless it is said outside."""


@attrs.frozen
class PortalStanding:
    """How the portal runs, and which plugins wait for a restart.

    ``restarts`` grows with each start that an operator wished in the portal.
    """

    safe: bool
    waits: tuple[str, ...]
    restarts: int


@attrs.frozen
class ModuleUse:
    """A flow that is live, or is to be, with those of its points that need a plugin."""

    tenant: str
    flow: str
    label: str
    points: tuple[str, ...]


class PluginInUse(SwitchhookError):
    """Flows that are live need the modules of a plugin that is to be switched off; ``uses`` names them."""

    code = "plugin_in_use"

    def __init__(self, plugin: str, uses: Sequence[ModuleUse]) -> None:
        where = ", ".join(f"{one.tenant}/{one.flow} ({', '.join(one.points)})" for one in uses[:5])
        more = f" and {len(uses) - 5} more" if len(uses) > 5 else ""
        super().__init__(
            f"live flows need the modules of plugin {plugin!r}: {where}{more}; say so again to switch it off anyway",
            plugin=plugin,
        )
        self.uses = tuple(uses)


class RestartRefused(SwitchhookError):
    """The portal would not come up again with the settings as they are."""

    code = "restart_refused"


@attrs.frozen
class PluginSettings(Resource):
    """The settings of a plugin that can be said in the portal: for each plugin a class of its own, with these fields."""

    kind = "plugin"
    label = Label("Plugin", "Plugin")
    plural = Label("Plugins", "Plugins")

    def title(self) -> str:
        """It goes by the plugin's name."""
        return ""


def fields_of(fields: Mapping[str, attrs.Attribute[Any]]) -> type[PluginSettings]:
    """The class of a plugin's settings: its fields without its code."""
    made: dict[str, Any] = {
        key: attrs.field(default=field.default, metadata=field.metadata, kw_only=True, repr=field.repr)
        for key, field in fields.items()
    }
    return attrs.make_class("PluginSettings", made, bases=(PluginSettings,), frozen=True)


def hides_secrets(meta: Setting) -> bool:
    """Whether there are secrets in the rows of a setting: those can only be said in the settings file."""
    rows = settings_of(meta.row).values() if meta.row is not None else ()
    return any(one.secret or hides_secrets(one) for one, _ in rows)
