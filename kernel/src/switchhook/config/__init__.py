"""The settings file: what an operator may say, checked before anything starts."""

from switchhook.config.load import ENVIRONMENT, data_dir_of, load_settings
from switchhook.config.secret import Secret, make_secrets, read_secret
from switchhook.config.settings import (
    Agi,
    Ami,
    Asterisk,
    Phone,
    PluginChoice,
    PluginSections,
    Portal,
    Settings,
    Store,
    Trunk,
    Web,
)
from switchhook.config.template import default_toml

__all__ = [
    "ENVIRONMENT",
    "Agi",
    "Ami",
    "Asterisk",
    "Phone",
    "PluginChoice",
    "PluginSections",
    "Portal",
    "Secret",
    "Settings",
    "Store",
    "Trunk",
    "Web",
    "data_dir_of",
    "default_toml",
    "load_settings",
    "make_secrets",
    "read_secret",
]
