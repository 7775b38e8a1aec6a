"""A tenant's announcements: taken in, generated, cut, and let be heard."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, cast

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Label, Money, NotFound, PriceChanged, Prompt, SwitchhookError
from switchhook.administration import (
    SYSTEM,
    Actor,
    Administration,
    Cost,
    Listing,
    MediaFile,
    Record,
    Resources,
    TenantMedia,
)

from .announcement import Announcement
from .pronunciation import Pronunciation
from .speech import Speaking, Spoken, pronounced
from .takes import Generated, Take, TakeRows, all_takes
from .taking import SoundRefused, Taken, demuxer_of, take
from .tariff import SPEECH, Quote, quote_of, together

KIND: Final = Announcement.kind
TELEPHONE: Final = attrs.evolve(SYSTEM, name="telephone")
"""Who makes versions of recordings: nobody who looks at them did."""
GRACE: Final = timedelta(days=2)
"""How long something kept may be there before the version it is: a recording waits for its order."""
_ENDINGS: Final = {"wav": ".wav", "mp3": ".mp3", "ogg": ".ogg", "mov": ".m4a"}


Also = Callable[[AsyncConnection], Awaitable[None]]
"""What is done in the transaction in which a version comes to be, or not at all."""


class VersionIsHeard(SwitchhookError):
    """The version callers hear cannot be deleted."""

    code = "version_is_heard"


@attrs.frozen
class AnnouncementLibrary:
    """What all tenants share."""

    administration: Administration
    speaking: Speaking

    def of(self, tenant: str, actor: Actor) -> TenantAnnouncements:
        """The announcements of a tenant as ``actor`` may see and change them."""
        return TenantAnnouncements(self, tenant, actor)

    async def place_all(self, only: Collection[tuple[str, str]] | None = None) -> None:
        """Put all announcements in place, or those of some tenants and ids; those that are gone go."""
        records = await self.administration.keeping.of_all_tenants(KIND)
        for record in records:
            if only is None or (record.tenant, record.id) in only:
                await self.place(record.tenant, record)
        known = {(one.tenant, f"{Announcement.heard_as}{one.id}") for one in records}
        prompts = self.administration.publishing.prompts
        for one in [one for one in prompts.prompts() if one.tenant and (one.tenant, one.id) not in known]:
            if await self._was_ours(one):
                await asyncio.to_thread(prompts.remove, one.id, one.language, one.tenant)

    async def _was_ours(self, prompt: Prompt) -> bool:
        """Whether a sound came from a version, and not from the operator's own hand."""
        async with self.administration.store.read() as conn:
            return bool(await TakeRows(conn, prompt.tenant).all(prompt.id.removeprefix(Announcement.heard_as)))

    async def sweep(self) -> int:
        """Take away the files of versions that never came to be, and of announcements that are gone for good."""
        async with self.administration.store.read() as conn:
            takes = await all_takes(conn)
        there = {(one.tenant, one.id) for one in await self.administration.keeping.of_all_tenants(KIND)}
        gone = [one for one in takes if (one[0], one[2]) not in there]
        for tenant, id, _ in gone:  # noqa: A001 - the domain's own word
            await self.administration.media.of(tenant, SYSTEM).delete([id])
            async with self.administration.store.write() as conn:
                await TakeRows(conn, tenant).forget(id)
        known = {(one[0], one[1]) for one in takes}
        stray = [one async for one in self._kept({one[0] for one in [*there, *takes]}) if one not in known]
        for tenant, id in stray:  # noqa: A001
            await self.administration.media.of(tenant, SYSTEM).delete([id])
        return len(gone) + len(stray)

    async def _kept(self, tenants: Collection[str]) -> AsyncIterator[tuple[str, str]]:
        """What has been kept of announcements for long enough to have a row that names it."""
        before = self.administration.clock.now() - GRACE
        for tenant in tenants:
            after, more = "", True
            while more:
                page = await self.administration.media.of(tenant, SYSTEM).page(owner_kind=KIND, after=after, limit=200)
                for one in page.files:
                    if one.made < before:
                        yield tenant, one.id
                after, more = page.after, bool(page.after)

    async def place(self, tenant: str, record: Record) -> None:
        """Put the sound of an announcement where callers hear it, or take it away; does nothing when it is so."""
        value, prompts = cast(Announcement, record.value), self.administration.publishing.prompts
        prompt = f"{Announcement.heard_as}{record.id}"
        wanted: dict[str, Take] = {}
        if record.deleted is None and value.heard():
            async with self.administration.store.read() as conn:
                found = {one.no: one for one in await TakeRows(conn, tenant).all(record.id)}
            wanted = {language: found[no] for language, no in value.heard().items() if no in found}
        here = {one.language: one.path for one in prompts.prompts() if (one.id, one.tenant) == (prompt, tenant)}
        for language in here.keys() - wanted.keys():
            await asyncio.to_thread(prompts.remove, prompt, language, tenant)
        for language, one in wanted.items():
            if language in here and await asyncio.to_thread(_same, here[language], one.sha256):
                continue
            try:
                source = await self.administration.media.of(tenant, SYSTEM).open(one.id)
            except NotFound:  # somebody deleted it among the tenant's files; callers hear what they heard
                continue
            await asyncio.to_thread(prompts.add, prompt, language, source.path, tenant)


