"""What the operator says to plugins in the portal, and how portals were started."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Integer, Table, Text, text

from .tables import Moment, metadata

plugin_choice: Final = Table(
    "plugin_choice",
    metadata,
    Column("tenant", Text, nullable=False, server_default="operator"),  # plugins are the operator's
    Column("plugin", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("switched_off", Boolean, nullable=False, server_default=text("false")),
    Column("document", JSON, nullable=False),
    Column("sealed", JSON, nullable=False),
    Column("author", Text, nullable=False, server_default=""),
    Column("changed", Moment, nullable=False),
)

portal_start: Final = Table(
    "portal_start",
    metadata,
    Column("tenant", Text, nullable=False, server_default="operator"),
    Column("node", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("safe", Boolean, nullable=False, server_default=text("false")),
)
