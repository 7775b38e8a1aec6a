"""Browsers that are too old for parts of the portal: they get a notice, and pages that work all the same."""

from __future__ import annotations

import re
from typing import Final

_OLDEST: Final = (("Edg/", 112), ("OPR/", 98), ("Chrome/", 112), ("Firefox/", 115), ("Version/", 16))
"""What a browser calls itself, the first that fits, and the oldest version that knows all that pages use."""


def is_old(agent: str) -> bool:
    """Whether a browser is known to be too old; one that is not known is believed to be current."""
    if "MSIE " in agent or "Trident/" in agent:
        return True
    for name, oldest in _OLDEST:
        if found := re.search(re.escape(name) + r"(\d{1,4})", agent):
            return int(found[1]) < oldest
    return False
