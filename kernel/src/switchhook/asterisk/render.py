"""The whole configuration of one Asterisk, from the settings alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import attrs

from switchhook.asterisk.conf_text import file_text, safe_value, section
from switchhook.asterisk.dialplan import extensions_conf
from switchhook.asterisk.fallback import NumberFallback
from switchhook.asterisk.incall import features_conf
from switchhook.asterisk.manager import manager_conf
from switchhook.asterisk.modules import modules_conf
from switchhook.asterisk.music import musiconhold_conf
from switchhook.asterisk.pjsip import pjsip_conf
from switchhook.asterisk.records import CDR_FILE, CEL_FILE, record_files
from switchhook.asterisk.rooms import confbridge_conf
from switchhook.asterisk.subroutines import RECORDINGS
from switchhook.config import Settings

MESSAGES_FILE = "messages.log"
"""Asterisk's warnings and errors, in its log directory."""
DEFAULT_APOLOGY = "an-error-has-occurred"
"""One of Asterisk's own sounds: there even when nothing of ours is."""


@attrs.frozen
class AsteriskPaths:
    """Where one Asterisk keeps its things: everything below ``base``, as Asterisk sees it.

    With a private root the same path lies inside that root: :meth:`on_host` says where the portal finds it.
    """

    base: PurePosixPath
    root: str = ""

    @classmethod
    def of(cls, settings: Settings) -> AsteriskPaths:
        """The directory ``asterisk`` in the data directory."""
        return cls(PurePosixPath(settings.data_dir) / "asterisk", settings.asterisk.root)

    def on_host(self, path: PurePosixPath) -> Path:
        """``path`` of Asterisk's as the portal finds it."""
        return Path(f"{self.root.rstrip('/')}{path}")

    @property
    def conf(self) -> PurePosixPath:
        """The configuration in use: what ``asterisk -C <conf>/asterisk.conf`` is started with."""
        return self.base / "conf" / "current"

    @property
    def run(self) -> PurePosixPath:
        """Process id and control socket."""
        return self.base / "run"

    @property
    def log(self) -> PurePosixPath:
        """Messages, and the CEL and CDR spools."""
        return self.base / "log"

    @property
    def spool(self) -> PurePosixPath:
        """Recordings in the making."""
        return self.base / "spool"

    @property
    def recordings(self) -> PurePosixPath:
        """Where Asterisk writes what callers say: one file each, taken from here once it is whole."""
        return self.spool / RECORDINGS

    @property
    def lib(self) -> PurePosixPath:
        """Asterisk's own small database."""
        return self.base / "lib"

    @property
    def cel_spool(self) -> PurePosixPath:
        """The file every event of every channel is appended to (columns: ``records.CEL_COLUMNS``)."""
        return self.log / "cel-custom" / CEL_FILE

    @property
    def cdr_spool(self) -> PurePosixPath:
        """The file every finished call is appended to (columns: ``records.CDR_COLUMNS``)."""
        return self.log / "cdr-custom" / CDR_FILE

    @property
    def writable(self) -> tuple[PurePosixPath, ...]:
        """The directories that must exist and belong to Asterisk's account before it starts."""
        return (self.run, self.log, self.spool, self.recordings, self.lib, self.cel_spool.parent, self.cdr_spool.parent)


def render(
    settings: Settings,
    numbers: Sequence[NumberFallback] = (),
    *,
    apology: str = DEFAULT_APOLOGY,
    sounds: Iterable[str] = (),
    ringing: str = "",
) -> Mapping[str, str]:
    """Every file of Asterisk's configuration, name to text. Pure: the same settings give the same text.

    ``numbers`` are the static fallbacks, ``apology`` the sound for every other number, ``sounds`` the names
    of those that can be waited by, ``ringing`` that of the ringing tone (empty: silence).

    Raises ConfigError naming the setting whose value would break or change a line.
    """
    paths = AsteriskPaths.of(settings)
    return {
        "asterisk.conf": _asterisk_conf(settings, paths),
        "modules.conf": modules_conf(settings.asterisk.extra_modules),
        "pjsip.conf": pjsip_conf(settings),
        "rtp.conf": _rtp_conf(settings),
        "manager.conf": manager_conf(settings),
        "extensions.conf": extensions_conf(settings, numbers, apology),
        "confbridge.conf": confbridge_conf(),
        "minivm.conf": _MINIVM,
        "musiconhold.conf": musiconhold_conf(sounds, ringing),
        **record_files(),
        **_FIXED,
    }


def _asterisk_conf(settings: Settings, paths: AsteriskPaths) -> str:
    base = safe_value(str(paths.base), "data_dir")
    conf = f"{base}/conf/current"
    return file_text(
        section(
            "directories",
            [
                ("astetcdir", conf),
                ("astrundir", str(paths.run)),
                ("astlogdir", str(paths.log)),
                ("astspooldir", str(paths.spool)),
                ("astvarlibdir", str(paths.lib)),
                ("astdbdir", str(paths.lib)),
                ("astkeydir", str(paths.lib)),
                ("astagidir", str(paths.lib / "agi-bin")),
                ("astdatadir", safe_value(settings.asterisk.data, "asterisk.data")),
            ],
        ),
        section(
            "options",
            [
                ("systemname", settings.asterisk.systemname),
                ("live_dangerously", "no"),
                ("defaultlanguage", settings.portal.language),
                ("hideconnect", "yes"),
                ("documentation_language", "en_US"),
                ("timestamp", "yes"),
            ],
        ),
    )


def _rtp_conf(settings: Settings) -> str:
    asterisk = settings.asterisk
    return file_text(
        section(
            "general",
            [
                ("rtpstart", str(asterisk.rtp_start)),
                ("rtpend", str(asterisk.rtp_end)),
                ("icesupport", "no"),
                ("strictrtp", "yes"),
            ],
        )
    )


_MINIVM = file_text(section("general", [("mailcmd", "/bin/false"), ("externnotify", "")]))
"""It is there for lamps alone, and must run nothing."""

_FIXED: Mapping[str, str] = {
    # Warnings and errors only: notices and verbose lines hold callers' numbers and names.
    "logger.conf": file_text(
        section("general", [("dateformat", "%F %T.%3q"), ("queue_log", "no")]),
        f"[logfiles]\n{MESSAGES_FILE} => warning,error\n",
    ),
    "features.conf": features_conf(),
    "pjproject.conf": file_text(),
    # Announced inside Asterisk for every step of every call, and listened to by nobody: not the records, not the portal.
    "stasis.conf": file_text(
        section("threadpool", []),
        section(
            "declined_message_types",
            [
                ("decline", f"{kind}_type")
                for kind in (
                    "ast_channel_varset",
                    "ast_rtp_rtcp_sent",
                    "ast_rtp_rtcp_received",
                    "agi_exec_start",
                    "agi_exec_end",
                )
            ],
        ),
    ),
    "udptl.conf": file_text(section("general", [])),
    "ccss.conf": file_text(section("general", [])),
    "acl.conf": file_text(),
    "indications.conf": file_text(
        section("general", [("country", "de")]),
        section(
            "de",
            [
                ("description", "Germany"),
                ("ringcadence", "1000,4000"),
                ("dial", "425"),
                ("busy", "425/480,0/480"),
                ("ring", "425/1000,0/4000"),
                ("congestion", "425/240,0/240"),
            ],
        ),
    ),
}
