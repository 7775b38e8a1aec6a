"""A person as forms, files and programs see it, and templates of rights."""

from __future__ import annotations

from typing import Final

import attrs

from ..access.account import Account, Grant
from ..resources.resource import Resource
from ..schema import Label, setting

_EMAIL: Final = r"[^\s@<>\",;:\\]{1,64}@[^\s@<>\",;:\\]{1,180}"
_NAME: Final = r"[^\x00-\x1f\x7f\u2028\u2029]{1,120}"


@attrs.frozen
class GrantRow:
    """A right and how far it goes."""

    right: str = setting("text", "Recht", "Right")
    scope: str = setting("choice", "Reichweite", "Scope", choices=("all", "group", "number", "own"), default="all")
    ids: tuple[str, ...] = setting(
        "words",
        "Gruppen oder Rufnummern",
        "Groups or numbers",
        default=(),
        help=Label("Kennungen der Gruppen, oder Rufnummern.", "Ids of groups, or numbers."),
    )

    def grant(self) -> Grant:
        """The grant itself."""
        return Grant(self.right, self.scope, self.ids)  # type: ignore[arg-type]


@attrs.frozen
class Own:
    """What everybody may change of their own account."""

    name: str = setting("text", "Name", "Name", pattern=_NAME)
    language: str = setting("choice", "Sprache", "Language", choices=("de", "en"), default="de")
    theme: str = setting("choice", "Darstellung", "Appearance", choices=("auto", "light", "dark"), default="auto")


@attrs.frozen
class Person(Resource):
    """All that administrators decide about an account."""

    kind = "account"
    label = Label("Benutzer", "Person")
    plural = Label("Benutzer", "People")
    name: str = setting("text", "Name", "Name", pattern=_NAME)
    email: str = setting("text", "E-Mail-Adresse", "E-mail address", pattern=_EMAIL)
    username: str = setting(
        "text",
        "Benutzername",
        "User name",
        default="",
        help=Label("Leer: die E-Mail-Adresse.", "Empty: the e-mail address."),
    )
    role: str = setting("choice", "Rolle", "Role", choices=("user", "admin", "superadmin", "operator"), default="user")
    language: str = setting("choice", "Sprache", "Language", choices=("de", "en"), default="de")
    theme: str = setting("choice", "Darstellung", "Appearance", choices=("auto", "light", "dark"), default="auto")
    grants: tuple[GrantRow, ...] = setting("rows", "Rechte", "Rights", row=GrantRow, default=())


@attrs.frozen
class RightsTemplate(Resource):
    """Rights under one name, to be given to people in one go; changing it changes nobody's rights."""

    kind = "rights-template"
    label = Label("Rechte-Vorlage", "Rights template")
    plural = Label("Rechte-Vorlagen", "Rights templates")
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}")
    description: str = setting("text", "Beschreibung", "Description", default="")
    grants: tuple[GrantRow, ...] = setting("rows", "Rechte", "Rights", row=GrantRow, default=())


def person_of(account: Account) -> Person:
    """An account as forms show it."""
    return Person(
        name=account.name,
        email=account.email,
        username=account.username,
        role=account.role,
        language=account.language,
        theme=account.theme,
        grants=tuple(GrantRow(right=one.right, scope=one.scope, ids=one.ids) for one in account.grants),
    )
