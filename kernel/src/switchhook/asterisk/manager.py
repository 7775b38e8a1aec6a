"""The manager interface: one account, with the least rights the portal can live on (SEC07)."""

from __future__ import annotations

from typing import Final

from switchhook.asterisk.conf_text import file_text, safe_value, section
from switchhook.config import Settings

READ: Final = "system,call,user,cdr"
"""``system`` is where FullyBooted and Shutdown are told; the event filter lets nothing else of it through."""
WRITE: Final = "originate,call,reporting"
"""Place calls, end and inspect them. Never ``system``, ``command`` or ``config``: those reach shell and files."""
EVENTS: Final = (
    "FullyBooted",
    "Shutdown",
    "Newchannel",
    "Newstate",
    "Hangup",
    "DialBegin",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "ConfbridgeJoin",
    "ConfbridgeLeave",
    "ConfbridgeMute",
    "ConfbridgeUnmute",
    "OriginateResponse",
    "UserEvent",
    "Cdr",
)
"""The events the portal is sent: each one more costs every call."""

DISABLED: Final = (
    "AGIExecEnd",
    "AGIExecStart",
    "BridgeCreate",
    "BridgeDestroy",
    "ChallengeSent",
    "ContactStatus",
    "DTMFBegin",
    "DTMFEnd",
    "DeviceStateChange",
    "DialState",
    "ExtensionStatus",
    "HangupRequest",
    "MusicOnHoldStart",
    "MusicOnHoldStop",
    "NewAccountCode",
    "NewCallerid",
    "NewConnectedLine",
    "Newexten",
    "PeerStatus",
    "PresenceStatus",
    "RTCPReceived",
    "RTCPSent",
    "SoftHangupRequest",
    "SuccessfulAuth",
    "VarSet",
)
"""What Asterisk makes up most often and nobody here is sent. A filter alone looks at each one only after it is written
and the connection's thread is awake: a fifth of Asterisk's work for a call (measured, docs/benchmarks.md)."""


def manager_conf(settings: Settings) -> str:
    """The text of manager.conf. Raises ConfigError for a secret that would break its line."""
    ami = settings.ami
    filters = "".join(f"eventfilter(name({event})) =\n" for event in EVENTS)
    return file_text(
        section(
            "general",
            [
                ("enabled", "yes"),
                ("webenabled", "no"),
                ("bindaddr", ami.host),
                ("port", str(ami.port)),
                ("displayconnects", "no"),
                ("authtimeout", "5"),
                ("authlimit", "10"),
                ("timestampevents", "yes"),
                ("disabledevents", ",".join(DISABLED)),
            ],
        ),
        section(
            ami.user,
            [
                ("secret", safe_value(ami.secret.reveal(), "ami.secret")),
                ("read", READ),
                ("write", WRITE),
                ("writetimeout", "5000"),
            ],
        )
        + filters,
    )
