"""A person as forms, files and programs see it, and templates of rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..access.account import USERNAME, USERNAME_WORDS, Account, Grant
from ..resources.resource import NUMBER, NUMBER_GROUP, Resource, with_canonical_numbers
from ..schema import RIGHT, Label, Problem, SettingsRefused, a_line, plain_settings, read_settings, setting

_EMAIL: Final = r'[^\s@<>",;:\\]{1,64}@[^\s@<>",;:\\]{1,180}'
_NAME: Final = r"[^\x00-\x1f\x7f\u2028\u2029]{1,120}"

_ADDRESS: Final = Label("eine E-Mail-Adresse wie name@example.org", "an e-mail address such as name@example.org")

LANGUAGES: Final = (Label("Deutsch", "German"), Label("Englisch", "English"))
_THEMES: Final = (Label("Wie das System", "Like the system"), Label("Hell", "Light"), Label("Dunkel", "Dark"))
_ROLES: Final = (
    Label("Benutzer: was unter Rechte steht", "User: what stands under rights"),
    Label("Admin: alles, außer Superadmins zu verwalten", "Admin: everything but handling superadmins"),
    Label("Superadmin: alles", "Superadmin: everything"),
    Label("Betreiber des Portals", "Operator of the portal"),
)


@attrs.frozen
class GrantRow:
    """A right and how far it goes."""

    right: str = setting("reference", "Recht", "Right", to=RIGHT)
    scope: str = setting(
        "choice",
        "Reichweite",
        "Scope",
        choices=("all", "group", "number", "own"),
        default="all",
        names=(
            Label("Alles", "Everything"),
            Label("Rufnummerngruppen", "Number groups"),
            Label("Einzelne Rufnummern", "Single numbers"),
            Label("Eigenes", "Own things"),
        ),
    )
    groups: tuple[str, ...] = setting("references", "Rufnummerngruppen", "Number groups", to=NUMBER_GROUP, default=())
    numbers: tuple[str, ...] = setting("references", "Rufnummern", "Numbers", to=NUMBER, default=())

    def grant(self) -> Grant:
        """The grant itself; groups and numbers count for their own scope alone."""
        ids = {"group": self.groups, "number": self.numbers}.get(self.scope, ())
        return Grant(self.right, self.scope, ids)  # type: ignore[arg-type]


def row_of(grant: Grant) -> GrantRow:
    """A grant as forms show it."""
    groups, numbers = (grant.ids if grant.scope == scope else () for scope in ("group", "number"))
    return GrantRow(right=grant.right, scope=grant.scope, groups=groups, numbers=numbers)


@attrs.frozen
class Own:
    """What everybody may change of their own account."""

    name: str = setting("text", "Name", "Name", pattern=_NAME, shape=a_line(120, 1))
    language: str = setting("choice", "Sprache", "Language", choices=("de", "en"), default="de", names=LANGUAGES)
    theme: str = setting(
        "choice", "Darstellung", "Appearance", choices=("auto", "light", "dark"), default="auto", names=_THEMES
    )


@attrs.frozen
class Person(Resource):
    """All that administrators decide about an account."""

    kind = "account"
    label = Label("Benutzer", "Person")
    plural = Label("Benutzer", "People")
    name: str = setting("text", "Name", "Name", pattern=_NAME, shape=a_line(120, 1))
    email: str = setting("text", "E-Mail-Adresse", "E-mail address", pattern=_EMAIL, shape=_ADDRESS)
    username: str = setting(
        "text",
        "Benutzername",
        "User name",
        default="",
        help=Label("Leer: die E-Mail-Adresse.", "Empty: the e-mail address."),
    )
    role: str = setting(
        "choice", "Rolle", "Role", choices=("user", "admin", "superadmin", "operator"), names=_ROLES, default="user"
    )
    language: str = setting("choice", "Sprache", "Language", choices=("de", "en"), default="de", names=LANGUAGES)
    theme: str = setting(
        "choice", "Darstellung", "Appearance", choices=("auto", "light", "dark"), default="auto", names=_THEMES
    )
    grants: tuple[GrantRow, ...] = setting("rows", "Rechte", "Rights", row=GrantRow, default=())


@attrs.frozen
class RightsTemplate(Resource):
    """Rights under one name, to be given to people in one go; changing it changes nobody's rights."""

    kind = "rights-template"
    label = Label("Rechte-Vorlage", "Rights template")
    plural = Label("Rechte-Vorlagen", "Rights templates")
    icon = "template"
    order = 65
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
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
        grants=tuple(map(row_of, account.grants)),
    )


def fields_of(account: Account) -> Mapping[str, object]:
    """All that can be changed of an account, as the audit and merges tell it."""
    return {**plain_settings(person_of(account), whole=True), "state": account.state}


def read_person(values: Mapping[str, object], path: str) -> Person:
    """The fields of a form as they would be kept; raises ``SettingsRefused`` naming every problem below ``path``.

    Without a user name it is the mail address; a grant has the groups or numbers of its own scope alone.
    """
    person = read_settings(Person, with_canonical_numbers(Person, values), path)
    email = person.email.strip().lower()
    username = (person.username.strip() or email).casefold()
    if not USERNAME.fullmatch(username):
        raise SettingsRefused([Problem(f"{path}.username", f"must be {USERNAME_WORDS}, not {username!r}")])
    grants = tuple(row_of(row.grant()) for row in person.grants)
    return attrs.evolve(person, email=email, username=username, grants=grants)
