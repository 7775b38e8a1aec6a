"""What an in-call feature is: the base of every one, first-party and third-party alike."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import attrs

from ..calls.in_call import CODE
from ..calls.served import After, Served
from ..resources.resource import FLOW, Resource
from ..schema import Label, a_line, setting

_SHAPE: Final = Label("* oder # und ein oder zwei Ziffern, etwa *2", "* or # and one or two digits, such as *2")
_SHORT: Final = 24


@attrs.frozen
class InCallFeature(Resource):
    """Base of all in-call features: a resource with a key code, and what happens when that is pressed.

    Each one a tenant keeps is on in all talks whose module lets whoever takes
    the call press keys (``DialPlan(in_call=True)``), or only in those of
    ``flows``. Only the served party can press it, never the caller. A
    subclass declares its field ``code`` with :func:`in_call_code`. ``after`` is
    how many keys may follow the code; they are read before :meth:`run` is
    asked. Like a module it is a value without state.
    """

    after: ClassVar[int] = 0

    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    flows: tuple[str, ...] = setting(
        "references",
        "Nur in diesen Abläufen",
        "Only in these flows",
        to=FLOW,
        default=(),
        help=Label(
            "Leer: in allen Gesprächen, deren Weiterleitung Zusatzfunktionen zulässt.",
            "Empty: in all talks whose forwarding allows in-call keys.",
        ),
    )

    def keys_after(self) -> int:
        """How many keys may follow the code."""
        return self.after

    async def run(self, served: Served, keys: str) -> After:
        """Do what the key is for and say what becomes of the talk: ``TalkGoesOn`` or ``TalkOver``.

        ``keys`` are those that followed the code, ``served.session`` is the
        caller's session. ``CallEnded`` must pass; so may ``ServedLeft``. After
        any other exception the talk goes on.
        """
        raise TypeError(f"in-call feature {type(self).kind!r} cannot run")


def in_call_code(usual: str) -> Any:
    """The field ``code`` of an in-call feature, with the one it usually has."""
    return setting(
        "text",
        "Tastencode",
        "Key code",
        default=usual,
        pattern=CODE,
        shape=_SHAPE,
        help=Label(
            "Den drückt der Angerufene während des Gesprächs; beim Anrufer bewirkt er nichts.",
            "Whoever took the call presses it during the talk; pressed by the caller it does nothing.",
        ),
    )


def code_of(feature: InCallFeature) -> str:
    """The code of a feature a tenant keeps."""
    return str(getattr(feature, "code", ""))
