"""From plain TOML data to settings: unknown keys, wrong types, secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs
import cattrs
from cattrs import transform_error

from switchhook.config.secret import Secret, read_secret
from switchhook.config.settings import PluginSections, Settings
from switchhook.errors import ConfigError, near_match

_EXPECTED: Final[Mapping[type, str]] = {str: "a text", int: "a whole number", bool: "true or false"}


def refuse_unknown(data: Mapping[str, Any], file: str) -> None:
    """Raise ConfigError for the first key in ``data`` that no section knows, and for a section that is no table."""
    for section, known, path in _sections(Settings, data, ""):
        if not isinstance(section, dict):
            where = path.removesuffix(".")
            raise ConfigError(f"{file}: {where}: expected a table, found {_shown(section)}", file=file, key=where)
        for key in section:
            if key not in known:
                where = f"{path}{key}"
                raise ConfigError(
                    f"{file}: there is no setting {where!r}{near_match(key, known)}", file=file, key=where
                )


def _sections(cls: type, data: Any, path: str) -> Iterator[tuple[Any, Mapping[str, Any], str]]:
    """Each part of ``data`` that has a class, with the keys that class knows and its dotted path, outermost first."""
    hints = get_type_hints(cls)
    yield data, hints, path
    for key, hint in hints.items():
        section = section_of(hint)
        if section is None or key not in data:
            continue
        if get_origin(hint) is Mapping:
            yield data[key], dict.fromkeys(data[key]) if isinstance(data[key], dict) else {}, f"{path}{key}."
            for name, each in data[key].items():
                yield from _sections(section, each, f"{path}{key}.{name}.")
        else:
            yield from _sections(section, data[key], f"{path}{key}.")


def section_of(hint: Any) -> type | None:
    """The attrs class a type hint is about: ``Trunk | None`` and ``Mapping[str, Phone]`` name one, ``int`` does not."""
    if isinstance(hint, type) and attrs.has(hint):
        return None if hint in (Secret, PluginSections) else hint
    found = (section_of(argument) for argument in get_args(hint))
    return next((each for each in found if each is not None), None)


def structure_settings(
    data: Mapping[str, Any], file: str, directory: Path, for_plugins: Mapping[str, str] | None = None
) -> Settings:
    """Settings from ``data``; relative paths are below ``directory``, ``for_plugins`` is what the environment says.

    Raises ConfigError naming file, key and what was expected there.
    """
    refuse_unknown(data, file)
    try:
        settings = _converter(directory).structure(data, Settings)
    except cattrs.BaseValidationError as error:
        problems = transform_error(error, format_exception=_sentence)
        found = [_with_path(problem) for problem in problems]
        raise ConfigError(f"{file}: " + "; ".join(found), file=file, problems=found) from error
    said = attrs.evolve(settings.plugin, environment=for_plugins or {}, file=file, directory=directory)
    return attrs.evolve(settings, plugin=said)


def _sentence(error: BaseException, _type: type | None) -> str:
    if isinstance(error, KeyError):
        return "missing"
    return str(error)


def _with_path(problem: str) -> str:
    """``"... @ $.agi.port"`` as ``"agi.port: ..."``; mapping keys come as ``['name']``."""
    sentence, _, path = problem.rpartition(" @ ")
    key = path.removeprefix("$").replace("['", ".").replace("']", "").lstrip(".")
    return f"{key}: {sentence}" if key else sentence


def _converter(directory: Path) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=True)
    for wanted, expected in _EXPECTED.items():
        converter.register_structure_hook(wanted, _exactly(wanted, expected))
    converter.register_structure_hook(Path, lambda given, _: directory / Path(_text(given)).expanduser())
    converter.register_structure_hook(Secret, lambda given, _: _secret(given, directory))
    converter.register_structure_hook(PluginSections, _plugin_sections)
    converter.register_structure_hook_func(lambda hint: hint == tuple[str, ...], _texts)
    converter.register_structure_hook_func(_is_choice, _choice)
    return converter


def _exactly(wanted: type, expected: str) -> Any:
    def check(given: Any, _: Any) -> Any:
        if type(given) is not wanted:  # bool is an int to Python, not to an operator
            raise ValueError(f"expected {expected}, found {_shown(given)}")
        return given

    return check


def _shown(given: Any) -> str:
    """A wrong value by its kind alone: it might be a secret in the wrong place."""
    names = {dict: "a table", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}
    return names.get(type(given), f"a {type(given).__name__}")


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(f"expected a text, found {_shown(given)}")  # noqa: TRY004 - a fault in the file, not a bug
    return given


def _texts(given: Any, _: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ValueError(f"expected a list of texts, found {_shown(given)}")
    return tuple(given)


def _plugin_sections(given: Any, _: Any) -> PluginSections:
    if not isinstance(given, dict):
        raise ValueError(f"expected a table, found {_shown(given)}")  # noqa: TRY004 - a fault in the file, not a bug
    odd = [_shown(section) for section in given.values() if not isinstance(section, dict)]
    if odd:
        raise ValueError(f"expected a table for each plugin as in [plugin.NAME], found {odd[0]}")
    return PluginSections(sections=given)


def _secret(given: Any, directory: Path) -> Secret:
    if isinstance(given, str) and given:
        return Secret(given)
    if isinstance(given, dict) and set(given) == {"file"} and isinstance(given["file"], str):
        return read_secret(directory / Path(given["file"]).expanduser(), "secret")
    raise ValueError('expected a text or { file = "..." }')


def _is_choice(hint: Any) -> bool:
    return str(get_origin(hint)) == "typing.Literal"


def _choice(given: Any, hint: Any) -> Any:
    if given not in get_args(hint):
        raise ValueError(f"expected one of {', '.join(get_args(hint))}{near_match(str(given), get_args(hint))}")
    return given
