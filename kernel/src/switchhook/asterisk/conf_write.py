"""Putting a set of configuration files in place, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from switchhook.errors import ConfigError

CURRENT: Final = "current"
"""Name of the link to the set in use."""
_KEPT: Final = 2  # the set in use and the one before it


def write(files: Mapping[str, str], directory: Path, *, owner: tuple[int, int] | None = None) -> Path:
    """Make ``files`` the set in use below ``directory`` (``.../asterisk/conf``) and return the set's own directory.

    Each set is a numbered directory; the link ``current`` names the one in use and moves in one step, so that a
    crash leaves the old set or the new one, never a mixture. The previous set stays. A set equal to the one in use
    is not written again. The files hold secrets: they are readable for their owner alone, who is ``owner`` (user and
    group id of Asterisk's account) where given.

    Raises ConfigError when the disk refuses or a name is no plain file name.
    """
    for name in files:
        if name != Path(name).name or name.startswith("."):
            raise ConfigError(f"{name!r} is no name of a configuration file", key=name)
    try:
        return _write(files, directory, owner)
    except OSError as error:
        raise ConfigError(f"{directory}: the configuration cannot be written: {error}", file=str(directory)) from error


def previous(directory: Path) -> Path | None:
    """The set that was in use before the present one, when it is still there."""
    numbers = _numbers(directory)
    in_use = (directory / CURRENT).resolve().name
    before = [number for number in numbers if in_use.isdigit() and number < int(in_use)]
    return directory / str(before[-1]) if before else None


def _write(files: Mapping[str, str], directory: Path, owner: tuple[int, int] | None) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o755)
    current = directory / CURRENT
    if current.is_dir() and _same(files, current):
        return current.resolve()
    number = max(_numbers(directory), default=0) + 1
    made = directory / f"{number}.part"
    if made.exists():  # left by a crash
        shutil.rmtree(made)
    made.mkdir(mode=0o700)
    for name, text in files.items():
        _write_file(made / name, text, owner)
    _give(made, owner)
    _sync(made)
    done = made.rename(directory / str(number))
    link = directory / f"{CURRENT}.part"
    link.unlink(missing_ok=True)
    link.symlink_to(str(number))
    link.rename(current)
    _sync(directory)
    for old in _numbers(directory)[:-_KEPT]:
        shutil.rmtree(directory / str(old))
    return done


def _numbers(directory: Path) -> list[int]:
    """The numbers of the whole sets, oldest first."""
    return sorted(int(each.name) for each in directory.iterdir() if each.name.isdigit())


def _same(files: Mapping[str, str], current: Path) -> bool:
    there = {each.name: each.read_text(encoding="utf-8") for each in current.iterdir()}
    return there == dict(files)


def _write_file(path: Path, text: str, owner: tuple[int, int] | None) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _give(path, owner)


def _give(path: Path, owner: tuple[int, int] | None) -> None:
    if owner is not None:
        os.chown(path, *owner)


def _sync(directory: Path) -> None:
    """Make the names in ``directory`` durable, not the files' contents alone."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
