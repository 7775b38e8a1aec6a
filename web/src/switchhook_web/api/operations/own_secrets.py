"""One's own password and second factor. A token gives the password along, and a code where there is a second factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import a_text
from .own import own, own_operation

_CODE = Label(
    "Nur von einem Token, wenn es einen zweiten Faktor gibt.", "Of a token alone, where there is a second factor."
)


@attrs.frozen
class PasswordAsked:
    """Another password."""

    current: str = setting(
        "text",
        "Bisheriges Passwort",
        "Present password",
        secret=True,
        pattern=r"[^\x00]{1,1000}",
        shape=a_text(1000, 1),
    )
    new: str = setting(
        "text", "Neues Passwort", "New password", secret=True, pattern=r"[^\x00]{1,1000}", shape=a_text(1000, 1)
    )
    code: str = setting(
        "text", "Code", "Code", default="", secret=True, pattern=r"[^\x00]{0,40}", shape=a_text(40), help=_CODE
    )


@attrs.frozen
class FactorBegun:
    """To begin with a second factor."""

    password: str = setting(
        "text",
        "Passwort",
        "Password",
        default="",
        secret=True,
        pattern=r"[^\x00]{0,1000}",
        shape=a_text(1000),
        help=Label("Nur von einem Token.", "Of a token alone."),
    )


@attrs.frozen
class FactorConfirmed:
    """The code that shows that the telephone has the secret."""

    code: str = setting(
        "text",
        "Code",
        "Code",
        secret=True,
        pattern=r"[0-9 ]{6,20}",
        shape=Label("ein Code wie 123456", "a code such as 123456"),
    )


@attrs.frozen
class FactorRemoved:
    """To be asked for no code any more."""

    password: str = setting(
        "text", "Passwort", "Password", secret=True, pattern=r"[^\x00]{1,1000}", shape=a_text(1000, 1)
    )
    code: str = setting(
        "text", "Code", "Code", default="", secret=True, pattern=r"[^\x00]{0,40}", shape=a_text(40), help=_CODE
    )


@attrs.frozen
class FactorNow:
    """Whether a code is asked for, and how many recovery codes are left."""

    there: bool
    recovery_codes_left: int


@attrs.frozen
class FactorSecret:
    """What a telephone's app needs to know: the secret to type, or the address to draw as a QR code. Told this once."""

    secret: str
    uri: str


@attrs.frozen
class RecoveryCodes:
    """Each stands in for a code once. Told this once."""

    codes: Sequence[str]


def operations() -> Sequence[Operation]:
    """Password and second factor."""
    at = "/account/second-factor"
    proof: dict[str, Any] = {"method": "POST", "may": ("current_password_wrong", "code_wrong", "too_busy")}
    return [
        own_operation(
            "change_password",
            "Eigenes Passwort ändern",
            "Change one's password",
            path="/account/password",
            run=_change_password,
            body=declared_body(PasswordAsked, "PasswordAsked"),
            status=204,
            **{**proof, "may": (*proof["may"], "password_too_weak")},
        ),
        own_operation("factor", "Zweiter Faktor", "The second factor", path=at, run=_factor, answer=FactorNow),
        own_operation(
            "begin_factor",
            "Zweiten Faktor einrichten",
            "Begin with a second factor",
            path=at,
            run=_begin,
            body=declared_body(FactorBegun, "FactorBegun"),
            answer=FactorSecret,
            status=201,
            **{**proof, "may": (*proof["may"], "second_factor_there")},
        ),
        own_operation(
            "confirm_factor",
            "Zweiten Faktor bestätigen",
            "Confirm the second factor",
            method="POST",
            path=f"{at}/confirm",
            run=_confirm,
            body=declared_body(FactorConfirmed, "FactorConfirmed"),
            answer=RecoveryCodes,
            may=("code_wrong",),
        ),
        own_operation(
            "remove_factor",
            "Zweiten Faktor entfernen",
            "Remove the second factor",
            path=f"{at}/remove",
            run=_remove,
            body=declared_body(FactorRemoved, "FactorRemoved"),
            status=204,
            **proof,
        ),
    ]


async def _change_password(asked: Asked) -> Answer:
    wanted: PasswordAsked = asked.body
    session = await own(asked).change_password(
        wanted.current, wanted.new, address=asked.address, agent=asked.agent, code=wanted.code
    )
    return Answer(session=session)


async def _factor(asked: Asked) -> Answer:
    seat: Any = asked.seat
    return Answer(value=FactorNow(seat.has_factor, await own(asked).recovery_codes_left()))


async def _begin(asked: Asked) -> Answer:
    begun = await own(asked).enrol(asked.body.password)
    return Answer(value=FactorSecret(begun.secret, begun.uri))


async def _confirm(asked: Asked) -> Answer:
    return Answer(value=RecoveryCodes(await own(asked).confirm_factor(asked.body.code)))


async def _remove(asked: Asked) -> Answer:
    await own(asked).remove_factor(asked.body.password, asked.body.code)
    return Answer()
