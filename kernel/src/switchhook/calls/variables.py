"""A flow's variables as one word that a channel keeps."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Final

from ..errors import FlowError

MAX_VARIABLES: Final = 1000  # bytes; Asterisk cuts what GET VARIABLE gives at 1023


def pack_variables(variables: Mapping[str, str]) -> str:
    """Variables as one word of base64url, safe on the wire; raises ``FlowError`` above 1000 bytes or for no texts."""
    odd = [name for name, value in variables.items() if not isinstance(name, str) or not isinstance(value, str)]
    if odd:
        raise FlowError(f"a flow's variables are texts, {', '.join(map(repr, odd))} is not", names=odd)
    packed = base64.urlsafe_b64encode(json.dumps(dict(variables), separators=(",", ":")).encode()).decode()
    packed = packed.replace("=", ".")
    if len(packed) > MAX_VARIABLES:
        raise FlowError(
            f"the flow's variables need {len(packed)} bytes on the channel, at most {MAX_VARIABLES} fit; "
            "keep less text in them",
            names=sorted(variables),
        )
    return packed


def unpack_variables(word: str) -> dict[str, str]:
    """The variables behind a word made by :func:`pack_variables`; raises ``FlowError`` on anything else."""
    if not word:
        return {}
    try:
        parsed = json.loads(base64.urlsafe_b64decode(word.replace(".", "=").encode()))
    except ValueError as error:
        raise FlowError("the variables kept on the channel cannot be read", word=word) from error
    if not isinstance(parsed, dict) or not all(isinstance(v, str) for v in parsed.values()):
        raise FlowError("the variables kept on the channel are not names and texts", word=word)
    return parsed
