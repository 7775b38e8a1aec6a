"""A tenant's announcements: taken in, generated, cut, and let be heard."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import attrs

from switchhook import NotFound, Prompt, SwitchhookError
from switchhook.administration import SYSTEM, Actor, Administration, Listing, Record, Resources

from .announcement import Announcement
from .files import TakeFiles
from .pronunciation import Pronunciation
from .speech import Speaking, Spoken, pronounced
from .takes import Charge, Take, TakeRows, all_takes
from .taking import SoundRefused, Taken, demuxer_of, take
from .tariff import PriceChanged, Quote, Tariff

KIND: Final = Announcement.kind
_ENDINGS: Final = {"wav": "wav", "mp3": "mp3", "ogg": "ogg", "mov": "m4a"}


class VersionIsHeard(SwitchhookError):
    """The version callers hear cannot be deleted."""

    code = "version_is_heard"


@attrs.frozen
class AnnouncementLibrary:
    """What all tenants share."""

    administration: Administration
    tariff: Tariff
    speaking: Speaking

    @property
    def files(self) -> TakeFiles:
        """The files of all takes."""
        return TakeFiles(self.administration.settings.data_dir / "announcements")

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

    async def sweep(self, now: float) -> int:
        """Take away the files of versions that never came to be, and of announcements that are gone for good."""
        async with self.administration.store.read() as conn:
            takes = await all_takes(conn)
        there = {(one.tenant, one.id) for one in await self.administration.keeping.of_all_tenants(KIND)}
        gone = [one for one in takes if (one[0], one[2]) not in there]
        for tenant, id, _ in gone:  # noqa: A001 - the domain's own word
            async with self.administration.store.write() as conn:
                await TakeRows(conn, tenant).forget(id)
            await asyncio.to_thread(self.files.remove, tenant, id)
        known = {(one[0], one[1]) for one in takes}
        return len(gone) + await asyncio.to_thread(self.files.sweep, known, now)

    async def place(self, tenant: str, record: Record) -> None:
        """Put the sound of an announcement where callers hear it, or take it away; does nothing when it is so."""
        value, prompts = cast(Announcement, record.value), self.administration.publishing.prompts
        prompt = f"{Announcement.heard_as}{record.id}"
        wanted: dict[str, Take] = {}
        if record.deleted is None and value.current:
            async with self.administration.store.read() as conn:
                found = [one for one in await TakeRows(conn, tenant).all(record.id) if one.no == value.current]
            wanted = dict.fromkeys([value.language], found[0]) if found else {}
        here = {one.language: one.path for one in prompts.prompts() if (one.id, one.tenant) == (prompt, tenant)}
        for language in here.keys() - wanted.keys():
            await asyncio.to_thread(prompts.remove, prompt, language, tenant)
        for language, one in wanted.items():
            source = self.files.wav(tenant, one.id)
            if language in here and await asyncio.to_thread(_same, here[language], one.sha256):
                continue
            if await asyncio.to_thread(source.is_file):
                await asyncio.to_thread(prompts.add, prompt, language, source, tenant)


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
        """All versions, newest first."""
        await self.get(id)
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).all(id)

    async def take(self, id: str, no: int) -> Take:  # noqa: A002
        """One version; raises ``NotFound``."""
        await self.get(id)
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).get(id, no)

    async def sound(self, id: str, no: int) -> Path:  # noqa: A002
        """The WAV file of a version."""
        return self.library.files.wav(self.tenant, (await self.take(id, no)).id)

    # -- changing ---------------------------------------------------------------------------------

    async def upload(self, id: str, content: bytes, *, live: bool = True) -> Take:  # noqa: A002
        """Take in a sound file as the next version, heard at once with ``live``; raises ``SoundRefused``."""
        record = await self._changeable(id)
        demuxer = demuxer_of(content)
        taken = await self._taken(content, demuxer)
        values = {"source": "upload", "original": _ENDINGS[demuxer]}
        return await self._keep(record, taken, values, content, live=live)

    async def record(self, id: str, content: bytes, *, live: bool) -> Take:  # noqa: A002
        """Take in what was recorded by telephone as the next version."""
        record = await self._changeable(id)
        taken = await self._taken(content, demuxer_of(content))
        return await self._keep(record, taken, {"source": "telephone"}, live=live)

    async def trim(self, id: str, no: int, begin: float, end: float, *, live: bool = True) -> Take:  # noqa: A002
        """The next version is a part of another, from ``begin`` to ``end`` in seconds."""
        record, one = await self._changeable(id), await self.take(id, no)
        if not 0 <= begin < (end or one.seconds) <= one.seconds + 0.01:
            raise SoundRefused(f"cut between 0 and {one.seconds:.1f} s, the begin before the end", seconds=one.seconds)
        content = await asyncio.to_thread(self.library.files.wav(self.tenant, one.id).read_bytes)
        taken = await self._taken(content, "wav", begin, end)
        values = {"source": "trim", "text": one.text, "voice": one.voice}
        return await self._keep(record, taken, values, live=live)

    async def hear(self, id: str, version: int, no: int) -> Record:  # noqa: A002
        """Let callers hear a version, an older one too; ``version`` is that of the announcement that was looked at."""
        await self.take(id, no)
        record = await self._resources.get(KIND, id)
        values = {**_plain(record), "current": no}
        after = await self._resources.change(KIND, id, version, values)
        await self.library.place(self.tenant, after)
        return after

    async def drop(self, id: str, no: int) -> None:  # noqa: A002
        """Delete a version for good; raises ``VersionIsHeard`` for the one callers hear."""
        self.actor.need(f"{KIND}.delete")
        record = await self._changeable(id)
        one = await self.take(id, no)
        if cast(Announcement, record.value).current == no:
            raise VersionIsHeard("callers hear this version; let them hear another one first", no=no)
        async with self._administration.keeping.turn() as conn:
            await TakeRows(conn, self.tenant).drop(id, no)
            what = (self.tenant, KIND, id)
            await self._tell(conn, "version_deleted", what, {"no": no}, {})
        await asyncio.to_thread(self.library.files.remove, self.tenant, one.id)

    # -- speech -----------------------------------------------------------------------------------

    async def quote(self) -> Quote:
        """How many were generated, how many are free, and what the next one costs."""
        self.actor.need(f"{KIND}.view")
        async with self._administration.store.read() as conn:
            return self.library.tariff.quote(await TakeRows(conn, self.tenant).generated())

    async def charges(self) -> Sequence[Charge]:
        """What was generated, in order, with the price of each."""
        self.actor.need(f"{KIND}.view")
        async with self._administration.store.read() as conn:
            return await TakeRows(conn, self.tenant).charges()

    async def preview(self, text: str, language: str, voice: str = "") -> Spoken:
        """How a text sounds; costs nothing and keeps nothing. Raises ``SpeechError``."""
        self.actor.need(f"{KIND}.change")
        return await self.library.speaking.speak(pronounced(text, await self._lexicon(language)), language, voice)

    async def _lexicon(self, language: str) -> Mapping[str, str]:
        """How the tenant's words are pronounced, whoever asks."""
        kept = self._administration.keeping.of(self.tenant, SYSTEM)
        page = await kept.page(Pronunciation.kind, Listing(where={"language": language}, limit=200))
        values = [cast(Pronunciation, one.value) for one in page.records]
        return {one.word: one.spoken for one in values}

    async def generate(
        self,
        id: str,  # noqa: A002
        text: str,
        voice: str = "",
        *,
        key: str,
        agreed: str = "",
        live: bool = True,
    ) -> Take:
        """Speak a text as the next version. The same ``key`` again gives the version made the first time.

        From the one after the free ones ``agreed`` must be its price, such as
        ``0.49 EUR``, else ``PriceChanged``. What fails costs nothing: the
        version and its price are written down together.
        """
        record = await self._changeable(id)
        if (made := await self._made(key)) is not None:
            return made
        (await self.quote()).must_be(agreed)
        language = cast(Announcement, record.value).language
        spoken = await self.preview(text, language, voice)
        taken = await self._taken(spoken.wav, "wav")
        values = {"source": "speech", "text": text, "voice": spoken.voice}
        return await self._keep(record, taken, values, live=live, charge=(key, agreed))

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

    async def _taken(self, content: bytes, demuxer: str, begin: float = 0.0, end: float = 0.0) -> Taken:
        aside = self.library.files.aside(content)
        path = await asyncio.to_thread(aside.__enter__)
        try:
            return await take(path, demuxer, begin=begin, end=end)
        finally:
            await asyncio.to_thread(aside.__exit__, None, None, None)

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
        original: bytes | None = None,
        *,
        live: bool,
        charge: tuple[str, str] | None = None,
    ) -> Take:
        id = secrets.token_hex(16)  # noqa: A001
        files, now = self.library.files, self._administration.clock.now()
        await asyncio.to_thread(files.put, self.tenant, id, taken.wav, original)
        try:
            async with self._administration.keeping.turn() as conn:
                rows = TakeRows(conn, self.tenant)
                if charge is not None:
                    key, agreed = charge
                    if (before := await rows.charged(key)) is not None:
                        made = await rows.by_id(before.take)
                        if made is not None:
                            await asyncio.to_thread(files.remove, self.tenant, id)
                            return made
                    quote = self.library.tariff.quote(await rows.generated())
                    quote.must_be(agreed)
                    await rows.charge(key, id, quote.price, self.actor.name, now)
                one = await rows.add(record.id, _row(id, taken, values, record, self.actor.name) | {"made": now})
                what, told = (self.tenant, KIND, record.id), {"no": one.no, "source": one.source}
                await self._tell(conn, "version_added", what, {}, told)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(files.remove, self.tenant, id))
            raise
        if live:
            await self.hear(record.id, (await self.get(record.id)).version, one.no)
        return one

    async def _tell(self, conn: Any, action: str, what: tuple[str, str, str], before: Any, after: Any) -> None:
        keeping = self._administration.keeping
        await keeping.audit.add(conn, self._administration.clock.now(), self.actor.name, action, what, before, after)


def _row(id: str, taken: Taken, values: Mapping[str, str], record: Record, author: str) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "original": "",
        "text": "",
        "voice": "",
        "language": cast(Announcement, record.value).language,
        "warnings": taken.warnings,
        "sha256": hashlib.sha256(taken.wav).hexdigest(),
        "author": author,
        "media": "",
        "seconds": taken.seconds,
        "bytes": len(taken.wav),
        "peaks": taken.peaks,
        **values,
    }


def _plain(record: Record) -> dict[str, object]:
    value = cast(Announcement, record.value)
    return {"name": value.name, "language": value.language, "role": value.role, "current": value.current}


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


__all__ = ["AnnouncementLibrary", "PriceChanged", "TenantAnnouncements", "VersionIsHeard"]
