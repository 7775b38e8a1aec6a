"""One plugin with what is said to it: the environment, the settings file, and below them what the portal keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..access.account import OPERATOR_TENANT
from ..clock import Clock
from ..dispatch.loader import LoadedPlugin
from ..errors import ConfigError, PluginError
from ..resources.record import Record
from ..resources.resource import secrets_of, shown
from ..resources.seal import Seal
from ..schema import Label, Problem, SettingsRefused, expected, read_what_fits
from ..schema.reading import plain_value
from ..store.plugin_choices import StoredChoice
from .kept import KeptChoice
from .kept_choices import opened
from .plugin_settings import Declared, OperatorSays, declared_settings, variable
from .plugin_values import Origin, PluginSettings, SettingLine, fields_of, hides_secrets

Values = Mapping[str, object]
SWITCHED: Final = "switched on"
"""How the audit tells whether a plugin is on; no setting has a name with a space."""


@attrs.frozen
class OnePlugin:
    """A plugin as it was loaded, with what is kept about it now."""

    plugin: LoadedPlugin
    stored: StoredChoice
    says: OperatorSays
    data_dir: Path

    @property
    def known(self) -> Declared:
        """The settings it declares; none while it is not loaded."""
        return declared_settings(self.plugin.named)

    @property
    def choice(self) -> KeptChoice:
        """What is kept about it now."""
        return opened(self.stored, self.data_dir)

    def record(self, clock: Clock) -> Record:
        """Its settings that can be said in the portal, as they will be at the next start."""
        fields = {key: field for key, (_, field) in self.known.items() if not self._locked(key)}
        held = {key: value for key, value in self.choice.values.items() if key in fields}
        value: PluginSettings = read_what_fits(fields_of(fields), held)
        at = self.stored.changed or clock.now()
        return Record(OPERATOR_TENANT, self.plugin.name, self.stored.version, value, self.stored.author, at, at)

    def lines(self) -> list[SettingLine]:
        """Every setting it declares, in its order, and those that are kept though nobody declares them now."""
        found = [self._line(key) for key in self.known]
        return found + [self._orphan(key) for key in sorted(self._kept() - self.known.keys())]

    def _kept(self) -> set[str]:
        return {*self.stored.document, *self.stored.sealed}

    def _line(self, key: str) -> SettingLine:
        meta, _ = self.known[key]
        running = getattr(self.plugin.made, key, attrs.NOTHING)
        origin, value = self._next(key)
        if hides_secrets(meta):
            value = running
        told = not meta.secret
        return SettingLine(
            key,
            meta.label,
            meta.help,
            expected(meta),
            _json(value) if told else "",
            _json(running) if told else "",
            origin,
            meta.secret,
            variable(self.plugin.name, key),
            not self._locked(key),
            key in self._kept(),
        )

    def _orphan(self, key: str) -> SettingLine:
        secret, name = key in self.stored.sealed, variable(self.plugin.name, key)
        value = "" if secret else _json(self.stored.document[key])
        return SettingLine(key, Label(key, key), None, "", value, "", "portal", secret, name, False, True)

    def _next(self, key: str) -> tuple[Origin, object]:
        """Where a setting is said, and what it will be at the next start."""
        name, default = self.plugin.name, self.known[key][1].default
        outside = self.says.said_by(name, key)
        if outside is not None:
            return outside, self.says.outside(name, self.plugin.named)[key]
        if key in self._kept():
            return "portal", self.choice.values.get(key, attrs.NOTHING)
        if default is attrs.NOTHING:
            return "missing", attrs.NOTHING
        factory = getattr(default, "factory", None)
        return "default", factory() if factory is not None else default

    def _locked(self, key: str) -> str:
        """Why a setting cannot be said in the portal; empty when it can."""
        outside = self.says.said_by(self.plugin.name, key)
        if outside == "environment":
            return f"is said by the environment variable {variable(self.plugin.name, key)}; take it out there first"
        if outside == "file":
            return f"is said in {self.says.given.file}; take it out there first"
        if key in self.known and hides_secrets(self.known[key][0]):
            return "has secrets in its rows and can only be said in the settings file"
        return ""

    def checked(self, values: Values) -> Values:
        """What is to be kept when ``values`` are said, None for what goes back to its default.

        It is read as at a start. Raises ``SettingsRefused`` with every
        problem, and ``PluginError`` while the plugin is not loaded: nobody
        knows then what it takes.
        """
        name, said = self.plugin.name, {key: value for key, value in values.items() if value is not None}
        if problems := [Problem(f"plugin.{name}.{key}", why) for key in said if (why := self._locked(key))]:
            raise SettingsRefused(problems)
        kept = {key: value for key, value in self.choice.values.items() if key not in values}
        if self.plugin.named is None:
            if said:
                raise PluginError(f"plugin {name!r} is not loaded, so nobody knows its settings now", plugin=name)
            return kept
        kept = {key: value for key, value in kept.items() if key in self.known}
        made = self._made({**kept, **said})
        return {**kept, **{key: plain_value(getattr(made, key)) for key in said}}

    def _made(self, kept: Values) -> object:
        name = self.plugin.name
        if not self.known and kept:
            raise SettingsRefused([Problem(f"plugin.{name}.{key}", "unknown setting") for key in kept])
        try:
            return self.says.read(name, self.plugin.named, kept)
        except SettingsRefused:
            raise
        except ConfigError as error:
            raise SettingsRefused([Problem(f"plugin.{name}", str(error))]) from error
        except (Exception, SystemExit) as error:  # the plugin's own code; at a start it would be quarantined for it
            why = f"the plugin does not take this: {type(error).__name__}: {error}"
            raise SettingsRefused([Problem(f"plugin.{name}", why)]) from error

    def keeping(self, kept: Values, seal: Seal) -> StoredChoice:
        """The choice with other values, its secrets sealed; those that did not change keep their seal."""
        before = self.choice.values
        hidden = {key for key in kept if key in self.stored.sealed or (key in self.known and self.known[key][0].secret)}
        sealed = {
            key: self.stored.sealed[key]
            if key in self.stored.sealed and before.get(key) == kept[key]
            else seal.close(json.dumps(kept[key]))
            for key in sorted(hidden)
        }
        document = {key: value for key, value in kept.items() if key not in hidden}
        return attrs.evolve(self.stored, document=document, sealed=sealed)

    def told(self, record: Record, before: OnePlugin | None = None) -> Mapping[str, Any]:
        """The plugin as the audit tells it: of secrets only whether there is one, and whether it is another one now."""
        secrets = {
            key: "changed"
            if before is not None and before.stored.sealed.get(key) != self.stored.sealed.get(key)
            else "kept"
            for key in secrets_of(type(record.value))
            if key in self.stored.sealed
        }
        fields = {SWITCHED: not self.stored.switched_off, **shown(record.value), **secrets}
        return {"version": self.stored.version, "fields": fields}


def _json(value: object) -> str:
    """A value for people and programs, empty when there is none."""
    return "" if value is attrs.NOTHING else json.dumps(plain_value(value), ensure_ascii=False, default=str)
