"""From the environment, ``[plugin.NAME]`` and what the portal keeps to a plugin with its settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from ..config import PluginSections, read_secret
from ..errors import ConfigError, near_match
from ..schema import Problem, Setting, SettingsRefused, read_settings, settings_of, value_of_text
from .kept import Kept

_PREFIX: Final = "SWITCHHOOK_PLUGIN_"
_KEY_END: Final = re.compile(r"[.\[]")

Declared = Mapping[str, tuple[Setting, "attrs.Attribute[Any]"]]


Variable = tuple[str, object]
"""The name of an environment variable and the value it gives."""
Outside = Literal["environment", "file"]


class SettingsWait(ConfigError):
    """What the portal keeps for a plugin does not fit, or a setting is said nowhere: that plugin alone is left out."""

    code = "settings_wait"


def declared_settings(named: object) -> Declared:
    """The settings of a plugin by what its entry point names: those of an attrs class, else none."""
    return settings_of(named) if isinstance(named, type) and attrs.has(named) else {}


def variable(plugin: str, key: str = "") -> str:
    """The environment variable for a plugin's setting."""
    return f"{_PREFIX}{plugin}_{key}".upper().replace("-", "_")


@attrs.frozen
class OperatorSays:
    """What the operator says to the plugins with these names: the environment first, then the file, then the portal."""

    given: PluginSections
    plugins: Collection[str]
    kept: Kept = attrs.field(factory=Kept)

    def make(self, name: str, named: object) -> object:
        """The plugin as it takes part.

        A class becomes an instance that has the operator's settings; anything
        else is the plugin itself, without settings. Raises ``ConfigError`` for
        unknown keys, wrong and missing values, and when the class itself
        refuses their combination with a ``ValueError``: :class:`SettingsWait`
        where neither file nor environment is to blame.
        """
        known = declared_settings(named)
        outside = self.outside(name, named)
        if not known and outside:
            raise ConfigError(f"{self.given.file}: plugin.{name}: the plugin {name!r} has no settings; remove them")
        choice = self.kept.of(name)
        # A setting that a newer version of the plugin no longer has must not make it unusable.
        kept = {key: value for key, value in choice.values.items() if key in known and key not in outside}
        if choice.trouble and known:
            raise SettingsWait(f"kept in the portal: {choice.trouble}", plugin=name)
        try:
            return self.read(name, named, kept)
        except SettingsRefused as refused:
            raise self._refusal(name, known, refused.problems, kept) from refused

    def read(self, name: str, named: object, kept: Mapping[str, object]) -> object:
        """The plugin with what the environment and the file say, and below that ``kept``.

        Raises ``SettingsRefused`` with every problem, also with that of the class itself.
        """
        if not isinstance(named, type):
            return named
        if not attrs.has(named):
            return named()
        values = {**kept, **self.outside(name, named)}
        try:
            return read_settings(named, values, f"plugin.{name}")
        except SettingsRefused:
            raise
        except ValueError as error:  # a check of the plugin's own, across several settings
            raise SettingsRefused([Problem(f"plugin.{name}", str(error))]) from error

    def outside(self, name: str, named: object) -> Mapping[str, object]:
        """What the environment and the file say to a plugin; raises ``ConfigError`` for a variable that is none."""
        known = declared_settings(named)
        values: dict[str, object] = dict(self.given.sections.get(name, {}))
        values |= {key: value for key, (_, value) in self._variables(name, known).items()}
        return values | {
            key: self._secret(name, key, values[key]) for key in known.keys() & values if known[key][0].secret
        }

    def said_by(self, name: str, key: str) -> Outside | None:
        """Whether a setting is said outside the portal, and where."""
        outside = variable(name, key)
        if outside in self.given.environment or f"{outside}_FILE" in self.given.environment:
            return "environment"
        return "file" if key in self.given.sections.get(name, {}) else None

    def unclaimed(self) -> Iterator[str]:
        """Sections and variables for plugins that are not installed, each as a sentence."""
        for name in self.given.sections:
            if name not in self.plugins:
                hint = near_match(name, self.plugins)
                yield f"{self.given.file}: plugin.{name}: no plugin {name!r} is installed{hint}"
        for name in self.given.environment:
            if not self._owner(name):
                yield f"environment: {name}: no installed plugin has a name that begins so"

    def _owner(self, name: str) -> str:
        """Of several plugins whose names begin a variable, the one with the longest."""
        fitting = [plugin for plugin in self.plugins if name.startswith(variable(plugin))]
        return max(fitting, key=len, default="")

    def _variables(self, plugin: str, known: Declared) -> dict[str, Variable]:
        """The variable and its value for each key that the environment sets."""
        keys = {variable(plugin, key): (key, meta) for key, (meta, _) in known.items()}
        files = {f"{name}_FILE": key for name, (key, meta) in keys.items() if meta.secret}
        found: dict[str, Variable] = {}
        for name, text in self.given.environment.items():
            if self._owner(name) != plugin:
                continue
            if name in keys:
                key, meta = keys[name]
                found[key] = name, value_of_text(meta, text)
            elif name in files:
                found[files[name]] = name, {"file": text}
            else:
                hint = near_match(name, [*keys, *files])
                raise ConfigError(f"environment: {name} is no setting of the plugin {plugin!r}{hint}", key=name)
        return found

    def _refusal(
        self, plugin: str, known: Declared, problems: Sequence[Problem], kept: Mapping[str, object]
    ) -> ConfigError:
        """What is wrong, each where it was said: in the environment, in the file, or in the portal."""
        found = [f"{self._place(plugin, known, one, kept)}: {one.message}" for one in problems]
        keys = [_key_of(one.path, plugin) for one in problems]
        # Nothing said outside is wrong by itself: either what is kept does not fit it, or something is not said at all.
        waits = all(not self.said_by(plugin, key) and (kept or key in known) for key in keys)
        sentence = f"{'; '.join(found)}; all there is: switchhook plugins settings {plugin}"
        return (SettingsWait if waits else ConfigError)(sentence, problems=found)

    def _place(self, plugin: str, known: Declared, problem: Problem, kept: Mapping[str, object]) -> str:
        key = _key_of(problem.path, plugin)
        by_key = {one: name for one, (name, _) in self._variables(plugin, known).items()}
        if key in by_key:
            return f"environment: {by_key[key]}"
        if key in kept or (not key and kept):
            return f"kept in the portal: {problem.path}"
        return f"{self.given.file}: {problem.path}"

    def _secret(self, plugin: str, key: str, value: object) -> object:
        """The text of a secret that stands in a file of its own."""
        if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
            file = self.given.directory / Path(value["file"]).expanduser()
            return read_secret(file, f"plugin.{plugin}.{key}").reveal()
        return value


def _key_of(path: str, plugin: str) -> str:
    """The setting a problem is about, empty for one of the whole plugin."""
    return _KEY_END.split(path.removeprefix(f"plugin.{plugin}").lstrip("."), maxsplit=1)[0]
