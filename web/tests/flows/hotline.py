"""A portal with a flow in it, and sounds for its prompts."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import web_people

from switchhook.access.actor import SYSTEM, Actor, Reach
from switchhook.config import Settings

PROMPTS = ("demo/menu", "demo/info", "stock/unavailable", "stock/invalid", "stock/no-entry")
VIEWER = ("acme", Actor("vera", {"flow.view": Reach(everything=True)}, "user", "vera"))


def point(name: str, module: str, settings: dict[str, Any], **exits: str) -> dict[str, Any]:
    return {"id": name, "module": module, "label": name.title(), "settings": settings, "exits": exits}


def announcement(name: str, prompt: str, **exits: str) -> dict[str, Any]:
    return point(name, "announcement", {"prompts": [prompt]}, **exits)


MENU = point(
    "menu",
    "menu",
    {"prompts": ["demo/menu"], "keys": ["1"]},
    **{"key:1": "info", "timeout": "sorry", "invalid": "sorry"},
)
HOTLINE: dict[str, Any] = {
    "id": "hotline",
    "label": "Hotline",
    "language": "en",
    "start": "menu",
    "last_resort": "sorry",
    "points": [
        MENU,
        announcement("info", "demo/info", next="menu"),
        announcement("sorry", "stock/unavailable", next="hang-up"),
    ],
}


def with_sounds(settings: Settings) -> Settings:
    for prompt in PROMPTS:
        path: Path = settings.data_dir / "sounds" / "en" / f"{prompt}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(b"\0\0" * 800)
    return settings


async def portal_with_hotline(home: Path, configure: Any = with_sounds) -> web_people.Portal:
    portal = await web_people.build(home, configure)
    await portal.administration.publishing.of("acme", SYSTEM).create("Hotline", id="hotline", drawing=HOTLINE)
    return portal
