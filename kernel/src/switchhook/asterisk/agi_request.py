"""What Asterisk tells when it hands over a call."""

from __future__ import annotations

import hmac
from typing import Final

import attrs

from switchhook.errors import AsteriskError

_MAX_ARGUMENTS: Final = 127


@attrs.frozen
class AgiRequest:
    """A call's introduction, read from the AGI environment.

    ``args`` are the dialplan's arguments behind the secret. Where Asterisk
    says ``unknown``, the field is empty. ``presentation`` is the Q.931 number
    presentation byte (0 to 255; 32 to 35 mean suppressed). Names and numbers
    come from the network: they are whatever somebody wrote there.
    """

    path: str
    args: tuple[str, ...] = ()
    uniqueid: str = ""
    channel: str = ""
    caller_number: str = ""
    caller_name: str = ""
    presentation: int = 0
    dnid: str = ""
    extension: str = ""
    context: str = ""
    language: str = ""
    rdnis: str = ""


def parse_request(block: bytes, secret: str) -> AgiRequest:
    """Read the environment block (without its closing empty line) and check the secret.

    The first argument must be ``secret``; it is compared in constant time and
    left out of the result. Bytes that are no UTF-8 are replaced. Raises
    AsteriskError for a block without a route, with a repeated header (somebody
    put a line end into a name), or with the wrong secret; the secret and what
    stood in its place are in no error.
    """
    headers = _headers(block.decode("utf-8", "replace"))
    args = _arguments(headers)
    offered = args[0] if args else ""
    if not hmac.compare_digest(offered.encode(), secret.encode()):
        raise AsteriskError("an AGI request without the right secret")
    if "agi_network_script" not in headers:
        raise AsteriskError("an AGI request that names no route")
    presentation = headers.get("agi_callingpres", "")
    return AgiRequest(
        path=headers["agi_network_script"].partition("?")[0].strip("/"),
        args=args[1:],
        uniqueid=headers.get("agi_uniqueid", ""),
        channel=headers.get("agi_channel", ""),
        caller_number=_known(headers, "agi_callerid"),
        caller_name=_known(headers, "agi_calleridname"),
        presentation=int(presentation) if presentation.isascii() and presentation.isdigit() else 0,
        dnid=_known(headers, "agi_dnid"),
        extension=headers.get("agi_extension", ""),
        context=headers.get("agi_context", ""),
        language=headers.get("agi_language", ""),
        rdnis=_known(headers, "agi_rdnis"),
    )


def _headers(text: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(": ")
        if not colon or not name.startswith("agi_"):
            raise AsteriskError("an AGI environment with a line that is no header")
        if name in headers:
            raise AsteriskError("an AGI environment with a repeated header", header=name)
        headers[name] = value
    return headers


def _arguments(headers: dict[str, str]) -> tuple[str, ...]:
    args = []
    for number in range(1, _MAX_ARGUMENTS + 1):
        value = headers.get(f"agi_arg_{number}")
        if value is None:
            break
        args.append(value)
    return tuple(args)


def _known(headers: dict[str, str], name: str) -> str:
    value = headers.get(name, "")
    return "" if value == "unknown" else value
