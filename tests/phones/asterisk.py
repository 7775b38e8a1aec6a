"""A real Asterisk for one test, with a configuration the test writes: free ports, a directory of its own, gone after.

The portal's own configuration comes from ``switchhook.asterisk``; this one is for trying the phones themselves and
for tests that want a bare Asterisk. Finding, starting and stopping is ``switchhook.asterisk``'s.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from pathlib import Path

from switchhook.asterisk.modules import NEEDED
from switchhook.asterisk.place import find_asterisk
from switchhook.asterisk.process import AsteriskProcess

from .ports import portion
from .tones import tone_wav

#: The address all SIPp callers call from.
CALLERS = "127.0.0.3"
_EXTRA = ("app_echo", "app_playtones", "app_senddtmf", "app_userevent", "app_verbose", "res_pjsip_header_funcs")


def free_port(address: str = "127.0.0.1", kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port nobody listens on at this moment; take it soon."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def free_rtp_range(size: int = 400) -> tuple[int, int]:
    """First and last of ``size`` ports for an Asterisk's RTP, chosen at random from 10000 to 20000; first is even.

    The phones' are above, and SIPp's above these: whoever looks for a free port must not find one that another's
    call takes a moment later.
    """
    first, end = portion(10000, 20000)
    low = random.randrange(first, end - size, 2)
    return low, low + size - 1


def also_trunk(*matches: str) -> str:
    """Text for the end of a pjsip.conf that has an endpoint ``trunk``: calls of test phones and callers are its calls.

    ``matches`` are ``desk.where`` (phones) and :data:`CALLERS` (SIPp callers). Without it only the address
    and port the configuration itself names is taken for the carrier.
    """
    return f"\n[trunk-of-the-tests]\ntype=identify\nendpoint=trunk\nmatch={','.join(matches)}\n"


class BareAsterisk:
    """An Asterisk of a test's own with endpoints ``trunk`` (by address) and any number of registering phones.

    ``extensions`` is the text of extensions.conf. ``trunk`` and ``carrier`` are ``host:port``: calls from either enter
    [from-trunk], and ``PJSIP/number@trunk`` goes to ``carrier``, or ``trunk`` without one. ``phones`` maps the user
    of each phone that may register to its password; their calls enter [from-phone].
    """

    def __init__(
        self,
        home: Path,
        extensions: str,
        *,
        trunk: str,
        phones: Mapping[str, str] | None = None,
        carrier: str = "",
        dtmf_mode: str = "rfc4733",
    ) -> None:
        """Write the configuration below ``home`` (an empty directory); nothing is started yet."""
        self.home = home
        self.port = free_port()
        #: ``host:port`` it takes SIP on.
        self.where = f"127.0.0.1:{self.port}"
        #: A WAV here plays as ``Playback(NAME)``.
        self.sounds = home / "sounds"
        self._place = find_asterisk()
        self._conf = home / "etc"
        self._conf.mkdir(parents=True)
        self._write(extensions, phones or {}, trunk, carrier, dtmf_mode)
        self.process = AsteriskProcess(self._place, self._conf)

    def tone(self, name: str, freq: int, seconds: float = 0.5) -> str:
        """Make a prompt ``name`` of one tone; returns what Playback and Read call it (a path without suffix)."""
        return str(tone_wav(freq, seconds, self.sounds / f"{name}.wav").with_suffix(""))

    def uri(self, number: str) -> str:
        """The SIP URI of an extension."""
        return f"sip:{number}@{self.where}"

    async def start(self) -> BareAsterisk:
        """Start it and wait until it is fully booted. Raises AsteriskUnavailable."""
        await self.process.start()
        return self

    async def stop(self) -> None:
        """End it at once, with all its calls."""
        await self.process.stop()

    async def __aenter__(self) -> BareAsterisk:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def cli(self, command: str) -> str:
        """What its console answers."""
        return await self.process.command(command)

    async def verbose(self, text: str) -> bool:
        """Whether the full log holds ``text`` by now; dialplans write there with ``Verbose(1,...)``."""
        return text in (self.home / "log" / "full").read_text(errors="replace")

    def _write(self, extensions: str, phones: Mapping[str, str], trunk: str, carrier: str, dtmf_mode: str) -> None:
        low, high = free_rtp_range()
        home = self.home
        directories = {
            "astetcdir": self._conf,
            "astmoddir": self._place.modules,
            "astdatadir": self._place.data,
            "astvarlibdir": home / "lib",
            "astdbdir": home / "lib",
            "astkeydir": home / "lib",
            "astspooldir": home / "spool",
            "astrundir": home / "run",
            "astlogdir": home / "log",
        }
        files = {
            "asterisk.conf": "[directories]\n"
            + "".join(f"{name} => {path}\n" for name, path in directories.items())
            + "[options]\nsystemname=test\nverbose=3\nnocolor=yes\ndocumentation_language=en_US\n",
            "modules.conf": "[modules]\nautoload=no\n"
            + "".join(f"load={name}\n" for name in [*NEEDED, *(f"{one}.so" for one in _EXTRA)]),
            "logger.conf": "[general]\n[logfiles]\nfull => notice,warning,error,verbose\n",
            "rtp.conf": f"[general]\nrtpstart={low}\nrtpend={high}\nicesupport=no\n",
            "extensions.conf": extensions,
            "pjsip.conf": _pjsip(self.port, phones, trunk, carrier, dtmf_mode),
        }
        for name, text in files.items():
            (self._conf / name).write_text(text, encoding="utf-8")
        for name in ("lib", "spool", "run", "log"):
            (home / name).mkdir(exist_ok=True)


def _pjsip(port: int, phones: Mapping[str, str], trunk: str, carrier: str, dtmf_mode: str) -> str:
    common = f"type=endpoint\ndisallow=all\nallow=ulaw,alaw\ndtmf_mode={dtmf_mode}\ndirect_media=no\nmedia_address=127.0.0.1\n"
    text = "[global]\ntype=global\nendpoint_identifier_order=username,ip\n"
    text += f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{port}\n"
    text += f"[trunk]\n{common}context=from-trunk\ntrust_id_inbound=yes\nsend_pai=yes\naors=trunk\n"
    text += "[trunk]\ntype=aor\n" + f"contact=sip:{carrier or trunk}\n"
    text += also_trunk(trunk, CALLERS, *([carrier] if carrier else []))
    for user, password in phones.items():
        text += f"[{user}]\n{common}context=from-phone\nauth={user}\naors={user}\n"
        text += f"[{user}]\ntype=auth\nauth_type=userpass\nusername={user}\npassword={password}\n"
        text += f"[{user}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
    return text
