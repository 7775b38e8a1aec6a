"""The library of sounds: one folder a language, one WAV file a prompt, known in memory."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from ..access.tenant import TENANT_ID
from ..calls.prompts import OWN, SAID, Prompt, PromptMissing, PromptRefused, check_language, check_prompt_id
from ..errors import ConfigError, near_match
from ..speech.audio import TELEPHONE_RATE, AudioRefused, read_wav, to_telephone, to_wav, wav_seconds

MAX_BYTES: Final = 64 * 1024 * 1024  # 35 minutes at 16 kHz
TAKEN_RATES: Final = (TELEPHONE_RATE, 16000)
_SAFE_PATH: Final = re.compile(r"/[A-Za-z0-9_.:/+-]*")

_Key = tuple[str, str]  # language and place: the id, or own/TENANT/NAME for what is a tenant's own


@attrs.frozen
class _File:
    """A file as it was found; one that cannot be looked at has no time."""

    path: Path
    changed: int = 0
    size: int = 0

    @classmethod
    def of(cls, path: Path) -> _File:
        try:
            found = path.stat()
        except OSError:
            return cls(path)
        return cls(path, found.st_mtime_ns, found.st_size)


def _resolved(directory: Path) -> Path:
    return directory.resolve()


@attrs.define
class PromptLibrary:
    """The sounds below ``directory``, which is ``DIRECTORY/LANGUAGE/ID.wav`` for each.

    A tenant's own, ``own/NAME``, are at ``DIRECTORY/LANGUAGE/own/TENANT/NAME.wav``:
    no other tenant finds them.

    ``fallback`` are the languages looked at, in order, when a prompt is
    missing in the language asked for. ``seen_as`` is the name of the directory
    as Asterisk sees it, when Asterisk runs in a root of its own. What is there
    is read at the start and by :meth:`rescan`, which portals call every few
    seconds; looking a prompt up reads nothing. A file that must not be played is listed in :attr:`refused` with
    the reason. Raises ``ConfigError`` for a directory whose name Asterisk
    could take for more than a name.
    """

    directory: Path = attrs.field(converter=_resolved)
    fallback: Sequence[str] = ("en", "de")
    seen_as: str | None = None
    _prompts: Mapping[_Key, Prompt] = attrs.field(init=False, factory=dict)
    _refused: Mapping[_Key, str] = attrs.field(init=False, factory=dict)
    _files: Mapping[_Key, _File] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        seen = self.seen_as or str(self.directory)
        if not _SAFE_PATH.fullmatch(seen) or ".." in seen.split("/"):
            raise ConfigError(
                f"the sounds cannot be kept in {seen!r}: Asterisk takes absolute paths of letters, digits"
                " and _ . : / + - only; choose another data directory",
                directory=seen,
            )
        self.rescan()

    def rescan(self) -> bool:
        """Take notice of files that are new, changed or gone; whether there are any. May be called in a thread.

        Only those are read: the others are known by their size and time. A
        directory that does not exist is empty.
        """
        files = dict(self._there(self.directory))
        before, prompts, refused = self._files, dict(self._prompts), dict(self._refused)
        changed = [key for key, file in files.items() if before.get(key) != file]
        gone = (prompts.keys() | refused.keys()) - files.keys()
        if not changed and not gone:
            return False
        for key in (*changed, *gone):
            prompts.pop(key, None)
            refused.pop(key, None)
        for key in changed:
            try:
                prompts[key] = self._look_at(files[key].path, *key)
            except (PromptRefused, AudioRefused, OSError) as error:
                refused[key] = str(error)
        self._prompts, self._refused, self._files = prompts, refused, files
        return True

    def _there(self, directory: Path) -> Iterator[tuple[_Key, _File]]:
        """The files below a directory, with what tells whether one is still the same."""
        try:
            entries = list(os.scandir(directory))
        except FileNotFoundError:  # not made yet, or taken away at this moment
            return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._there(Path(entry.path))
            elif entry.name.endswith(".wav") and directory != self.directory:
                path = Path(entry.path)
                language, _, place = path.relative_to(self.directory).as_posix().removesuffix(".wav").partition("/")
                yield (language, place), _File.of(path)

    def find(self, id: str, language: str, tenant: str = "") -> Prompt:  # noqa: A002 - the domain's own word
        """The prompt in ``language``, its base language (``de`` for ``de-at``) or the first fallback that has it.

        ``own/NAME`` is found by its ``tenant`` alone, and without one not at all.

        Raises ``PromptRefused`` for an id that is none, or whose only sound
        must not be played; ``PromptMissing``, naming a near match, otherwise.
        """
        check_prompt_id(id)
        place, languages = _place(id, tenant), tuple(self._languages(language))
        for tag in languages:
            if (prompt := self._prompts.get((tag, place))) is not None:
                return prompt
        for tag in languages:
            if (reason := self._refused.get((tag, place))) is not None:
                raise PromptRefused(f"the sound of {id!r} in {tag!r} is not used: {reason}", id=id, language=tag)
        hint = near_match(id, self.ids(tenant))
        looked = ", ".join(languages)
        raise PromptMissing(f"there is no prompt {id!r} in any of: {looked}{hint}", id=id, languages=languages)

    def asterisk_name(self, prompt: Prompt) -> str:
        """The name by which Asterisk plays the prompt: absolute, without the extension."""
        place = _place(check_prompt_id(prompt.id), prompt.tenant)
        return f"{self.seen_as or self.directory}/{check_language(prompt.language)}/{place}"

    def add(self, id: str, language: str, source: Path | bytes, tenant: str = "") -> Prompt:  # noqa: A002
        """Keep a sound, given as a WAV file or its bytes, under an id; it replaces one of the same id at once.

        Taken are mono 16-bit PCM files at 8 kHz, and at 16 kHz, which are
        brought to 8 kHz. The file's name plays no part. Calls that play the
        former sound hear it to its end. Blocks: about a second for a minute of
        16 kHz. Raises ``AudioRefused`` and ``PromptRefused``, also for an
        ``own/NAME`` without its ``tenant``.
        """
        path = self._path(id, language, tenant)
        place = _place(id, tenant)
        wav = _checked(source)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stay_inside(path.parent)
        write_whole(path, wav)
        prompt = self._look_at(path, language, place)
        self._prompts = {**self._prompts, (language, place): prompt}
        self._refused = {key: reason for key, reason in self._refused.items() if key != (language, place)}
        return prompt

    def remove(self, id: str, language: str, tenant: str = "") -> None:  # noqa: A002
        """Take a prompt's sound away; nothing happens when there is none. Raises ``PromptRefused`` as :meth:`add`."""
        path, key = self._path(id, language, tenant), (language, _place(id, tenant))
        self._stay_inside(path)
        path.unlink(missing_ok=True)
        self._prompts = {known: prompt for known, prompt in self._prompts.items() if known != key}
        self._refused = {known: reason for known, reason in self._refused.items() if known != key}

    def prompts(self) -> tuple[Prompt, ...]:
        """Every prompt that can be played by anyone, ordered by language and id."""
        return tuple(self._prompts[key] for key in sorted(self._prompts))

    def ids(self, tenant: str = "") -> list[str]:
        """The ids a tenant can play, in order: those there for everyone, and its own, but for what a call said."""
        own = (prompt.id for prompt in self._prompts.values() if prompt.tenant in ("", tenant))
        return sorted({id for id in own if not id.startswith(SAID)})  # noqa: A001 - the domain's own word

    @property
    def refused(self) -> Mapping[_Key, str]:
        """Why a file in the directory is not used, by its language and what would be its id."""
        return self._refused

    def _path(self, id: str, language: str, tenant: str) -> Path:  # noqa: A002
        place = _place(check_prompt_id(id), tenant)
        return self.directory / check_language(language) / f"{place}.wav"

    def _look_at(self, path: Path, language: str, place: str) -> Prompt:
        self._stay_inside(path)
        id, tenant = _whose(place)  # noqa: A001 - the domain's own word
        return Prompt(check_prompt_id(id), check_language(language), wav_seconds(path), path, tenant)

    def _stay_inside(self, path: Path) -> None:
        real = path.resolve()
        if not real.is_relative_to(self.directory):
            raise PromptRefused(f"{path} leads out of the library, to {real}")

    def _languages(self, language: str) -> Iterator[str]:
        yield from dict.fromkeys((language, language.partition("-")[0], *self.fallback))


