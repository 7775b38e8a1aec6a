"""What commands share: the settings, read when a command first needs them."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import cast

import click

from ..config import Settings, load_settings
from ..errors import ConfigError

DEFAULT_FILE = "switchhook.toml"


class Context:
    """Carried as ``click`` context object through every command."""

    def __init__(self, config: Path | None) -> None:
        self._given = config

    @property
    def file(self) -> Path:
        """The settings file: ``--config``, else ``SWITCHHOOK_CONFIG``, else ``switchhook.toml`` here."""
        return self._given or Path(os.environ.get("SWITCHHOOK_CONFIG", DEFAULT_FILE))

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises ``ConfigError`` when there are none or they cannot be used."""
        if not self.file.exists():
            raise ConfigError(
                f"there is no settings file {self.file}; make one with `switchhook init`, "
                "or name another with --config or SWITCHHOOK_CONFIG",
                file=str(self.file),
            )
        return load_settings(self.file, os.environ)


def settings() -> Settings:
    """The settings of the running command."""
    return cast(Context, click.get_current_context().obj).settings
