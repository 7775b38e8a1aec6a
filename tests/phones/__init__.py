"""Real telephones for the tests: phones (baresip), carriers (SIPp), tones and a running Asterisk.

Fixtures are in ``tests/conftest.py``: ``phones``, this test's telephones, and ``desk``, the process they all live in.
Everything else is imported from here.
"""

from .asterisk import CALLERS, BareAsterisk, also_trunk, free_port, free_rtp_range
from .carrier import Callers, Carrier
from .exchange import Desk, PhoneError
from .pcap import Media
from .phone import Phone, Phones
from .phone_call import Ended, PhoneCall
from .scenario import Answer, Redirect, Refuse, Ring, Silent
from .sip_log import CallResult, SipMessage
from .tones import RATE, TONES, Heard, heard, tone, tone_wav, tones_of

__all__ = [
    "CALLERS",
    "RATE",
    "TONES",
    "Answer",
    "BareAsterisk",
    "CallResult",
    "Callers",
    "Carrier",
    "Desk",
    "Ended",
    "Heard",
    "Media",
    "Phone",
    "PhoneCall",
    "PhoneError",
    "Phones",
    "Redirect",
    "Refuse",
    "Ring",
    "Silent",
    "SipMessage",
    "also_trunk",
    "free_port",
    "free_rtp_range",
    "heard",
    "tone",
    "tone_wav",
    "tones_of",
]
