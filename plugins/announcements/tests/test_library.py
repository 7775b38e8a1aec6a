"""Announcements: versions taken in, let be heard, rolled back, trashed; speech that costs once, and only when it worked (S27, S29, S30)."""

from __future__ import annotations

import asyncio

import pytest

from switchhook import Money, NotFound, PriceChanged
from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.administration import InUse, SpeechError
from switchhook.calls.call import Call, Caller
from switchhook.calls.prompts import PromptMissing
from switchhook.calls.recording import Wish
from switchhook.media.files import TAPED_RATE
from switchhook.portal.media import recordings_of
from switchhook.prompts.library import PromptLibrary
from switchhook.speech.audio import TELEPHONE_RATE, measure, read_wav, to_wav, tone
from switchhook.speech.resample import resample
from switchhook_announcements.library import VersionIsHeard
from switchhook_announcements.takes import TakeRows
from switchhook_announcements.taking import SoundRefused

from .conftest import NOW


def beep(seconds: float, dbfs: float = -30) -> bytes:
    return to_wav(tone(440, seconds, dbfs))


def heard(library, tenant="acme", name="welcome"):
    """The length of what callers hear now, in another process as well; None for nothing."""
    prompts = library.administration.publishing.prompts
    try:
        found = prompts.find(f"own/{name}", "de", tenant).seconds
    except PromptMissing:
        found = None
    elsewhere = [one.seconds for one in PromptLibrary(prompts.directory).prompts() if one.tenant == tenant]
    assert elsewhere == ([] if found is None else [found])
    return found


async def test_versions_are_heard_at_once_rolled_back_and_go_with_the_trash(acme, library, administration):
    first = await acme.upload("welcome", beep(1.0))
    assert (first.no, first.source, first.original, first.warnings, len(first.peaks)) == (1, "upload", ".wav", (), 400)
    assert heard(library) == 1.0
    loud = measure(read_wav((await acme.sound("welcome", 1)).read_bytes()))
    assert -23 < loud.speech_dbfs < -19
    second = await acme.trim("welcome", 1, 0.25, 0.75)
    assert (second.no, second.source, heard(library)) == (2, "trim", 0.5)
    third = await acme.upload("welcome", beep(2.0), live=False)
    assert (third.no, heard(library)) == (3, 0.5)
    await acme.hear("welcome", (await acme.get("welcome")).version, 1)
    assert heard(library) == 1.0
    with pytest.raises(VersionIsHeard):
        await acme.drop("welcome", 1)
    gone = await acme.sound("welcome", 3)
    await acme.drop("welcome", 3)
    assert not gone.exists()
    assert [one.no for one in await acme.takes("welcome")] == [2, 1]
    kept = administration.keeping.of("acme", SYSTEM)
    await kept.delete("announcement", "welcome", (await acme.get("welcome")).version)
    await library.place_all()
    assert heard(library) is None
    with pytest.raises(NotFound):
        await acme.upload("welcome", beep(1.0))
    await kept.restore("announcement", "welcome")
    await library.place_all({("acme", "welcome")})
    assert heard(library) == 1.0
    told = [entry.action for entry in await kept.history("announcement", "welcome")]
    assert told.count("version_added") == 3
    assert "version_deleted" in told


async def test_what_lets_an_announcement_be_heard_is_named_before_it_is_deleted(acme, administration):
    numbers = administration.numbers.of("acme", SYSTEM)
    await acme.upload("welcome", beep(0.5))
    async with administration.numbers.turn() as conn:
        new = await numbers.new("+4922112345", {"fallback": "announce", "sound": "own/welcome"})
        await numbers.keep_new(conn, new)
    record = await acme.get("welcome")
    with pytest.raises(InUse, match="number"):
        await administration.keeping.of("acme", SYSTEM).delete("announcement", "welcome", record.version)


async def test_nobody_reaches_anothers_and_looking_is_not_changing(acme, library):
    await acme.upload("welcome", beep(0.5))
    other = library.of("other", SYSTEM)
    for asked in (
        other.takes("welcome"),
        other.sound("welcome", 1),
        other.upload("welcome", beep(0.5)),
        other.hear("welcome", 1, 1),
        other.drop("welcome", 1),
        other.generate("welcome", "Hallo", key="k"),
        acme.take("welcome", 7),
    ):
        with pytest.raises(NotFound):
            await asked
    looks = library.of("acme", Actor("kim", {"announcement.view": SYSTEM.reach("x")}))
    assert len(await looks.takes("welcome")) == 1
    for asked in (looks.upload("welcome", beep(0.5)), looks.preview("Hallo", "de"), looks.drop("welcome", 1)):
        with pytest.raises(Forbidden):
            await asked


