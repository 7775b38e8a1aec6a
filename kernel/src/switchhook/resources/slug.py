"""Ids that people can type."""

from __future__ import annotations

import re
import unicodedata


def slug(title: str) -> str:
    """``Büro Köln 2`` as ``buero-koeln-2``: an id a person can type."""
    text = title.casefold()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, written)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-")
