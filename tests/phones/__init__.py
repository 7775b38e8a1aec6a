"""Real telephones for the tests: phones (baresip), carriers (SIPp), tones and a running Asterisk.

Fixtures are in ``tests/conftest.py``: ``phones``, this test's telephones, and ``desk``, the process they all live in.
Everything else is imported from here.
"""

from .exchange import Desk, PhoneError
from .phone import Phone, Phones
from .phone_call import Ended, PhoneCall
from .tones import TONES, Heard, heard, tone, tone_wav, tones_of

__all__ = [
    "TONES",
    "Desk",
    "Ended",
    "Heard",
    "Phone",
    "PhoneCall",
    "PhoneError",
    "Phones",
    "heard",
    "tone",
    "tone_wav",
    "tones_of",
]
