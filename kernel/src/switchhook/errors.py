"""The one root of every error, and its branches."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import ClassVar


class SwitchhookError(Exception):
    """Something went wrong that a person can be told about.

    ``code`` is stable and meant for programs, ``str(error)`` is a sentence for
    people, and ``data`` carries the facts behind it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.data: Mapping[str, object] = data


class ConfigError(SwitchhookError):
    """The configuration cannot be used as it is."""

    code = "config"


class CallEnded(SwitchhookError):
    """The caller is gone; raised out of whatever the call was waiting for."""

    code = "call_ended"


class CallTaken(CallEnded):
    """Asterisk took the call back because this worker was silent too long.

    The caller may still be on the line, served by another worker or by the
    number's fallback: this worker must neither touch nor end the call.
    """

    code = "call_taken"


class AsteriskError(SwitchhookError):
    """Asterisk refused, misunderstood or broke off."""

    code = "asterisk"


class AsteriskUnavailable(AsteriskError):
    """No usable connection to Asterisk at this moment; nothing was sent or nothing is known of its fate."""

    code = "asterisk_unavailable"


class UnsafeText(AsteriskError):
    """A value that must not reach Asterisk: control characters, over-long, or not of its declared shape."""

    code = "unsafe_text"


class PluginError(SwitchhookError):
    """A plugin could not be loaded or did not keep its contract."""

    code = "plugin"


class FlowError(SwitchhookError):
    """A flow that cannot be read, or must not be published."""

    code = "flow"


class StoreError(SwitchhookError):
    """The store refused or could not be reached."""

    code = "store"


class NotFound(SwitchhookError):
    """No such thing, or not for whoever asks."""

    code = "not_found"


def near_match(word: str, known: Iterable[str]) -> str:
    """A hint such as ``" (did you mean 'workers'?)"``, or nothing when no known word is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
