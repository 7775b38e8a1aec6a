"""SIPp scenarios made from small pieces: how a carrier treats a call, and how its callers behave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import attrs

from .pcap import Media

_TAG = "tag=[pid]SIPpTag01[call_number]"
_SDP = """v=0
o=sipp 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio {port} RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv"""


@attrs.frozen
class Answer:
    """Ring for ``after`` seconds, answer, and echo all voice back; hang up after ``hold`` seconds (None: never).

    With ``freq`` a tone is sent for 30 s instead (needs root: SIPp plays captures through a raw socket).
    """

    after: float = 0
    hold: float | None = None
    freq: float | None = None


@attrs.frozen
class Refuse:
    """Answer with ``status`` (400-699), after ringing for ``after`` seconds when that is more than 0."""

    status: int
    after: float = 0


@attrs.frozen
class Redirect:
    """Answer with ``status`` (300-399): the caller is to try ``contact``, a SIP URI, instead."""

    contact: str
    status: int = 302


@attrs.frozen
class Ring:
    """180 and then nothing until the caller gives up."""


@attrs.frozen
class Silent:
    """No answer of any kind, not even 100, as from a carrier that has gone."""


Behaviour = Answer | Refuse | Redirect | Ring | Silent


def _send(text: str, *, retrans: bool = False, sdp: str = "", attributes: str = "") -> str:
    body = f"Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}" if sdp else "Content-Length: 0\n"
    again = ' retrans="500"' if retrans else ""
    return f"<send{again}{attributes}><![CDATA[\n{text}\n{body}\n]]></send>\n"


_HERE = "sip:[local_ip]:[local_port]"


def _response(
    status: int, reason: str = "Said", *, cseq: str = "[last_CSeq:]", sdp: str = "", contact: str = _HERE
) -> str:
    text = f"SIP/2.0 {status} {reason}\n[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:];{_TAG}\n[last_Call-ID:]\n{cseq}"
    return _send(f"{text}\nContact: <{contact}>", retrans=status >= 200 and bool(sdp), sdp=sdp)


def _within(sdp: str = "") -> str:
    """200 to a request within the call, whose To has the tag already."""
    text = "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]"
    return _send(f"{text}\nContact: <{_HERE}>", retrans=bool(sdp), sdp=sdp)


def _cancelled() -> str:
    return (
        _response(200, "OK")
        + _response(487, "Request Terminated", cseq="CSeq: [last_cseq_number] INVITE")
        + '<recv request="ACK"/>\n<nop next="over"/>\n'
    )


def _wait_for_cancel(seconds: float, label: str) -> str:
    return f'<recv request="CANCEL" timeout="{round(seconds * 1000)}" ontimeout="{label}"/>\n{_cancelled()}<label id="{label}"/>\n'


def _treat(behaviour: Behaviour, label: str, media: Mapping[float, Path]) -> str:
    if isinstance(behaviour, Silent):
        return f'<recv request="CANCEL"/>\n{_cancelled()}'
    if isinstance(behaviour, Ring):
        return f'{_response(180, "Ringing")}<recv request="CANCEL"/>\n{_cancelled()}'
    if isinstance(behaviour, Redirect):
        moved = _response(behaviour.status, "Moved", contact=behaviour.contact)
        return f'{moved}<recv request="ACK"/>\n<nop next="over"/>\n'
    ring = _response(180, "Ringing") + _wait_for_cancel(behaviour.after, f"{label}_now") if behaviour.after > 0 else ""
    if isinstance(behaviour, Refuse):
        return f'{ring}{_response(behaviour.status, "Refused")}<recv request="ACK"/>\n<nop next="over"/>\n'
    return ring + _answer(behaviour, label, media)


def _answer(behaviour: Answer, label: str, media: Mapping[float, Path]) -> str:
    sdp = _SDP.format(port="[media_port]")
    text = _response(200, "OK", sdp=sdp) + '<recv request="ACK"/>\n'
    if behaviour.freq is not None:
        text += _play(media[behaviour.freq])
    text += _talk(label, behaviour.hold, sdp)
    bye = (
        "BYE [$contact] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From:[$callee];{_TAG}\nTo:[$caller]\nCall-ID: [call_id]\nCSeq: 1 BYE\nMax-Forwards: 70"
    )
    return f'{text}{_send(bye, retrans=True)}<recv response="200"/>\n<nop next="over"/>\n'


def _talk(label: str, hold: float | None, sdp: str) -> str:
    """Wait for BYE, agree to re-INVITEs (Asterisk tells so whom one is connected with); after ``hold`` s go on."""
    end = "" if hold is None else f' timeout="{round(hold * 1000)}" ontimeout="{label}_bye"'
    return (
        f'<label id="{label}_talk"/>\n<recv request="INVITE" optional="true" next="{label}_again"{end}/>\n'
        f'<recv request="BYE"{end}/>\n{_within()}<nop next="over"/>\n'
        f'<label id="{label}_again"/>\n{_within(sdp)}<recv request="ACK"/>\n'
        f'<nop next="{label}_talk"/>\n<label id="{label}_bye"/>\n'
    )


def _play(path: Path) -> str:
    return f"<nop><action><exec play_pcap_audio={quoteattr(str(path))}/></action></nop>\n"


def carrier_xml(default: Behaviour, numbers: Mapping[str, Behaviour], media: Mapping[float, Path]) -> str:
    """The scenario of a carrier that treats the ``numbers`` (user part of the request URI) their own way.

    ``media`` has a capture for every ``freq`` in use.
    """
    found = "".join(
        f'<ereg regexp="^INVITE sip:{re.sub("[^0-9A-Za-z]", lambda odd: f"[{odd[0]}]", number)}@" search_in="msg" '
        f'assign_to="is{index}"/>\n'
        for index, number in enumerate(numbers)
    )
    found += '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>\n'
    found += '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="callee"/>\n'
    found += '<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>\n'
    text = f'<recv request="INVITE"><action>\n{found}</action></recv>\n<Reference variables="caller,callee,contact"/>\n'
    text += "".join(f'<nop next="to{index}" test="is{index}"/>\n' for index in range(len(numbers)))
    text += _treat(default, "else", media)
    for index, behaviour in enumerate(numbers.values()):
        text += f'<label id="to{index}"/>\n{_treat(behaviour, f"to{index}", media)}'
    return _document(text + '<label id="over"/>\n<nop/>\n<timewait milliseconds="50"/>\n')


def register_xml(user: str, password: str) -> str:
    """The scenario of a phone that registers as ``user`` for ten minutes at the address it sends from."""
    line = f"<sip:{user}@[remote_ip]:[remote_port]>"
    same = (
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From: {line};tag=[pid]SIPpTag02[call_number]\nTo: {line}\nCall-ID: [call_id]\nMax-Forwards: 70\n"
        f"Contact: <sip:{user}@[local_ip]:[local_port]>\nExpires: 600\nCSeq: [cseq] REGISTER"
    )
    text = _send(same, retrans=True) + '<recv response="401" auth="true"/>\n'
    text += _send(f"{same}\n[authentication username={user} password={password}]", retrans=True)
    return _document(text + '<recv response="200"/>\n')


def caller_xml(media: Media, stream: Path, patience: float, headers: int) -> str:
    """The scenario of callers; caller and called number are fields 0 and 1 of the injected file.

    The From header is the keyword ``from`` or made of field 0; ``headers`` keywords ``h0`` ... are further headers.
    """
    sdp = _SDP.format(port="[auto_media_port]")
    if media.by == "inband":  # whoever offers telephone-event is not listened to for tones
        sdp = re.sub(r" 101$|a=(rtpmap|fmtp):101 .*\n", "", sdp, flags=re.MULTILINE)
    more = "".join(f"\n[h{index}]" for index in range(headers))
    to = "To: <sip:[field1]@[remote_ip]:[remote_port]>"
    same = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom: [from][field0][tail];tag=[pid]SIPpTag00[call_number]\n"
    rest = "Call-ID: [call_id]\nMax-Forwards: 70\nContact: <sip:[field0]@[local_ip]:[local_port]>"
    first = same.replace(
        "[branch]", "z9hG4bK-[pid]-[call_number]-first"
    )  # INVITE, its CANCEL and its ACK have one branch
    target = "sip:[field1]@[remote_ip]:[remote_port]"
    text = _send(
        f"INVITE {target} SIP/2.0\n{first}{to}\n{rest}\nCSeq: 1 INVITE{more}",
        retrans=True,
        sdp=sdp,
    )
    # SIPp looks at the time limit of the message it stands at, which may be any of the optional ones.
    limit = f' timeout="{round(patience * 1000)}" ontimeout="cancel"'
    text += "".join(f'<recv response="{code}" optional="true"{limit}/>\n' for code in (100, 180, 181, 183))
    text += "".join(
        f'<recv response="{code}" optional="true" next="refused"{limit}/>\n'
        for code in (401, 403, 404, 408, 410, 480, 482, 484, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603, 606)
    )
    text += f'<recv response="200" rrs="true"{limit}/>\n'
    text += _send(f"ACK [next_url] SIP/2.0\n{same}[last_To:]\n{rest}\nCSeq: 1 ACK\n[routes]") + _play(stream)
    inside = f"{same}[last_To:]\n{rest}\nCSeq: [cseq]"
    text += _info_keys(media, inside)
    text += _talk("caller", media.seconds, sdp)
    text += _send(f"BYE [next_url] SIP/2.0\n{inside} BYE\n[routes]", retrans=True)
    text += '<recv response="200"/>\n<nop next="over"/>\n<label id="cancel"/>\n'
    text += _send(f"CANCEL {target} SIP/2.0\n{first}{to}\n{rest}\nCSeq: 1 CANCEL", retrans=True)
    text += '<recv response="200"/>\n<recv response="487"/>\n<label id="refused"/>\n'
    text += _send(f"ACK {target} SIP/2.0\n{first}[last_To:]\n{rest}\nCSeq: 1 ACK")
    return _document(text + '<label id="over"/>\n<nop/>\n<timewait milliseconds="50"/>\n')


def _info_keys(media: Media, inside: str) -> str:
    if media.by != "info" or not media.keys:
        return ""
    text = f'<pause milliseconds="{round(media.keys_at * 1000)}"/>\n'
    for key in media.keys:
        relay = f"Signal={key}\nDuration=100\n"
        head = f"INFO [next_url] SIP/2.0\n{inside} INFO\n[routes]\nContent-Type: application/dtmf-relay\nContent-Length: [len]"
        text += f'<send retrans="500"><![CDATA[\n{head}\n\n{relay}\n]]></send>\n<recv response="200"/>\n<pause milliseconds="200"/>\n'
    return text


def _document(text: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="switchhook">\n{text}</scenario>\n'
