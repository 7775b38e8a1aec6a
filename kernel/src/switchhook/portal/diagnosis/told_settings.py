"""The operator's settings as a bundle tells them: each text by what it is, and none that nobody has said that of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_origin, get_type_hints
from urllib.parse import unquote, urlsplit

import attrs

from ...config import PluginSections, Secret, Settings
from ..plugin_settings import declared_settings
from .doctor import Installed
from .masking import SECRET, Masker

_OPEN: Final = frozenset(
    {
        "agi.host",
        "ami.host",
        "ami.user",
        "asterisk.root",
        "asterisk.user",
        "asterisk.systemname",
        "asterisk.sip_host",
        "asterisk.transport",
        "asterisk.media_host",
        "asterisk.data",
        "asterisk.extra_modules",
        "mail.host",
        "mail.tls",
        "plugins.disabled",
        "plugins.order",
        "plugins.required",
        "portal.language",
        "portal.tenant",
        "trunk.host",
        "trunk.also_from",
        "web.host",
        "web.public_url",
        "web.trusted_proxies",
    }
)
"""The settings whose texts are told as they are: machines, programs and choices, nobody's names or numbers."""
_NUMBERS: Final = frozenset({"phones.extension", "phones.caller_id", "trunk.caller_id"})


def told_settings(settings: Settings, installed: Installed, mask: Masker) -> Mapping[str, object]:
    """Every setting; of the database's address only what kind it is."""
    told = dict(_section(settings, "", mask))
    told["store"] = {"url": urlsplit(settings.store.url.reveal()).scheme, "password": _has_password(settings)}
    told["plugin"] = _plugins(settings.plugin, installed, mask)
    return told


def secrets_of(settings: Settings) -> Iterator[str]:
    """Every secret that the settings hold, to look for."""
    yield from _secrets(settings)
    parts = urlsplit(settings.store.url.reveal())
    if parts.password:
        yield from {parts.password, unquote(parts.password)}
    for section in settings.plugin.sections.values():
        yield from (value for value in section.values() if isinstance(value, str) and len(value) >= 8)
    yield from (value for value in settings.plugin.environment.values() if len(value) >= 8)


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secrets(one)
    elif attrs.has(declared := type(value)) and declared is not PluginSections:
        for field in attrs.fields(declared):
            yield from _secrets(getattr(value, field.name))


def _section(values: Any, path: str, mask: Masker) -> Iterator[tuple[str, object]]:
    hints = get_type_hints(type(values))
    for field in attrs.fields(type(values)):
        value = getattr(values, field.name)
        if isinstance(value, PluginSections):
            continue
        if get_origin(hints[field.name]) is Mapping:
            below = {
                mask.name("phone", name): dict(_section(one, f"{field.name}.", mask)) for name, one in value.items()
            }
            yield field.name, below
        elif attrs.has(type(value)) and not isinstance(value, Secret):
            yield field.name, dict(_section(value, f"{field.name}.", mask))
        else:
            yield field.name, _value(f"{path}{field.name}", value, mask)


def _value(key: str, value: object, mask: Masker) -> object:
    if isinstance(value, Secret):
        return SECRET
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if key in _OPEN:
        return list(value) if isinstance(value, tuple) else value
    if key in _NUMBERS:
        return mask.number(value)
    return mask.text(value)


def _has_password(settings: Settings) -> bool:
    return bool(urlsplit(settings.store.url.reveal()).password)


def _plugins(given: PluginSections, installed: Installed, mask: Masker) -> Mapping[str, object]:
    """``[plugin.NAME]`` as the plugin declares it; of a plugin that declares nothing only which keys there are."""
    known = {plugin.name: declared_settings(plugin.named) for plugin in installed.plugins}
    told: dict[str, object] = {}
    for name, section in given.sections.items():
        declared = known.get(name, {})
        told[name] = {
            key: mask.declared(declared[key][0], value) if key in declared else SECRET for key, value in section.items()
        }
    return {**told, "(environment)": sorted(given.environment)}
