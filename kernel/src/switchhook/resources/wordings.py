"""The mails of a tenant in its own words or those that came with the portal: seen, tried, kept, and given up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ..access.actor import Actor
from ..post.template import LANGUAGES, Letter, MailTemplate, MailTemplates, UnknownTemplate, Wording
from ..schema import SettingsRefused
from ..store.audit import Entry
from .listing import MOST, Listing
from .mail_template import KIND, MailWording
from .record import Record, StaleVersion
from .resource import Resource
from .service import Keeping


@attrs.frozen
class WordingLine:
    """A mail in one language: ``wording`` is what is sent, ``own`` the record it comes from, if it is the tenant's own."""

    template: MailTemplate
    language: str
    wording: Wording
    own: Record | None = None

    @property
    def version(self) -> int:
        """The version of the record that was looked at, 0 where there is none."""
        return self.own.version if self.own is not None else 0


@attrs.frozen
class MailWordings:
    """The wordings of all tenants."""

    keeping: Keeping
    templates: MailTemplates

    def of(self, tenant: str, actor: Actor) -> TenantWordings:
        """Those of a tenant as ``actor`` may see and change them."""
        return TenantWordings(self, tenant, actor)


@attrs.frozen
class TenantWordings:
    """Needs the rights of the resource ``mail-template``; raises ``UnknownTemplate`` for a mail or language there is not."""

    wordings: MailWordings
    tenant: str
    actor: Actor

    async def all(self) -> Sequence[WordingLine]:
        """Every mail in every language, by name."""
        own = await self._own()
        templates = sorted((self.wordings.templates[name] for name in self.wordings.templates), key=lambda t: t.name)
        return [_line(one, language, own) for one in templates for language in LANGUAGES]

    async def one(self, template: str, language: str) -> WordingLine:
        """One mail in one language."""
        return _line(self._template(template, language), language, await self._own())

    def preview(self, template: str, wording: Wording) -> Letter:
        """A mail with examples filled in; raises ``SettingsRefused`` for a wording that cannot be sent."""
        self.actor.need(f"{KIND}.view")
        found = self.wordings.templates[template]
        if problems := list(wording.problems(found.placeholders)):
            raise SettingsRefused(problems)
        return wording.written(found.examples)

    def read(self, values: Mapping[str, object]) -> Resource:
        """Fields of a tenant's own words, looked at; raises ``SettingsRefused``."""
        return self.wordings.keeping.of(self.tenant, self.actor).read(KIND, values)

    async def history(self, template: str, language: str) -> Sequence[Entry]:
        """The changes of the words that are kept, newest first; none while those count that came with the portal."""
        line = await self.one(template, language)
        if line.own is None:
            return ()
        return await self.wordings.keeping.of(self.tenant, self.actor).history(KIND, line.own.id)

    async def save(self, template: str, language: str, wording: Wording, version: int) -> Record:
        """Keep the tenant's own words; ``version`` is that of the line that was edited.

        Raises ``SettingsRefused``, and ``StaleVersion`` when somebody else changed them meanwhile.
        """
        line = await self.one(template, language)
        resources = self.wordings.keeping.of(self.tenant, self.actor)
        values = {"template": template, "language": language, "subject": wording.subject, "body": wording.body}
        if line.own is None and version:
            now = self.wordings.keeping.clock.now()
            delivered = MailWording(
                template=template, language=language, subject=line.wording.subject, body=line.wording.body
            )
            raise StaleVersion(version, Record(self.tenant, "", 0, delivered, "", now, now), None)
        if line.own is None:
            return await resources.create(KIND, values)
        return await resources.change(KIND, line.own.id, version, values)

    async def reset(self, template: str, language: str, version: int) -> None:
        """Let the words count again that came with the portal; one's own lie in the trash."""
        line = await self.one(template, language)
        if line.own is not None:
            await self.wordings.keeping.of(self.tenant, self.actor).delete(KIND, line.own.id, version)

    def _template(self, name: str, language: str) -> MailTemplate:
        if language not in LANGUAGES:
            raise UnknownTemplate(f"mails are in German and English, not in {language!r}", template=name)
        return self.wordings.templates[name]

    async def _own(self) -> Mapping[tuple[str, str], Record]:
        """The records that count, of several for the same the one changed last."""
        listing = Listing(order="changed", limit=MOST)
        page = await self.wordings.keeping.of(self.tenant, self.actor).page(KIND, listing)
        return {
            (one.value.template, one.value.language): one for one in page.records if isinstance(one.value, MailWording)
        }


def _line(template: MailTemplate, language: str, own: Mapping[tuple[str, str], Record]) -> WordingLine:
    record = own.get((template.name, language))
    if record is not None and isinstance(record.value, MailWording):
        return WordingLine(template, language, record.value.wording, record)
    return WordingLine(template, language, template.wording(language))
