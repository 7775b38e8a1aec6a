"""Declared once: the fields of modules and resources, for validation, forms, documents and documentation alike."""

from __future__ import annotations

from .kinds import Declared, Kinds, check_declared
from .pointers import PROMPT, Pointer, pointers
from .reading import LARGEST, plain_settings, plain_value, read_settings, read_what_fits, value_of_text
from .setting import RIGHT, Label, Problem, Setting, SettingsRefused, a_line, setting, settings_of
from .shape import expected

__all__ = [
    "LARGEST",
    "PROMPT",
    "RIGHT",
    "Declared",
    "Kinds",
    "Label",
    "Pointer",
    "Problem",
    "Setting",
    "SettingsRefused",
    "a_line",
    "check_declared",
    "expected",
    "plain_settings",
    "plain_value",
    "pointers",
    "read_settings",
    "read_what_fits",
    "setting",
    "settings_of",
    "value_of_text",
]