@attrs.frozen
class TenantAnnouncements:
    """One tenant's announcements. What is another's is ``NotFound``, what the actor may not do ``Forbidden``."""

    library: AnnouncementLibrary
    tenant: str
    actor: Actor

    # -- looking ----------------------------------------------------------------------------------

    def stock(self) -> Sequence[Prompt]:
        """The prompts that are there for everyone: always present, not counted, not to be deleted."""
        self.actor.need(f"{KIND}.view")
        return [one for one in self._administration.publishing.prompts.prompts() if not one.tenant]

    async def get(self, id: str) -> Record:  # noqa: A002 - the domain's own word
        """An announcement, that in the trash included; raises ``NotFound``."""
        return await self._resources.get(KIND, id)

    async def takes(self, id: str) -> Sequence[Take]:  # noqa: A002
        """All versions, newest first; what was recorded by telephone and not looked at yet becomes one."""
        record = await self.get(id)
        if record.deleted is None:
            await self.adopt(id)
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).all(id)

    async def take(self, id: str, no: int) -> Take:  # noqa: A002
        """One version; raises ``NotFound``."""
        await self.get(id)
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).get(id, no)

    async def sound(self, id: str, no: int) -> Path:  # noqa: A002
        """The WAV file of a version."""
        return (await self._media(id).open((await self.take(id, no)).id)).path

    # -- changing ---------------------------------------------------------------------------------

    async def upload(
        self,
        id: str,  # noqa: A002
        content: bytes,
        *,
        live: bool = True,
        source: str = "upload",
        also: Also | None = None,
    ) -> Take:
        """Take in a sound file as the next version, heard at once with ``live``; raises ``SoundRefused``.

        ``also`` is done in the transaction in which it becomes a version.
        """
        record = await self._changeable(id)
        taken = await take(content)
        original = (_ENDINGS[demuxer_of(content)], content)
        return await self._keep(record, taken, {"source": source}, original, live=live, also=also)

    async def adopt(self, id: str, media: str = "", *, live: bool = False) -> Sequence[Take]:  # noqa: A002
        """Make versions of what was recorded by telephone, or of one recording, heard at once with ``live``.

        Done for the portal itself, whoever asks; what is a version already is let be heard with ``live``.
        """
        whole = attrs.evolve(self, actor=TELEPHONE)
        record = await whole.get(id)
        page = await whole._media(id).page(limit=200)
        async with self._administration.store.read() as conn:
            known = {one.id for one in await TakeRows(conn, self.tenant).all(id)}
        new = [one for one in reversed(page.files) if one.id not in known and one.call and media in ("", one.id)]
        adopted = [await whole._adopted(record, one.id) for one in new]
        made = [one for one in adopted if one is not None]
        if media and not made:
            async with self._administration.store.read() as conn:
                made = [one for one in await TakeRows(conn, self.tenant).all(id) if one.media == media]
        if live and made:
            await whole.hear(id, (await whole.get(id)).version, made[-1].no)
        return made

    async def _adopted(self, record: Record, media: str) -> Take | None:
        """The version made of a recording; None when it has just become one or been discarded by somebody else."""
        try:
            sounding = await self._media(record.id).open(media)
            wav = await asyncio.to_thread(sounding.path.read_bytes)
        except NotFound:
            return None
        except FileNotFoundError:
            if await self._is_kept(record.id, media):
                raise
            return None
        taken = await take(wav)
        values = {"source": "telephone", "media": media, "author": str(sounding.file.facts.get("access", ""))}
        one = await self._keep(record, taken, values, live=False)
        await self._media(record.id).delete([media])
        return one

    async def _is_kept(self, id: str, media: str) -> bool:  # noqa: A002
        try:
            await self._media(id).get(media)
        except NotFound:
            return False
        return True

    async def discard(self, id: str, media: str) -> None:  # noqa: A002
        """Take away what was recorded by telephone, a version made of it as well unless callers hear it."""
        await self._media(id).delete([media])
        async with self._administration.store.read() as conn:
            made = [one for one in await TakeRows(conn, self.tenant).all(id) if one.media == media]
        for one in made:
            if one.no not in cast(Announcement, (await self.get(id)).value).heard().values():
                await self.drop(id, one.no)

    async def trim(self, id: str, no: int, begin: float, end: float, *, live: bool = True) -> Take:  # noqa: A002
        """The next version is a part of another, from ``begin`` to ``end`` in seconds."""
        record, one = await self._changeable(id), await self.take(id, no)
        if not 0 <= begin < (end or one.seconds) <= one.seconds + 0.01:
            raise SoundRefused(f"cut between 0 and {one.seconds:.1f} s, the begin before the end", seconds=one.seconds)
        sounding = await self._media(id).open(one.id)
        taken = await take(await asyncio.to_thread(sounding.path.read_bytes), begin=begin, end=end)
        values = {"source": "trim", "text": one.text, "voice": one.voice}
        return await self._keep(record, taken, values, live=live)

    async def hear(self, id: str, version: int, no: int) -> Record:  # noqa: A002
        """Let callers of its language hear a version, an older one too.

        ``version`` is that of the announcement that was looked at.
        """
        one, record = await self.take(id, no), await self._resources.get(KIND, id)
        translated = one.language == cast(Announcement, record.value).other()
        values = {**_plain(record), "translation" if translated else "current": no}
        after = await self._resources.change(KIND, id, version, values)
        await self.library.place(self.tenant, after)
        return after

    async def drop(self, id: str, no: int) -> None:  # noqa: A002
        """Delete a version for good; raises ``VersionIsHeard`` for the one callers hear."""
        self.actor.need(f"{KIND}.delete")
        record = await self._changeable(id)
        one = await self.take(id, no)
        if no in cast(Announcement, record.value).heard().values():
            raise VersionIsHeard("callers hear this version; let them hear another one first", no=no)
        async with self._administration.keeping.turn() as conn:
            await TakeRows(conn, self.tenant).drop(id, no)
            what = (self.tenant, KIND, id)
            await self._tell(conn, "version_deleted", what, {"no": no}, {})
        await self._media(id).delete([one.id])

    # -- speech -----------------------------------------------------------------------------------

    async def quote(self) -> Quote:
        """How many were generated, how many are free, and what the next one costs."""
        self.actor.need(f"{KIND}.view")
        async with self._administration.store.read() as conn:
            return await self._quote(conn)

    async def quotes(self, count: int) -> Sequence[Quote]:
        """What each of the next ``count`` costs."""
        first = await self.quote()
        async with self._administration.store.read() as conn:
            rate = await self._administration.charges.rate(conn, self.tenant, SPEECH)
        return [quote_of(rate, first.generated + n) for n in range(count)]

    async def _quote(self, conn: Any) -> Quote:
        rate = await self._administration.charges.rate(conn, self.tenant, SPEECH)
        return quote_of(rate, await TakeRows(conn, self.tenant).generated())

    async def generated(self) -> Sequence[Generated]:
        """What was generated, in order, with the price of each, the free ones included."""
        self.actor.need(f"{KIND}.view")
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).all_generated()

    async def preview(self, text: str, language: str, voice: str = "") -> Spoken:
        """How a text sounds; costs nothing and keeps nothing. Raises ``SpeechError``."""
        self.actor.need(f"{KIND}.change")
        return await self.library.speaking.speak(pronounced(text, await self._lexicon(language)), language, voice)

    async def _lexicon(self, language: str) -> Mapping[str, str]:
        """How the tenant's words are pronounced, whoever asks."""
        kept = self._administration.keeping.of(self.tenant, SYSTEM)
        words: dict[str, str] = {}
        after, more = "", True
        while more:
            page = await kept.page(Pronunciation.kind, Listing(where={"language": language}, after=after, limit=200))
            values = [cast(Pronunciation, one.value) for one in page.records]
            words |= {one.word: one.spoken for one in values}
            after, more = page.after, bool(page.after)
        return words

    async def generate(
        self,
        id: str,  # noqa: A002
        text: str,
        voice: str = "",
        *,
        key: str,
        agreed: str = "",
        live: bool = True,
        language: str = "",
    ) -> Take:
        """Speak a text as the next version, in the announcement's language or another; see :meth:`generate_all`."""
        value = cast(Announcement, (await self._changeable(id)).value)
        texts = {language or value.language: (text, voice)}
        return (await self.generate_all(id, texts, key=key, agreed=agreed, live=live))[0]

    async def generate_all(
        self,
        id: str,  # noqa: A002
        texts: Mapping[str, tuple[str, str]],
        *,
        key: str,
        agreed: str = "",
        live: bool = True,
    ) -> Sequence[Take]:
        """Speak texts as the next versions: each language has its text and voice. All are spoken before one is kept.

        The same ``key`` again gives the versions made the first time. From the
        one after the free ones ``agreed`` must be the price of all together,
        such as ``0.49 EUR``, else ``PriceChanged``. What fails costs nothing:
        a version and its price are written down together.
        """
        record = await self._changeable(id)
        made = {language: await self._made(f"{key}:{language}") for language in texts}
        new = [language for language, before in made.items() if before is None]
        quotes = await self.quotes(len(new))
        together(quotes).must_be(agreed)
        spoken = {language: await self.preview(*_said(texts, language)) for language in new}
        taken = {language: await take(one.wav) for language, one in spoken.items()}
        for language, quote in zip(new, quotes, strict=True):
            values = {"source": "speech", "text": texts[language][0], "voice": spoken[language].voice}
            charge = (f"{key}:{language}", str(quote.price))
            values["language"] = language
            made[language] = await self._keep(record, taken[language], values, live=live, charge=charge)
        return [one for one in made.values() if one is not None]

    # -- inside -----------------------------------------------------------------------------------

    @property
    def _administration(self) -> Administration:
        return self.library.administration

    @property
    def _resources(self) -> Resources:
        return self._administration.keeping.of(self.tenant, self.actor)

    async def _changeable(self, id: str) -> Record:  # noqa: A002
        self.actor.need(f"{KIND}.change")
        record = await self._resources.get(KIND, id)
        self._resources.sight.must_reach("change", record)
        if record.deleted is not None:
            raise NotFound(f"announcement {id!r} lies in the trash; restore it first", id=id)
        return record

    async def _made(self, key: str) -> Take | None:
        async with self._administration.store.read() as conn:
            rows = TakeRows(conn, self.tenant)
            charge = await rows.charged(key)
            return await rows.by_id(charge.take) if charge is not None else None

    async def _keep(
        self,
        record: Record,
        taken: Taken,
        values: Mapping[str, str],
        original: tuple[str, bytes] | None = None,
        *,
        live: bool,
        charge: tuple[str, str] | None = None,
        also: Also | None = None,
    ) -> Take:
        media, facts = self._media(record.id), {"name": record.title}
        file = await media.put("announcement", (KIND, record.id), taken.wav, original=original, facts=facts)
        row = _row(file, taken, {"original": file.original, **values}, record, self.actor.name)
        one = None
        try:
            async with self._administration.keeping.turn() as conn:
                one = await self._written(TakeRows(conn, self.tenant), record, row, charge)
                if one.id == file.id:
                    told = {"no": one.no, "source": one.source}
                    await self._tell(conn, "version_added", (self.tenant, KIND, record.id), {}, told)
                if also is not None:
                    await also(conn)
        finally:
            if one is None or one.id != file.id:
                await asyncio.shield(media.delete([file.id]))
        if live and one.id == file.id:
            await self.hear(record.id, (await self.get(record.id)).version, one.no)
        return one

    async def _written(
        self, rows: TakeRows, record: Record, row: Mapping[str, Any], charge: tuple[str, str] | None
    ) -> Take:
        """The version with its price, or the one that was made by the same request or of the same recording."""
        if row["media"] and (before := await rows.of_recording(row["media"])) is not None:
            return before
        if charge is not None:
            key, agreed = charge
            paid = await rows.charged(key)
            if paid is not None and (before := await rows.by_id(paid.take)) is not None:
                return before
            quote = await self._quote(rows.conn)
            quote.must_be(agreed)
            await rows.charge(key, row["id"], quote.price, self.actor.name, row["made"])
            cost = _cost(key, record, quote.price, self._administration.charges.today)
            await self._administration.charges.add(rows.conn, self.tenant, cost, self.actor.name)
        return await rows.add(record.id, row)

    def _media(self, id: str) -> TenantMedia:  # noqa: A002
        return self._administration.media.belonging(self.tenant, (KIND, id), self.actor)

    async def _tell(self, conn: Any, action: str, what: tuple[str, str, str], before: Any, after: Any) -> None:
        keeping = self._administration.keeping
        await keeping.audit.add(conn, self._administration.clock.now(), self.actor.name, action, what, before, after)


def _row(file: MediaFile, taken: Taken, values: Mapping[str, str], record: Record, author: str) -> dict[str, Any]:
    return {
        "id": file.id,
        "made": file.made,
        "text": "",
        "voice": "",
        "language": cast(Announcement, record.value).language,
        "warnings": taken.warnings,
        "sha256": file.sha256,
        "author": author,
        "media": "",
        "seconds": taken.seconds,
        "bytes": file.bytes,
        "peaks": taken.peaks,
        **values,
    }


def _said(texts: Mapping[str, tuple[str, str]], language: str) -> tuple[str, str, str]:
    text, voice = texts[language]
    return text, language, voice


def _cost(key: str, record: Record, price: Money, today: date) -> Cost:
    said = Label(f"Ansage „{record.title}“ gesprochen", f"Announcement “{record.title}” spoken")
    return Cost(f"{SPEECH}:{key}", SPEECH, f"{KIND}:{record.id}", said, price, today, today)


def _plain(record: Record) -> dict[str, object]:
    return attrs.asdict(cast(Announcement, record.value))


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


__all__ = ["AnnouncementLibrary", "PriceChanged", "TenantAnnouncements", "VersionIsHeard"]
