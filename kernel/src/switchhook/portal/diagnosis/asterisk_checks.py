"""What ``switchhook doctor`` asks about Asterisk: found, configured, running, and its and the portal's ports."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from pathlib import Path

from ...asterisk.configured import asterisk_process, current_configuration, render_for
from ...asterisk.place import AsteriskMissing, AsteriskPlace, find_asterisk
from ...config import Settings
from .examined import Check

_PORTS_A_TALK = 4
"""Voice and its control channel, for the caller and for whoever is called."""
_FEW_TALKS = 10
_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_RENDERED_WITH_MORE = ("extensions.conf", "musiconhold.conf")
"""Files that hold more than the settings say: the portal puts the numbers' fallbacks and the music into them."""


def asterisk(settings: Settings) -> Iterator[Check]:
    """One of version 20 or newer, its configuration rendered and current, running under a lesser account."""
    try:
        place = find_asterisk(settings)
    except AsteriskMissing as error:
        yield Check("asterisk", "fail", str(error), "switchhook asterisk install")
        return
    yield Check("asterisk", "ok", f"{place.version_text} at {place.binary}")
    yield _configuration(settings, place)
    yield _running(settings, place)


def ports(settings: Settings) -> Iterator[Check]:
    """Free, or held by what they are for."""
    running = _runs(settings)
    sip = socket.SOCK_STREAM if settings.asterisk.transport == "tcp" else socket.SOCK_DGRAM
    theirs = [
        ("ami.port", settings.ami.host, settings.ami.port, socket.SOCK_STREAM),
        ("asterisk.sip_port", settings.asterisk.sip_host, settings.asterisk.sip_port, sip),
    ]
    for key, host, port, kind in theirs:
        wrong = _taken(host, port, kind)
        if wrong and not (running and wrong == "in use"):
            yield Check(key, "fail", f"{host}:{port} is {wrong}", f"choose another {key} in the settings and render")
        else:
            yield Check(key, "ok", f"{host}:{port} is {'held by our Asterisk' if wrong else 'free'}")
    yield from _web(settings)
    for port in settings.agi.ports:
        wrong = _taken(settings.agi.host, port, socket.SOCK_STREAM)
        found = f"{settings.agi.host}:{port} is {wrong or 'free'}"
        if wrong == "in use":
            yield Check("agi.port", "warn", found, "nothing, if the portal runs; else choose another agi.port")
        else:
            yield Check("agi.port", "fail" if wrong else "ok", found, "choose another agi.host" if wrong else "")


def _web(settings: Settings) -> Iterator[Check]:
    web = settings.web
    if not web.enabled:
        return
    wrong = _taken(web.host, web.port, socket.SOCK_STREAM)
    found = f"{web.host}:{web.port} is {wrong or 'free'}"
    if wrong == "in use":
        yield Check("web.port", "warn", found, "nothing, if the portal runs; else choose another web.port")
    else:
        yield Check("web.port", "fail" if wrong else "ok", found, "choose another web.host" if wrong else "")


def voice_ports(settings: Settings) -> Iterator[Check]:
    """Enough of them, free as long as no Asterisk of ours has calls on them, and none the system gives away itself."""
    asterisk, key = settings.asterisk, "asterisk.rtp_start"
    wanted = range(asterisk.rtp_start, asterisk.rtp_end + 1)
    talks = len(wanted) // _PORTS_A_TALK
    span = f"{asterisk.rtp_start}-{asterisk.rtp_end}: {talks} conversations at a time"
    if talks < max(_FEW_TALKS, len(settings.phones)):
        yield Check(key, "warn", span, f"raise asterisk.rtp_end and render: a conversation needs {_PORTS_A_TALK} ports")
        return
    taken = [] if _runs(settings) else [port for port in wanted if _taken(asterisk.sip_host, port, socket.SOCK_DGRAM)]
    outgoing = _outgoing_ports()
    if taken:
        found = f"{span}, but other programs have {len(taken)} of the ports, {taken[0]} first"
        yield Check(key, "warn", found, "end them, or choose another range and render")
    elif outgoing and wanted.start <= outgoing[1] and outgoing[0] < wanted.stop:
        found = f"{span}, but the system gives {outgoing[0]}-{outgoing[1]} to any program that asks"
        yield Check(key, "warn", found, f"choose asterisk.rtp_start and rtp_end below {outgoing[0]} and render")
    else:
        yield Check(key, "ok", span)


def _runs(settings: Settings) -> bool:
    try:
        return asterisk_process(settings).status_now().running
    except AsteriskMissing:
        return False


def _outgoing_ports() -> tuple[int, int] | None:
    try:
        first, last = _OUTGOING.read_text().split()
    except (OSError, ValueError):
        return None  # a system that does not say
    return int(first), int(last)


def _configuration(settings: Settings, place: AsteriskPlace) -> Check:
    name, render = "asterisk configuration", "switchhook asterisk render, then switchhook asterisk reload"
    present = current_configuration(settings)
    if not present:
        return Check(name, "warn", "not rendered yet", "switchhook asterisk render")
    wanted = render_for(settings, place)
    old = sorted(
        file
        for file in {*wanted, *present}
        if (file not in present or wanted.get(file) != present[file])
        and not (file in _RENDERED_WITH_MORE and file in present)
    )
    if old:
        return Check(name, "warn", f"not what the settings say now: {', '.join(old)}", render)
    return Check(name, "ok", "rendered, and what the settings say")


def _running(settings: Settings, place: AsteriskPlace) -> Check:
    process = asterisk_process(settings, place)
    status = asyncio.run(process.status())
    if not status.running:
        return Check("asterisk process", "warn", "does not run", "switchhook asterisk start")
    if not status.booted:
        found = f"pid {status.pid} does not answer its console"
        return Check(
            "asterisk process", "fail", found, f"look into {process.log}; switchhook asterisk stop, then start"
        )
    if status.uid == 0:
        reason = process.account().reason or "it was started as root"
        mend = "put data_dir and the private Asterisk where other accounts get to, such as /var/lib and /var/cache"
        return Check("asterisk process", "warn", f"runs as root: {reason}", mend)
    return Check("asterisk process", "ok", f"runs (pid {status.pid}, user {status.uid})")


def _taken(host: str, port: int, kind: socket.SocketKind) -> str:
    """Why nothing could listen there, empty when something could."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:  # without this a port whose last calls have just ended looks taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return "in use" if error.errno == errno.EADDRINUSE else f"not to be had ({error.strerror})"
    return ""
