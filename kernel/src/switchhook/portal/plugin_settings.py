"""From ``[plugin.NAME]`` and the environment to a plugin with its settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ..config import PluginSections, read_secret
from ..errors import ConfigError, near_match
from ..schema import Problem, Setting, SettingsRefused, read_settings, settings_of, value_of_text

_PREFIX: Final = "SWITCHHOOK_PLUGIN_"

Declared = Mapping[str, tuple[Setting, "attrs.Attribute[Any]"]]


Variable = tuple[str, object]
"""The name of an environment variable and the value it gives."""


def declared_settings(named: object) -> Declared:
    """The settings of a plugin by what its entry point names: those of an attrs class, else none."""
    return settings_of(named) if isinstance(named, type) and attrs.has(named) else {}


def variable(plugin: str, key: str = "") -> str:
    """The environment variable for a plugin's setting."""
    return f"{_PREFIX}{plugin}_{key}".upper().replace("-", "_")


@attrs.frozen
class OperatorSays:
    """What the operator says to the plugins with these names."""

    given: PluginSections
    plugins: Collection[str]

    def make(self, name: str, named: object) -> object:
        """The plugin as it takes part.

        A class becomes an instance that has the operator's settings; anything
        else is the plugin itself, without settings. Raises ``ConfigError`` for
        unknown keys, wrong and missing values, and when the class itself
        refuses their combination with a ``ValueError``.
        """
        known = declared_settings(named)
        variables = self._variables(name, known)
        values: dict[str, object] = dict(self.given.sections.get(name, {}))
        values |= {key: value for key, (_, value) in variables.items()}
        values |= {key: self._secret(name, key, values[key]) for key in known.keys() & values if known[key][0].secret}
        if not known and values:
            raise ConfigError(f"{self.given.file}: plugin.{name}: the plugin {name!r} has no settings; remove them")
        if not isinstance(named, type):
            return named
        if not attrs.has(named):
            return named()
        try:
            return read_settings(named, values, f"plugin.{name}")
        except SettingsRefused as refused:
            raise self._refusal(name, refused.problems, variables) from refused
        except ValueError as error:  # a check of the plugin's own, across several settings
            raise self._refusal(name, [Problem(f"plugin.{name}", str(error))], variables) from error

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

    def _refusal(self, plugin: str, problems: Sequence[Problem], variables: Mapping[str, Variable]) -> ConfigError:
        """What is wrong, each where it was said: in the file or in the environment."""
        said = {f"plugin.{plugin}.{key}": f"environment: {name}" for key, (name, _) in variables.items()}
        places = [said.get(one.path.partition("[")[0], f"{self.given.file}: {one.path}") for one in problems]
        found = [f"{place}: {one.message}" for place, one in zip(places, problems, strict=True)]
        return ConfigError(f"{'; '.join(found)}; all there is: switchhook plugins settings {plugin}", problems=found)

    def _secret(self, plugin: str, key: str, value: object) -> object:
        """The text of a secret that stands in a file of its own."""
        if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
            file = self.given.directory / Path(value["file"]).expanduser()
            return read_secret(file, f"plugin.{plugin}.{key}").reveal()
        return value
