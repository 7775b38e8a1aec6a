"""The second line: goes over what a bundle is about to say, for what looks like an address or a number, and for known secrets.

What values are is decided where they are told (:mod:`.masking`); this is for texts of the program's own that carry
something along, such as what a mail server said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

_GONE: Final = "***"
_SHORTEST: Final = 4
_PART: Final = r"[^\s\"'<>@,;:()\[\]\\]"
_MAIL: Final = re.compile(rf"(?<!{_PART}){_PART}+@{_PART}+")
_FOREIGN: Final = r"\+[ ]?[1-9](?:[ ()/.\-]{0,2}\d){5,14}"
_NATIONAL: Final = r"(?<!\d)(?<!\d[.:\-])(?<![0-9a-fA-F]{4})00?[1-9](?:[ ()/.\-]?\d){5,14}"
_BARE: Final = r"(?<![\w.])[1-9]\d{9,14}(?![\w.])"
_NUMBER: Final = re.compile(f"{_FOREIGN}|{_NATIONAL}|{_BARE}")


def sweep(text: str, known: Iterable[str] = ()) -> str:
    """``text`` without mail addresses, without what could be a number to call, and without the ``known`` secrets."""
    for one in sorted(known, key=len, reverse=True):
        for spelling in {one, json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1], quote(one, safe="")}:
            if len(spelling) >= _SHORTEST:
                text = text.replace(spelling, _GONE)
    return _NUMBER.sub(_GONE, _MAIL.sub(_GONE, text))