async def test_speech_is_free_then_agreed_to_and_charged_once_and_only_when_it_worked(acme, library, engine):
    assert (await acme.quote()).left == 2
    await acme.preview("Guten Tag", "de")
    one = await acme.generate("welcome", "Guten Tag", key="a")
    assert (one.source, one.text, one.voice, heard(library)) == ("speech", "Guten Tag", "toning:tone-de", one.seconds)
    assert (await acme.generate("welcome", "Guten Tag", key="a")).id == one.id
    with pytest.raises(SpeechError):
        await acme.generate("welcome", "fail", key="b")
    await acme.generate("welcome", "Auf Wiederhören", key="b")
    quote = await acme.quote()
    assert (quote.left, str(quote.price)) == (0, "0.49 EUR")
    for agreed in ("", "0.48 EUR"):
        with pytest.raises(PriceChanged, match=r"0\.49 EUR"):
            await acme.generate("welcome", "Moin", key="c", agreed=agreed)
    both = await asyncio.gather(
        *(acme.generate("welcome", "Moin", key="c", agreed="0.49 EUR", live=False) for _ in range(3))
    )
    assert len({made.id for made in both}) == 1
    assert [(one.no, str(one.price)) for one in await acme.generated()] == [
        (1, "0.00 EUR"),
        (2, "0.00 EUR"),
        (3, "0.49 EUR"),
    ]
    known = {take.id for take in await acme.takes("welcome")}
    media = library.administration.media
    assert {one.id for one in (await media.of("acme", SYSTEM).page()).files} == known
    assert {path.stem for path in (media.files.directory / "acme").iterdir()} == known
    assert await library.of("other", SYSTEM).generated() == []
    charges = library.administration.charges
    (line,) = await charges.of("acme", SYSTEM).all()
    assert (line.key, line.rate, line.cause) == (
        "announcements.speech:c:de",
        "announcements.speech",
        "announcement:welcome",
    )
    assert (line.price, line.said.en) == (Money(490_000, "EUR"), "Announcement “Welcome” spoken")
    assert await charges.of("other", SYSTEM).all() == []


async def test_each_tenant_has_the_price_the_operator_gave_it(acme, library, administration):
    theirs = administration.charges.of("acme", SYSTEM)
    await theirs.set_rate("announcements.speech", 0, 0, Money(120_000, "EUR"))
    assert str((await acme.quote()).price) == "0.12 EUR"
    assert (await library.of("other", SYSTEM).quote()).left == 2
    await acme.generate("welcome", "Moin", key="a", agreed="0.12 EUR")
    assert [str(one.price) for one in await theirs.all()] == ["0.12 EUR"]


async def test_what_cannot_be_kept_is_not_charged(acme, administration, monkeypatch):
    theirs = administration.charges.of("acme", SYSTEM)
    await theirs.set_rate("announcements.speech", 0, 0, Money(120_000, "EUR"))

    async def broken(self, *args):
        raise ZeroDivisionError

    monkeypatch.setattr(TakeRows, "add", broken)  # the last step, when the charge is written already
    with pytest.raises(ZeroDivisionError):
        await acme.generate("welcome", "Moin", key="a", agreed="0.12 EUR")
    assert (await theirs.all(), await acme.takes("welcome")) == ([], [])
    assert (await administration.media.of("acme", SYSTEM).page()).files == []


async def test_words_are_spoken_as_the_tenant_pronounces_them(acme, administration, engine):
    kept = administration.keeping.of("acme", SYSTEM)
    await kept.create("pronunciation", {"word": "GmbH", "spoken": "Geh Em Beh Hah"})
    await kept.create("pronunciation", {"word": "Inc.", "spoken": "incorporated", "language": "en"})
    await acme.preview("Die gmbh und die GmbHs, Inc.", "de")
    assert engine.spoken[-1][0] == "Die Geh Em Beh Hah und die GmbHs, Inc."


async def test_a_lexicon_of_any_length_is_read(acme, administration, engine):
    kept = administration.keeping.of("acme", SYSTEM)
    for n in range(201):
        await kept.create("pronunciation", {"word": f"wort{n:03}", "spoken": f"gesagt{n:03}"})
    await acme.preview("wort000 wort200", "de")
    assert engine.spoken[-1][0] == "gesagt000 gesagt200"


