"""A mail's text before it is written: subject and body with {placeholders}, in German and English."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any, Final

import attrs

from ..errors import PluginError, SwitchhookError, near_match
from ..schema import Label, Problem
from .attachment import Attachment

LANGUAGES: Final = ("de", "en")
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")


class UnknownTemplate(SwitchhookError):
    """There is no mail template of this name."""

    code = "unknown_template"


@attrs.frozen
class Placeholder:
    """A word in braces and what stands for it; ``example`` is what a preview shows."""

    label: Label
    example: str = ""


@attrs.frozen
class Wording:
    """A subject and a body. Placeholders are words in braces such as ``{name}``; other braces are just braces."""

    subject: str
    body: str

    def problems(self, known: Iterable[str]) -> Iterator[Problem]:
        """What cannot be sent so: an empty or broken subject, an empty body, unknown placeholders."""
        known = list(known)
        if not self.subject.strip() or len(self.subject.splitlines()) > 1:
            yield Problem("subject", "must be one line of text")
        if not self.body.strip():
            yield Problem("body", "must not be empty")
        for path, text in (("subject", self.subject), ("body", self.body)):
            for word in dict.fromkeys(_PLACEHOLDER.findall(text)):
                if word not in known:
                    hint = near_match(word, known) or f"; known are {', '.join(known)}"
                    yield Problem(path, f"there is no placeholder {{{word}}} here{hint}")

    def written(self, values: Mapping[str, str]) -> Letter:
        """The letter with ``values`` filled in; a placeholder without a value stays empty."""
        clean = {name: one_line(value) for name, value in values.items()}
        plain = _filled(self.body, clean).strip() + "\n"
        return Letter(one_line(_filled(self.subject, clean))[:250], plain, _page(self.body, clean))


@attrs.frozen
class Letter:
    """What somebody receives: one line of subject, plain text, the same as simple HTML, and files."""

    subject: str
    text: str
    html: str = attrs.field(repr=False)
    attachments: tuple[Attachment, ...] = ()


@attrs.frozen
class MailTemplate:
    """A kind of mail: ``name`` is unique among all plugins, ``wordings`` by language hold at least ``de`` and ``en``."""

    name: str
    label: Label
    placeholders: Mapping[str, Placeholder]
    wordings: Mapping[str, Wording]

    def wording(self, language: str) -> Wording:
        """The built-in text in a language, the English one where there is none."""
        return self.wordings.get(language) or self.wordings["en"]

    def problems(self) -> Iterator[Problem]:
        """What is wrong with it, so that it could not be sent."""
        if not _NAME.fullmatch(self.name):
            yield Problem("name", f"does not have the shape {_NAME.pattern}")
        for language in LANGUAGES:
            if language not in self.wordings:
                yield Problem(language, "has no wording")
        for language, wording in self.wordings.items():
            for one in wording.problems(self.placeholders):
                yield attrs.evolve(one, path=f"{language}.{one.path}")

    @property
    def examples(self) -> Mapping[str, str]:
        """A value for each placeholder, for a preview."""
        return {name: one.example or one.label.en for name, one in self.placeholders.items()}


@attrs.frozen
class MailTemplates:
    """All templates by name."""

    _by_name: Mapping[str, MailTemplate]

    @classmethod
    def of(cls, found: Iterable[tuple[str, MailTemplate]]) -> MailTemplates:
        """The kernel's templates, and those ``found`` with their plugins; raises ``PluginError`` for two of one name."""
        owners = dict.fromkeys((one.name for one in KERNEL_TEMPLATES), "switchhook")
        by_name = {one.name: one for one in KERNEL_TEMPLATES}
        for plugin, one in found:
            if one.name in by_name:
                raise PluginError(
                    f"plugins {owners[one.name]!r} and {plugin!r} both bring the mail template {one.name!r}; "
                    "disable one of them",
                    template=one.name,
                    plugins=[owners[one.name], plugin],
                )
            by_name[one.name], owners[one.name] = one, plugin
        return cls(by_name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __getitem__(self, name: str) -> MailTemplate:
        try:
            return self._by_name[name]
        except KeyError:
            hint = near_match(name, self._by_name)
            raise UnknownTemplate(f"there is no mail template {name!r}{hint}", template=name) from None

    def get(self, name: str) -> MailTemplate | None:
        """The template of a name, if there is one."""
        return self._by_name.get(name)


def one_line(text: str) -> str:
    """A text without control characters and line ends: what somebody wrote into a name forges no line of a mail."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(clean.split())


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def _page(body: str, values: Mapping[str, str]) -> str:
    """The body as HTML: values are text and never markup; a value that is an address as a whole becomes a link."""
    safe = {name: _linked(value) for name, value in values.items()}
    parts = [part for part in re.split(r"\n\s*\n", body.strip()) if part.strip()]
    paragraphs = (_filled(html.escape(part), safe).replace("\n", "<br>\n") for part in parts)
    inside = "\n".join(f"<p>{one}</p>" for one in paragraphs)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head>\n<body>\n{inside}\n</body></html>\n'


def _linked(value: str) -> str:
    safe = html.escape(value)
    return f'<a href="{safe}">{safe}</a>' if _ADDRESS.fullmatch(value) else safe


def _kernel_templates() -> Iterator[MailTemplate]:
    folder = resources.files(__package__) / "texts"
    catalogue, *texts = (_toml((folder / f"{name}.toml").read_text("utf-8")) for name in ("catalogue", *LANGUAGES))
    for name, said in catalogue.items():
        yield MailTemplate(
            name,
            Label(said["de"], said["en"]),
            {
                word: Placeholder(Label(one["de"], one["en"]), one.get("example", ""))
                for word, one in said["placeholders"].items()
            },
            {
                language: Wording(text[name]["subject"], text[name]["body"])
                for language, text in zip(LANGUAGES, texts, strict=True)
            },
        )


def _toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


KERNEL_TEMPLATES: Final = tuple(_kernel_templates())