def _place(id: str, tenant: str) -> str:  # noqa: A002 - the domain's own word
    """Where an id is below its language; raises ``PromptRefused`` for a tenant's own without the tenant."""
    if not id.startswith(OWN):
        return id
    if not TENANT_ID.fullmatch(tenant):
        raise PromptRefused(f"{id!r} is a tenant's own prompt, and {tenant[:40]!r} is no tenant", id=id)
    return f"{OWN}{tenant}/{id.removeprefix(OWN)}"


def _whose(place: str) -> tuple[str, str]:
    """The id of what is at a place, and the tenant whose it is; raises ``PromptRefused`` for what is nobody's."""
    if not place.startswith(OWN):
        return place, ""
    tenant, _, name = place.removeprefix(OWN).partition("/")
    if not name or not TENANT_ID.fullmatch(tenant):
        raise PromptRefused(f"{place!r} is nobody's: a tenant's own sounds are at {OWN}TENANT/NAME.wav", id=place)
    return OWN + name, tenant


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place so that a reader finds the old one or the new one, never part of one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # Asterisk may run under another user
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _checked(source: Path | bytes) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MAX_BYTES:
        raise AudioRefused(f"the file has {size} bytes, a prompt has at most {MAX_BYTES}")
    sound = read_wav(source)
    if sound.rate not in TAKEN_RATES:
        rates = " or ".join(map(str, TAKEN_RATES))
        raise AudioRefused(
            f"it has {sound.rate} samples a second instead of {rates};"
            " convert it with: sox -G INPUT -c 1 -r 8000 -b 16 -e signed-integer OUTPUT.wav",
            rate=sound.rate,
        )
    if not sound.samples:
        raise AudioRefused("it holds no sound at all")
    return to_wav(to_telephone(sound))
