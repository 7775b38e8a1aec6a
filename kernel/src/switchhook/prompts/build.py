"""Makes the sounds of the stock prompts, once, and again only where something changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal

import attrs

from ..speech.audio import AudioRefused, Sound, even_out, read_wav, to_wav, tone
from ..speech.engine import SpeechEngine, SpeechError
from ..speech.engines import choose_engine
from .catalogue import TONES, stock_languages, stock_texts
from .library import PromptLibrary, write_whole

RECORD_NAME: Final = "stock.json"
_RECIPE: Final = 2  # raised whenever the same text and voice would give another sound

State = Literal["made", "unchanged", "kept"]


@attrs.frozen
class BuiltPrompt:
    """What became of one stock prompt.

    ``made`` anew, ``unchanged`` since it was made, or ``kept`` because someone
    put another sound in its place.
    """

    language: str
    id: str
    state: State


@attrs.frozen
class BuildReport:
    """What became of every stock prompt, and the engine that spoke."""

    engine: str
    prompts: tuple[BuiltPrompt, ...]

    def count(self, state: State) -> int:
        """How many prompts are in that state."""
        return sum(1 for prompt in self.prompts if prompt.state == state)


@attrs.frozen
class _Recipe:
    """How one sound is made; ``key`` changes whenever the sound would."""

    id: str
    key: str
    make: Callable[[], Sound]


@attrs.define
class _Record:
    """What was made here before: for each id the recipe's key, and the hashes of the sounds that are ours.

    It is written before the sound, with the former sound's hash kept, so that
    whenever the building is cut off, our own sounds are still known as ours.
    """

    path: Path
    _entries: dict[str, dict[str, list[str] | str]]

    @classmethod
    def read(cls, path: Path) -> _Record:
        return cls(path, json.loads(path.read_bytes()) if path.is_file() else {})

    def state(self, recipe: _Recipe, sound: Path) -> State:
        if not sound.is_file():
            return "made"
        entry = self._entries.get(recipe.id, {"key": "", "sounds": []})
        present = _digest(sound.read_bytes())
        if present not in entry["sounds"]:
            return "kept"
        return "unchanged" if entry["key"] == recipe.key and present == entry["sounds"][-1] else "made"

    def note(self, recipe: _Recipe, sound: bytes) -> None:
        former = self._entries.get(recipe.id, {"sounds": []})["sounds"][-1:]
        self._entries[recipe.id] = {"key": recipe.key, "sounds": [*former, _digest(sound)]}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, json.dumps(self._entries, indent=1, sort_keys=True).encode())


def build_stock_prompts(
    directory: Path,
    engine: SpeechEngine | None = None,
    languages: Sequence[str] | None = None,
    progress: Callable[[int, int, BuiltPrompt], None] | None = None,
) -> BuildReport:
    """Make the stock prompts that are not yet in the library at ``directory``, or whose text, engine or voice changed.

    Without ``engine`` the best one installed speaks; without ``languages`` all
    are made. A sound put in place by someone else under a stock id is kept.
    ``progress`` is told after each prompt how many are done, of how many, and
    what became of it. Blocks for seconds. Raises ``NoSpeechEngine`` when
    nothing can speak, ``SpeechError`` when speaking fails, ``NotFound`` for a
    language without texts. No tone ever stands in for speech.
    """
    library = PromptLibrary(directory)
    speaker = choose_engine() if engine is None else engine
    orders = [order for tag in languages or stock_languages() for order in _orders(library.directory, tag, speaker)]
    done: list[BuiltPrompt] = []
    for order, sound in _made(orders):
        if sound is not None:
            order.record.note(order.recipe, sound)
            library.add(order.recipe.id, order.language, sound)
        built = BuiltPrompt(order.language, order.recipe.id, order.state)
        done.append(built)
        if progress is not None:
            progress(len(done), len(orders), built)
    return BuildReport(speaker.name, tuple(done))


@attrs.frozen
class _Order:
    """What is to happen to one prompt, and the record of its language."""

    language: str
    recipe: _Recipe
    record: _Record
    state: State

    def sound(self) -> bytes | None:
        return to_wav(self.recipe.make()) if self.state == "made" else None


def _orders(directory: Path, language: str, engine: SpeechEngine) -> Iterator[_Order]:
    record = _Record.read(directory / language / RECORD_NAME)
    for recipe in _recipes(language, engine):
        state = record.state(recipe, directory / language / f"{recipe.id}.wav")
        yield _Order(language, recipe, record, state)


def _made(orders: Sequence[_Order]) -> Iterator[tuple[_Order, bytes | None]]:
    """Each order with its new sound, in order; one program speaks while the last one's sound is worked on."""
    pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="speech")
    try:
        yield from zip(orders, pool.map(_Order.sound, orders), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _recipes(language: str, engine: SpeechEngine) -> Iterator[_Recipe]:
    voice = engine.voice(language)
    for id, text in stock_texts(language).items():  # noqa: A001 - the domain's own word
        yield _Recipe(id, _key(text, engine.name, voice), _Speaking(engine, id, text, language))
    for id, sine in TONES.items():  # noqa: A001
        yield _Recipe(id, _key(str(sine)), lambda sine=sine: tone(sine.hertz, sine.seconds, pause=sine.pause))  # type: ignore[misc]


@attrs.frozen
class _Speaking:
    """Speaks one stock text, brought to the telephone's rate and level."""

    engine: SpeechEngine
    id: str
    text: str
    language: str

    def __call__(self) -> Sound:
        spoken = self.engine.synthesize(self.text, self.language)
        try:
            return even_out(read_wav(spoken))
        except AudioRefused as error:
            raise SpeechError(
                f"what {self.engine.name} made of {self.language} {self.id} is no use: {error}"
            ) from error


def _key(*parts: str) -> str:
    return _digest(json.dumps([_RECIPE, *parts]).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
