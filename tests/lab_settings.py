"""The settings of a lab: a tenant, phones, perhaps a trunk, and ports nobody else uses."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from phones import free_port, free_rtp_range

from switchhook.config import Settings, default_toml, load_settings, make_secrets

TENANT = "acme"
NUMBER = "+4922155500"
PASSWORD = "a-password-of-the-tests"


def lab_settings(
    home: Path,
    phones: Sequence[str],
    trunk_port: int,
    matches: Sequence[str],
    store_url: str,
    workers: int,
    *,
    web: bool = False,
    more: str = "",
) -> Settings:
    """Make the directory and its file ``switchhook.toml``, which ends with ``more``; calls also come in from ``matches``."""
    data = home / "data"
    data.mkdir(parents=True)
    make_secrets(data)
    low, high = free_rtp_range(1000)
    text = default_toml(
        data,
        systemname=f"lab{os.getpid()}"[:16],
        agi_port=_agi_port(workers),
        ami_port=tcp_port(),
        sip_port=free_port(),
        rtp_start=low,
        rtp_end=high,
        web_port=tcp_port(),
    )
    if not web:
        text = text.replace("# enabled = true", "enabled = false")  # a lab's calls share the machine with nobody
    text = text.replace('# tenant = "main"', f'tenant = "{TENANT}"').replace("# workers = 1", f"workers = {workers}")
    if store_url:
        text = text.replace("[store]\n", f"[store]\nurl = {json.dumps(store_url)}\n")
    for place, name in enumerate(phones):
        text += f'\n[phones.{name}]\nextension = "{201 + place}"\nsecret = "{PASSWORD}"\n'
    if trunk_port or matches:
        trunk_port = trunk_port or free_port()
        text += f'\n[trunk]\nhost = "127.0.0.1"\nport = {trunk_port}\ncaller_id = "{NUMBER}"\n'
        text += f"also_from = {json.dumps(list(matches))}\n"
    text += "\n[spending]\nat_once = 0\nnumbers_per_hour = 0\nnew_country_calls = 0\n"  # a lab's crowds are many
    file = home / "switchhook.toml"
    file.write_text(text + more)
    return load_settings(file, {})


def tcp_port() -> int:
    """A port nobody listens on at this moment."""
    return free_port(kind=socket.SOCK_STREAM)


def _agi_port(workers: int) -> int:
    """A port with enough free ones behind it."""
    while True:
        first = tcp_port()
        if first + workers > 65000:
            continue
        with ExitStack() as stack:
            try:
                for port in range(first, first + workers):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
