"""Reading the settings: the file, what the environment says instead, and whether it can work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_type_hints

from switchhook.config.checks import check
from switchhook.config.secret import Secret, own_secret_path
from switchhook.config.settings import Settings
from switchhook.config.structure import refuse_unknown, section_of, structure_settings
from switchhook.errors import ConfigError, near_match

ENVIRONMENT: Final[Mapping[str, str]] = {
    "SWITCHHOOK_CONFIG": "path of the settings file",
    "SWITCHHOOK_DEMO_DATA": "directory of `switchhook demo`",
}
"""Environment variables with our prefix that are no override of a setting."""

_PREFIX: Final = "SWITCHHOOK_"
_TEST_PREFIX: Final = "SWITCHHOOK_TEST_"  # belongs to the test suite
_PLUGIN_PREFIX: Final = "SWITCHHOOK_PLUGIN_"
_DEFAULT_DATA_DIR: Final = "data"


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in the TOML file at ``path``, with ``SWITCHHOOK_<SECTION>_<KEY>`` from ``environ`` on top.

    Relative paths in the file are below the file's own directory. A secret may come from a file, in the settings
    as ``{ file = "..." }`` and in the environment as ``SWITCHHOOK_<SECTION>_<KEY>_FILE``.

    What is said to plugins is only kept here: it is judged by what each of them declares.

    Raises ConfigError, naming file and key, for a file that cannot be read, an unknown key (with a near match), a
    wrong type, a value out of range, and ports that get in each other's way.
    """
    file, directory = str(path), path.resolve().parent
    data = _read(path)
    refuse_unknown(data, file)
    _override(data, environ)
    _fill(data, directory)
    for_plugins = {name: text for name, text in environ.items() if name.startswith(_PLUGIN_PREFIX)}
    settings = structure_settings(data, file, directory, for_plugins)
    check(settings, file)
    return settings


def data_dir_of(path: Path, environ: Mapping[str, str]) -> Path:
    """The data directory those settings name, also while secrets they refer to are missing.

    Raises ConfigError for a file that cannot be read, and for an unknown environment variable.
    """
    data = _read(path)
    _override(data, environ)
    return _data_dir(data, path.resolve().parent)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such settings file; `switchhook init` makes one", file=str(path)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}", file=str(path)) from error


def _override(data: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Put what the environment says into ``data``."""
    known = _overrides()
    for name in sorted(environ):
        if not name.startswith(_PREFIX) or name in ENVIRONMENT or name.startswith((_TEST_PREFIX, _PLUGIN_PREFIX)):
            continue
        if name not in known:
            hint = near_match(name, [*known, *ENVIRONMENT])
            raise ConfigError(f"environment: {name} is no setting of Switchhook{hint}", key=name)
        section, key, value_of = known[name]
        target = data.setdefault(section, {}) if section else data
        target[key] = value_of(name, environ[name])


def _overrides() -> dict[str, tuple[str, str, Any]]:
    """What each environment variable sets: section (empty: top level), key, and how its text is read."""
    known: dict[str, tuple[str, str, Any]] = {"SWITCHHOOK_DATA_DIR": ("", "data_dir", _as_text)}
    for section, hint in get_type_hints(Settings).items():
        cls = section_of(hint)
        if cls is None or section == "phones":  # phones carry names of their own: they are in the file alone
            continue
        for key, kind in get_type_hints(cls).items():
            name = f"{_PREFIX}{section}_{key}".upper()
            known[name] = (section, key, _READ.get(kind, _as_text))
            if kind in (Secret, Secret | None):
                known[f"{name}_FILE"] = (section, key, _as_file)
    return known


def _as_text(_: str, text: str) -> str:
    return text


def _as_file(_: str, text: str) -> dict[str, str]:
    return {"file": text}


def _as_number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ConfigError(f"environment: {name}: expected a whole number", key=name)
    return int(text)


def _as_truth(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise ConfigError(f"environment: {name}: expected true or false", key=name)
    return text == "true"


def _as_list(_: str, text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


_READ: Final[Mapping[Any, Any]] = {int: _as_number, bool: _as_truth, tuple[str, ...]: _as_list}


def _data_dir(data: dict[str, Any], directory: Path) -> Path:
    given = data.setdefault("data_dir", _DEFAULT_DATA_DIR)
    return directory / Path(given if isinstance(given, str) else _DEFAULT_DATA_DIR).expanduser()


def _fill(data: dict[str, Any], directory: Path) -> None:
    """Say the defaults that hang on the data directory."""
    data_dir = _data_dir(data, directory)
    data.setdefault("store", {}).setdefault("url", f"sqlite+aiosqlite:///{data_dir / 'switchhook.db'}")
    for name in ("agi", "ami"):
        data.setdefault(name, {}).setdefault("secret", {"file": str(own_secret_path(data_dir, name))})
