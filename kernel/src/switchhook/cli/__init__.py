"""The command ``switchhook``."""

from .main import main

__all__ = ["main"]
