"""The settings, the rendered configuration and the Asterisk that was found, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from switchhook.asterisk.conf_write import CURRENT, write
from switchhook.asterisk.fallback import NumberFallback
from switchhook.asterisk.place import AsteriskPlace, find_asterisk
from switchhook.asterisk.process import AsteriskProcess
from switchhook.asterisk.render import DEFAULT_APOLOGY, AsteriskPaths, render
from switchhook.clock import Clock, SystemClock
from switchhook.config import Settings


def settings_for(settings: Settings, place: AsteriskPlace) -> Settings:
    """The settings as the rendered files have to say them for this Asterisk.

    A private Asterisk runs without a chroot: every path is the host's.
    """
    return attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, root="", data=str(place.data)))


def asterisk_paths(settings: Settings) -> AsteriskPaths:
    """Where Asterisk keeps its things, which is where the portal finds them."""
    return AsteriskPaths.of(attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, root="")))


def render_for(
    settings: Settings,
    place: AsteriskPlace,
    numbers: Sequence[NumberFallback] = (),
    *,
    apology: str = DEFAULT_APOLOGY,
    sounds: Iterable[str] = (),
    ringing: str = "",
) -> Mapping[str, str]:
    """Every configuration file for this very Asterisk; see :func:`switchhook.asterisk.render.render`."""
    files = dict(render(settings_for(settings, place), numbers, apology=apology, sounds=sounds, ringing=ringing))
    heading = "[directories]\n"
    if "astmoddir" not in files["asterisk.conf"]:
        files["asterisk.conf"] = files["asterisk.conf"].replace(heading, f"{heading}astmoddir = {place.modules}\n", 1)
    return files


def write_configuration(settings: Settings, files: Mapping[str, str]) -> Path:
    """Put the files in use, all or nothing, the previous ones kept; gives the directory of the set.

    The account of an Asterisk that is running is given the right to read them
    by :meth:`~switchhook.asterisk.process.AsteriskProcess.reload`.
    """
    return write(files, conf_root(settings))


def conf_root(settings: Settings) -> Path:
    """The directory of the configuration sets."""
    return Path(asterisk_paths(settings).conf).parent


def current_configuration(settings: Settings) -> dict[str, str]:
    """The files in use, name to text; empty when nothing was rendered yet."""
    current = conf_root(settings) / CURRENT
    if not current.is_dir():
        return {}
    return {path.name: path.read_text(encoding="utf-8") for path in current.iterdir()}


def asterisk_process(
    settings: Settings, place: AsteriskPlace | None = None, clock: Clock | None = None
) -> AsteriskProcess:
    """The Asterisk of these settings. Raises AsteriskMissing when none is found."""
    paths = asterisk_paths(settings)
    return AsteriskProcess(
        place or find_asterisk(settings),
        Path(paths.conf),
        user=settings.asterisk.user,
        clock=clock or SystemClock(),
        home=Path(paths.base),
        directories=tuple(Path(path) for path in paths.writable),
    )
