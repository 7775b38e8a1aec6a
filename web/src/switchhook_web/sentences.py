"""Sentences of the kernel and of plugins in German: they are made in English, for files, logs and programs.

A catalogue holds pairs of templates, ``Label("{kind} {id!r} gibt es nicht", "there is no {kind} {id!r}")``. The
English one finds its values in a finished sentence, and the German one says them. Places are:

``{name}``
    any text, said as it is
``{name!r}``
    as Python shows a value: a text in its quotes
``{name:word}``
    a text without white space
``{name:name}``
    a text without white space, in German as well
``{name:said}``
    a sentence, or several with a semicolon between them, in German as well
``{name:list}``
    one or several words with commas, "or" and "and" between them, each in German as well
``{name:hint}``
    "did you mean", or nothing
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Final

import attrs
from babel.messages.pofile import read_po
from quart import current_app, has_app_context

from switchhook import Label, Problem, SwitchhookError

from .texts import Said
from .texts import language as of_whoever_asks

FOLDER: Final = Path(__file__).with_name("locale") / "de" / "sentences"
LONGEST: Final = 4_000
"""What is longer stays as it is: finding the places of several values in it could take long."""
DEEPEST: Final = 6
"""Parts of parts of sentences beyond that stay as they are."""
MOST_PARTS: Final = 20
_QUOTED: Final = r"'(?:[^'\\]|\\.)*'" + r'|"(?:[^"\\]|\\.)*"'
_PLACES: Final[Mapping[str, str]] = {
    "": r".*?",
    "said": r".*?",
    "list": r".*?",
    "word": r"\S+?",
    "name": r"\S+?",
    "r": rf"{_QUOTED}|[^\s'\"]\S*?",
    "hint": rf"(?: \(did you mean (?:{_QUOTED})\?\))?",
}
_BEFORE: Final = re.compile(r"(?:\S+ )?\S+: ")
"""What a sentence is about, such as the path of a field, a place in a file or the sort of an error."""
_BETWEEN: Final = re.compile(r"(, | or | and )")
_JOINED: Final[Mapping[str, str]] = {" or ": " oder ", " and ": " und "}


@attrs.frozen(slots=False)
class Template:
    """An English template with its German."""

    english: str
    german: str

    @cached_property
    def literal(self) -> str:
        """Its longest part that is always the same."""
        return max((text for text, *_ in _parts(self.english)), key=len)

    @cached_property
    def rank(self) -> tuple[bool, int, int]:
        """Those that begin with a word of their own come first, then those that say more by themselves."""
        parts = list(_parts(self.english))
        return not parts[0][0], -sum(len(text) for text, *_ in parts), len(parts)

    @cached_property
    def first(self) -> str:
        """Its first word if that is always the same, else empty."""
        text, name, _ = _parts(self.english)[0]
        word, space, _ = text.partition(" ")
        return word if space or not name else ""

    @cached_property
    def _loose(self) -> re.Pattern[str]:
        return self._compiled(_PLACES)

    @cached_property
    def _strict(self) -> re.Pattern[str]:
        return self._compiled({**_PLACES, **dict.fromkeys(("", "said", "list"), r"(?:(?!; |\n).)*?")})

    def _compiled(self, places: Mapping[str, str]) -> re.Pattern[str]:
        found = ""
        for text, name, kind in _parts(self.english):
            found += re.escape(text) + (f"(?P<{name}>{places[kind]})" if name else "")
        return re.compile(found, re.DOTALL)

    def said(self, sentence: str, german: Callable[[str], str], loose: bool = False) -> str | None:
        """A sentence of this template in German; None for one that is not of it."""
        if self.literal not in sentence:
            return None
        match = (self._loose if loose else self._strict).fullmatch(sentence)
        if match is None:
            return None
        values = match.groupdict()
        for _, name, kind in _parts(self.english):
            if kind in ("name", "said", "hint"):
                values[name] = german(values[name])
            elif kind == "list":
                values[name] = "".join(
                    _JOINED.get(part, part) if place % 2 else german(part)
                    for place, part in enumerate(_BETWEEN.split(values[name]))
                )
        return "".join(text + (values[name] if name else "") for text, name, _ in _parts(self.german))


@cache
def _parts(template: str) -> tuple[tuple[str, str, str], ...]:
    """A template as texts, each with the name and the kind of the place behind it."""
    return tuple(
        (text, "" if name is None else name or "-", conversion or format_ or "")
        for text, name, format_, conversion in Formatter().parse(template)
    )


def names_of(template: str) -> set[str]:
    """The names of a template's places; raises ``ValueError`` for one that cannot be read."""
    found = {name: kind for _, name, kind in _parts(template) if name}
    if unknown := {kind for kind in found.values() if kind not in _PLACES}:
        raise ValueError(f"{template!r} has places of an unknown kind: {', '.join(sorted(unknown))}")
    if wrong := [name for name in found if not name.isidentifier()]:
        raise ValueError(f"{template!r} has places without a name: {', '.join(wrong)}")
    return set(found)


