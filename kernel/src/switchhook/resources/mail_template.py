"""A tenant's own wording of a mail, instead of the built-in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..post.template import LANGUAGES, MailTemplates, Wording
from ..schema import Label, Problem, setting
from ..store import tables
from .resource import Resource

KIND: Final = "mail-template"
_KEPT: Final = tables.kept


@attrs.frozen
class MailWording(Resource):
    """Subject and body of one kind of mail in one language; of two for the same, the one changed last counts."""

    kind = KIND
    label = Label("Mail-Vorlage", "Mail template")
    plural = Label("Mail-Vorlagen", "Mail templates")
    icon = "mail-opened"
    order = 615
    help = Label(
        "Ersetzt den mitgelieferten Text einer Mail. In den Papierkorb gelegt gilt wieder der mitgelieferte.",
        "Replaces the text of a mail that came with the portal. In the trash, that one counts again.",
    )
    templates: ClassVar[MailTemplates] = MailTemplates.of(())
    template: str = setting(
        "text",
        "Mail",
        "Mail",
        pattern=r"[a-z][a-z0-9_-]{0,59}",
        shape=Label("der Name einer Mail wie password_reset", "the name of a mail such as password_reset"),
    )
    language: str = setting("choice", "Sprache", "Language", choices=LANGUAGES)
    subject: str = setting("text", "Betreff", "Subject")
    body: str = setting(
        "text",
        "Text",
        "Text",
        help=Label(
            "Wörter in geschweiften Klammern wie {name} werden ersetzt. Eine leere Zeile beginnt einen Absatz.",
            "Words in braces such as {name} are replaced. An empty line begins a paragraph.",
        ),
    )

    def title(self) -> str:
        """The mail and the language, from which its id is made."""
        return f"{self.template} {self.language}"

    @property
    def wording(self) -> Wording:
        """Subject and body."""
        return Wording(self.subject, self.body)

    def check(self) -> Iterable[Problem]:
        """Only mails there are, and only placeholders they know."""
        known = self.templates.get(self.template)
        if known is None:
            yield Problem("template", f"there is no such mail; there are {', '.join(self.templates)}")
            return
        yield from self.wording.problems(known.placeholders)


def mail_wording_of(templates: MailTemplates) -> type[MailWording]:
    """The resource of a portal whose plugins bring these templates."""

    @attrs.frozen
    class OfThese(MailWording):
        pass

    OfThese.__name__ = OfThese.__qualname__ = MailWording.__name__
    OfThese.templates = templates
    return OfThese


async def kept_wording(conn: AsyncConnection, tenant: str, template: str, language: str) -> Wording | None:
    """The wording a tenant keeps, if it does."""
    query = select(_KEPT.c.document).where(
        _KEPT.c.tenant == tenant,
        _KEPT.c.kind == KIND,
        _KEPT.c.deleted.is_(None),
        _KEPT.c.document["template"].as_string() == template,
        _KEPT.c.document["language"].as_string() == language,
    )
    found = (await conn.execute(query.order_by(_KEPT.c.changed.desc(), _KEPT.c.id).limit(1))).scalar()
    return Wording(str(found["subject"]), str(found["body"])) if found else None
