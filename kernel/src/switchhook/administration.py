"""What pages, the API and commands administer a portal with; for plugins that bring pages of their own as well."""

from __future__ import annotations