def check(label: Said) -> None:
    """Raise ``ValueError`` for templates that cannot be read, or where the German one says what the English one does not."""
    named = [name for _, name, _ in _parts(label.en) if name]
    if len(named) > len(set(named)):
        raise ValueError(f"{label.en!r} has a place twice")
    if missing := names_of(label.de) - names_of(label.en):
        raise ValueError(f"{label.en!r} does not have the places {', '.join(sorted(missing))}")


@attrs.frozen
class Sentences:
    """All templates there are, found by how sentences begin."""

    whole: Mapping[str, str]
    by_word: Mapping[str, tuple[Template, ...]]

    @classmethod
    def of(cls, labels: Iterable[Said]) -> Sentences:
        """Raises ``ValueError``, see :func:`check`."""
        whole: dict[str, str] = {}
        by_word: dict[str, list[Template]] = {}
        for label in labels:
            check(label)
            if not names_of(label.en):
                whole.setdefault(*("".join(text for text, *_ in _parts(one)) for one in (label.en, label.de)))
                continue
            template = Template(label.en, label.de)
            by_word.setdefault(template.first, []).append(template)
        return cls(whole, {word: tuple(found) for word, found in by_word.items()})

    def german(self, sentence: str, depth: int = 0) -> str:
        """A sentence in German; what has none stays as it is. ``depth`` says how many it is a part of."""
        if not sentence or len(sentence) > LONGEST or depth > DEEPEST:
            return sentence
        if (found := self._found(sentence, depth)) is not None:
            return found
        if "\n" in sentence:
            return "\n".join(self.german(line, depth + 1) for line in sentence.split("\n"))
        parts = sentence.split("; ", MOST_PARTS)
        several = list(self._several(parts, depth)) if len(parts) > 1 else []
        if (not several or any(said is None for said, _ in several)) and (
            found := self._found(sentence, depth, loose=True)
        ) is not None:
            return found
        return "; ".join(said if said is not None else part for said, part in several) if several else sentence

    def _several(self, parts: Sequence[str], depth: int) -> Iterator[tuple[str | None, str]]:
        """Several sentences, of which each may have a semicolon of its own: the German if there is one, and the sentence."""
        while parts:
            for end in range(len(parts), 0, -1):
                sentence = "; ".join(parts[:end])
                if (found := self._found(sentence, depth)) is not None or end == 1:
                    yield found, sentence
                    parts = parts[end:]
                    break

    def _found(self, sentence: str, depth: int, *, loose: bool = False) -> str | None:
        """``loose`` when a value may hold what looks like the end of a sentence."""
        if sentence in self.whole:
            return self.whole[sentence]
        word = sentence.partition(" ")[0]
        candidates = (*(self.by_word.get(word, ()) if word else ()), *self.by_word.get("", ()))
        for template in sorted(candidates, key=lambda one: one.rank):
            if (said := template.said(sentence, lambda part: self.german(part, depth + 1), loose)) is not None:
                return said
        before = _BEFORE.match(sentence)
        rest = self._found(sentence[before.end() :], depth, loose=loose) if before else None
        return before[0] + rest if before and rest is not None else None


def kernels() -> Iterator[Label]:
    """The templates for sentences of the kernel and of these pages, from ``locale/de/sentences/*.po``."""
    for file in sorted(FOLDER.glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="de"):
                if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                    yield Label(message.string, message.id)


def with_plugins(
    brought: Iterable[tuple[str, Said]], wrong: Callable[[str, ValueError], object] = lambda *_: None
) -> Sentences:
    """Those of the kernel, and what plugins brought, by their names; ``wrong`` is told of templates that are none."""
    sound = []
    for plugin, label in brought:
        try:
            check(label)
        except ValueError as error:
            wrong(plugin, error)
        else:
            sound.append(label)
    return Sentences.of([*kernels(), *sound])


@cache
def _without_plugins() -> Sentences:
    return with_plugins(())


def in_language(sentence: str, language: str) -> str:
    """A sentence in a language; what has no German stays as it is."""
    if language != "de":
        return sentence
    known = current_app.extensions["sentences"] if has_app_context() else _without_plugins()
    german: str = known.german(sentence)
    return german


def told(what: object) -> str:
    """A sentence, or what an error says, in the language of whoever asks."""
    language = of_whoever_asks()
    problems = getattr(what, "problems", ()) if isinstance(what, SwitchhookError) else ()
    if problems and all(isinstance(one, Problem) for one in problems):
        return "; ".join(f"{one.path}: {in_language(one.message, language)}" for one in problems)
    return in_language(str(what), language)
