"""Secrets: read from files, never shown."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import attrs

from switchhook.errors import ConfigError

_OWN: Final = ("agi", "ami")
"""The secrets that Switchhook makes for itself: nobody outside the machine needs to know them."""


@attrs.frozen(repr=False)
class Secret:
    """A text that no log, error or ``repr`` may show."""

    _text: str

    def reveal(self) -> str:
        """The secret itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


def read_secret(path: Path, where: str) -> Secret:
    """The text of the file, without the line end it closes with; ``where`` names the setting in errors.

    Raises ConfigError when the file cannot be read or holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{where}: the secret's file {path} cannot be read: {error}", key=where, file=str(path)
        ) from error
    if not text:
        raise ConfigError(f"{where}: the secret's file {path} is empty", key=where, file=str(path))
    return Secret(text)


def own_secret_path(data_dir: Path, name: str) -> Path:
    """Where the secret of ``[agi]`` or ``[ami]`` lies when the settings do not say."""
    return data_dir / "secrets" / name


def make_secrets(data_dir: Path) -> list[Path]:
    """Make the secrets Switchhook shares with its own Asterisk, where there are none yet.

    Each file is made readable for its owner alone, in one step with its creation. Returns the new files.
    """
    made = []
    for name in _OWN:
        path = own_secret_path(data_dir, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        made.append(path)
    return made
