"""Where the prompts of an installation are."""

from __future__ import annotations

from pathlib import Path

from ..config import Settings


def sounds_directory(settings: Settings) -> Path:
    """The directory with one folder for each language."""
    return settings.data_dir / "sounds"
