"""The only way to words for AMI: typed headers in, checked header lines out.

Asterisk ends a header at a bare LF, starts a second action after an empty
line, splits an unquoted variable at commas, and drops lines over 1024 bytes
(manager.c). All of that is refused or quoted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from switchhook.errors import UnsafeText

from .plain_text import plain_bytes

#: The longest header line in bytes; manager.c reads lines into 1025 bytes.
MAX_LINE: Final = 1000
#: The most header lines of one action; manager.c keeps 128 (AST_MAX_MANHEADERS).
MAX_LINES: Final = 120

#: What each action may say. An action or header that is not here cannot be sent. Originate knows no
#: Application: what a call does is decided by the dialplan alone.
AMI_HEADERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        action: frozenset(headers.split())
        for action, headers in {
            "Login": "Username Secret AuthType Key Events",
            "Challenge": "AuthType",
            "Logoff": "",
            "Ping": "",
            "Events": "EventMask",
            "Filter": "Operation Filter",
            "CoreSettings": "",
            "CoreStatus": "",
            "CoreShowChannels": "",
            "Status": "Channel Variables AllVariables",
            "BridgeList": "BridgeType",
            "BridgeInfo": "BridgeUniqueid",
            "ConfbridgeList": "Conference",
            "ConfbridgeListRooms": "",
            "ConfbridgeKick": "Conference Channel",
            "ConfbridgeMute": "Conference Channel",
            "ConfbridgeUnmute": "Conference Channel",
            "ConfbridgeLock": "Conference",
            "ConfbridgeUnlock": "Conference",
            "QueueStatus": "Queue Member",
            "QueueSummary": "Queue",
            "QueueAdd": "Queue Interface Penalty Paused MemberName StateInterface",
            "QueueRemove": "Queue Interface",
            "QueuePause": "Interface Paused Queue Reason",
            "PJSIPShowEndpoints": "",
            "PJSIPShowContacts": "",
            "PJSIPShowRegistrationsOutbound": "",
            "ExtensionState": "Exten Context",
            "DeviceStateList": "",
            "Originate": "Channel Exten Context Priority Timeout CallerID Account EarlyMedia Async ChannelId"
            " OtherChannelId Codecs",
            "Hangup": "Channel Cause",
            "Redirect": "Channel ExtraChannel Exten ExtraExten Context ExtraContext Priority ExtraPriority",
            "Atxfer": "Channel Exten Context",
            "BlindTransfer": "Channel Exten Context",
            "Bridge": "Channel1 Channel2 Tone",
            "AbsoluteTimeout": "Channel Timeout",
            "Setvar": "Channel Variable Value",
            "Getvar": "Channel Variable",
            "PlayDTMF": "Channel Digit Duration Receive",
            "UserEvent": "UserEvent SwitchhookCall SwitchhookData",
        }.items()
    }
)

_WITH_VARIABLES: Final = frozenset({"Originate"})
_VARIABLE_NAME: Final = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,78}\Z")
_LAMP: Final = re.compile(r"DEVICE_STATE\(Custom:[a-z0-9]{1,40}\)\Z")
"""The one function that is set: it lights the lamp of a key."""
_ACTION_ID: Final = re.compile(r"[A-Za-z0-9_./:-]{1,128}\Z")


def ami_encode(
    action: str,
    fields: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    *,
    action_id: str = "",
) -> list[str]:
    """Give the header lines of one action, without line ends, ``Action:`` first.

    ``fields`` hold the action's own headers (see ``AMI_HEADERS``); empty values
    are sent as empty headers. ``variables`` become one quoted ``Variable:``
    line each, so that no value can set a second variable. ``action_id`` is ours
    alone and hence no field. Originate is always asynchronous: without
    ``Async: true`` its answer would block the AMI session, and panoramisk 1.4
    falls over.

    Raises UnsafeText for an action, header, variable name or action id that is
    not known or not well-formed, for control characters, for a value that
    begins with a blank (Asterisk would drop it), and for over-long messages.
    """
    if action not in AMI_HEADERS:
        raise UnsafeText(f"AMI action {action!r} is not one Switchhook sends", action=action)
    headers = dict(fields or {})
    if action == "Originate":
        headers.setdefault("Async", "true")
        if headers["Async"] != "true":
            raise UnsafeText("Originate must be asynchronous", action=action)
    lines = [f"Action: {action}"]
    if action_id:
        lines.append(_action_id_line(action_id))
    lines += [_header_line(action, name, value) for name, value in headers.items()]
    lines += [_variable_line(action, name, value) for name, value in (variables or {}).items()]
    if len(lines) > MAX_LINES:
        raise UnsafeText(f"AMI action {action} has {len(lines)} headers, at most {MAX_LINES} are read", action=action)
    return lines


def ami_variable(value: str) -> str:
    """Quote a value for the right side of ``Variable: NAME=``; the inverse of app.c's argument reader."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _action_id_line(action_id: str) -> str:
    if not _ACTION_ID.match(action_id):
        raise UnsafeText("an AMI action id holds only letters, digits and _ . / : -, at most 128")
    return f"ActionID: {action_id}"


def _header_line(action: str, name: str, value: str) -> str:
    if name not in AMI_HEADERS[action]:
        raise UnsafeText(f"AMI action {action} has no header {name!r}", action=action, header=name)
    if value[:1] == " ":
        raise UnsafeText(f"AMI header {name} begins with a blank, which Asterisk drops", action=action, header=name)
    if name.startswith("Channel") and value[:1] == "/":
        raise UnsafeText(f"AMI header {name} is a pattern, which would mean every channel it matches", action=action)
    if name == "Variable" and not _VARIABLE_NAME.match(value) and not (action == "Setvar" and _LAMP.match(value)):
        raise UnsafeText(f"{value!r} is not the name of a channel variable", action=action, header=name)
    return _bounded(f"{name}: {value}", f"AMI header {name}")


def _variable_line(action: str, name: str, value: str) -> str:
    if action not in _WITH_VARIABLES:
        raise UnsafeText(f"AMI action {action} takes no variables", action=action)
    if not _VARIABLE_NAME.match(name):
        raise UnsafeText(f"{name!r} is not the name of a channel variable", action=action)
    return _bounded(f"Variable: {name}={ami_variable(value)}", f"AMI variable {name}")


def _bounded(line: str, what: str) -> str:
    size = len(plain_bytes(line, what))
    if size > MAX_LINE:
        raise UnsafeText(f"{what} is {size} bytes long, at most {MAX_LINE} fit", what=what, size=size)
    return line
