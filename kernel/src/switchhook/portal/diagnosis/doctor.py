"""Everything the doctor looks at, in the order in which mending it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from ...config import Settings
from ...dispatch.loader import LoadedPlugin
from ...store.plugin_migrations import PluginMigrations
from ..kept import Kept
from ..plugging import missing
from ..plugin_settings import SettingsWait
from . import asterisk_checks, database_checks, machine_checks, mail_checks
from .examined import Check, Examination
from .safe_mode import safe_mode


@attrs.frozen
class Installed:
    """The installed plugins, sentences on settings that are for none of them, the tables they bring, and what is kept."""

    plugins: Sequence[LoadedPlugin]
    unclaimed: Sequence[str] = ()
    migrations: Sequence[PluginMigrations] = ()
    kept: Kept = attrs.field(factory=Kept, repr=False)


def examinations(installed: Callable[[], Installed]) -> list[Examination]:
    """All there are; ``installed`` is asked when its turn has come."""

    def plugins(settings: Settings) -> list[Check]:
        return [*safe_mode(settings), *_plugins(settings, installed())]

    def database(settings: Settings) -> list[Check]:
        return database_checks.database(settings, installed().migrations)

    return [
        machine_checks.data_directory,
        machine_checks.disk,
        machine_checks.clock,
        machine_checks.host_name,
        database,
        asterisk_checks.asterisk,
        asterisk_checks.ports,
        asterisk_checks.voice_ports,
        mail_checks.mail,
        plugins,
    ]


def _plugins(settings: Settings, installed: Installed) -> Iterator[Check]:
    for sentence in installed.unclaimed:
        yield Check("plugin settings", "warn", sentence, "install the plugin, or take them out")
    for plugin in installed.plugins:
        if isinstance(plugin.misconfigured, SettingsWait):
            mend = f"switchhook plugins set {plugin.name}, or its page in the portal"
            yield Check("plugin settings", "warn", f"{plugin.name} is left out: {plugin.reason}", mend)
        elif plugin.misconfigured:
            mend = f'mend them, or: [plugins] disabled = ["{plugin.name}"]'
            yield Check("plugin settings", "fail", plugin.reason, mend)
        elif plugin.state == "quarantined":
            mend = f"mend it, or: pip uninstall {plugin.source.distribution or plugin.name}"
            yield Check(f"plugin {plugin.name}", "fail", plugin.reason, mend)
    for absent in missing(settings.plugins.required, installed.plugins):
        yield Check("required plugins", "fail", absent, "mend or install it, or take it out of [plugins] required")
    active = [plugin.name for plugin in installed.plugins if plugin.state == "active"]
    if active:
        yield Check("plugins", "ok", ", ".join(active))
    else:
        mend = "pip install switchhook-ivr switchhook-forward"
        yield Check("plugins", "warn", "none is active, so calls can only be refused", mend)
