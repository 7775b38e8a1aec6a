"""What a plugin says of its own tables; importing this opens no database library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import attrs

_PLUGIN: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


@attrs.frozen
class PluginMigrations:
    """A plugin's migrations: Alembic revisions in the directory ``versions``.

    ``plugin`` is the name of the entry point. Everything they make is named ``<plugin>_...`` with ``_`` for ``-``.
    Revisions depend on none of another plugin's.
    """

    plugin: str = attrs.field(validator=attrs.validators.matches_re(_PLUGIN))
    versions: Path

    @property
    def prefix(self) -> str:
        """What the names of the plugin's tables begin with."""
        return self.plugin.replace("-", "_") + "_"

    @property
    def version_table(self) -> str:
        """Where Alembic keeps how far this plugin is."""
        return f"alembic_version_{self.plugin.replace('-', '_')}"
