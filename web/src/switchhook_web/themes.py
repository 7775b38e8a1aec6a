"""How pages may look."""

from __future__ import annotations

from typing import Final

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "switchhook-theme"