async def test_several_languages_are_spoken_at_once_each_heard_by_its_callers(acme, library, engine):
    prompts = library.administration.publishing.prompts
    texts = {"de": ("Guten Tag", ""), "en": ("Good morning to all of you", "")}
    with pytest.raises(SpeechError):
        await acme.generate_all("welcome", {**texts, "en": ("fail", "")}, key="a")
    assert await acme.takes("welcome") == [], "all are spoken before one is kept"
    await acme.generate("welcome", "Hallo", key="b")
    with pytest.raises(PriceChanged, match=r"0\.49 EUR"):
        await acme.generate_all("welcome", texts, key="c")
    made = await acme.generate_all("welcome", texts, key="c", agreed="0.49 EUR")
    assert [(one.no, one.language, one.text) for one in made] == [(2, "de", "Guten Tag"), (3, "en", texts["en"][0])]
    again = await acme.generate_all("welcome", texts, key="c", agreed="0.49 EUR")
    assert ([one.id for one in again], len(await acme.generated())) == ([one.id for one in made], 3)
    heard_in = {language: prompts.find("own/welcome", language, "acme").seconds for language in texts}
    assert heard_in == {one.language: one.seconds for one in made}
    for one in made:
        with pytest.raises(VersionIsHeard):
            await acme.drop("welcome", one.no)
    await acme.hear("welcome", (await acme.get("welcome")).version, 1)
    assert prompts.find("own/welcome", "en", "acme").seconds == made[1].seconds, "the other language is as it was"


async def test_what_a_dying_process_left_is_swept(acme, library, administration):
    one = await acme.upload("welcome", beep(0.5))
    media = administration.media.of("acme", SYSTEM)
    await media.put("announcement", ("announcement", "welcome"), beep(0.1))
    assert await library.sweep() == 0, "its row may be on its way"
    administration.clock.advance(3 * 86400)
    assert await library.sweep() == 1
    assert [file.id for file in (await media.page()).files] == [one.id]
    lost = administration.publishing.prompts.find("own/welcome", "de", "acme").path
    lost.unlink()
    await library.place_all()
    assert lost.exists()


async def test_a_refused_file_changes_nothing(acme, library):
    with pytest.raises(SoundRefused):
        await acme.upload("welcome", b"no sound")
    assert await acme.takes("welcome") == []
    assert heard(library) is None


async def recorded(administration, step=1):
    """A recording by telephone of the announcement ``welcome``, as a call leaves it."""
    recordings = recordings_of(administration.settings, administration.store, administration.clock)
    caller = Call("call-1", "acme", "+4922112345", Caller(), NOW, "trunk", "de")
    wish = Wish("announcement", "announcement", "welcome", 30, facts={"access": "Night"})
    media = await recordings.begin(caller, step, wish, again=False)
    recordings.files.spool.mkdir(parents=True, exist_ok=True)
    recordings.files.taped(media).write_bytes(resample(tone(440, 0.5).samples, TELEPHONE_RATE, TAPED_RATE).tobytes())
    assert await recordings.finish("acme", media) > 0
    return media


async def test_what_was_recorded_by_telephone_is_a_version_once_heard_when_wished_and_gone_when_discarded(
    acme, library, administration
):
    draft = await recorded(administration)
    (one,) = await acme.takes("welcome")
    assert (one.no, one.source, one.media, heard(library)) == (1, "telephone", draft, None)
    assert one.author == "Night", "not whoever looked first"
    await acme.adopt("welcome", draft, live=True)
    assert heard(library) == one.seconds
    kept = [file.id for file in (await administration.media.of("acme", SYSTEM).page()).files]
    assert kept == [one.id], "the recording itself is a version now"
    await acme.discard("welcome", draft)
    assert len(await acme.takes("welcome")) == 1, "callers hear it"
    await acme.discard("welcome", await recorded(administration, 2))
    late = await recorded(administration, 3)
    assert [take.no for take in await acme.takes("welcome")] == [2, 1]
    await acme.discard("welcome", late)
    assert [take.no for take in await acme.takes("welcome")] == [1]


async def test_a_recording_that_two_look_at_at_once_becomes_one_version(acme, administration):
    drafts = [await recorded(administration, step) for step in (1, 2, 3)]
    seen = await asyncio.gather(*(acme.takes("welcome") for _ in range(4)), acme.adopt("welcome", drafts[0], live=True))
    for takes in seen[:4]:
        assert sorted(one.media for one in takes) == sorted(drafts)
    assert [one.media for one in seen[4]] == drafts[:1]
    assert len((await administration.media.of("acme", SYSTEM).page()).files) == len(drafts)


async def test_what_is_discarded_while_it_is_looked_at_becomes_no_version(acme, administration):
    draft = await recorded(administration)
    await asyncio.gather(*(acme.takes("welcome") for _ in range(4)), acme.discard("welcome", draft))
    await acme.discard("welcome", draft)
    assert await acme.takes("welcome") == []
    assert (await administration.media.of("acme", SYSTEM).page()).files == []
