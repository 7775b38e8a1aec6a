"""The only way to words for AGI: checked, quoted, one line, nothing else in the project writes commands.

Asterisk's reader (res_agi.c, ``parse_args``) knows quotes, backslashes and
blanks only. It runs what follows a line end, or stands beyond byte 8191, as a
second command, and writes past the end of its table when a line holds more
than 127 quoted words. All of that is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from switchhook.errors import UnsafeText

from .plain_text import plain_bytes

#: The most words of one command: ``argv`` has 128 places, the last one ends the list.
MAX_WORDS: Final = 127
#: The longest command in bytes with its line end; half of Asterisk's AGI_BUF_LEN.
MAX_BYTES: Final = 4096
#: The longest value in bytes that GET VARIABLE gives back; it cuts longer ones off without a word.
MAX_VALUE: Final = 1023

_NEEDS_NO_QUOTES: Final = re.compile(r"[A-Za-z0-9_.:/+=,&@#*()-]+\Z")
_NONE_NEEDS_QUOTES: Final = re.compile(r"[A-Za-z0-9_.:/+=,&@#*()-]+(?:\n[A-Za-z0-9_.:/+=,&@#*()-]+)*\Z")
_STATE_WORD: Final = re.compile(r"[A-Za-z0-9_.:/+-]*\Z")
_ARGUMENT: Final = re.compile(r"[A-Za-z0-9_.:/+&@#*=-]*(\([A-Za-z0-9_.:/+&@#*=-]*\))?\Z")
_SOUND_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*\Z")
_MAX_SOUND_KEY: Final = 200
_ASKED_FURTHER: Final = frozenset({"get", "set", "exec"})
#: Applications that run programs, evaluate text or open another AGI session.
_NEVER_EXEC: Final = frozenset(
    {"system", "trysystem", "exec", "tryexec", "execif", "externalivr", "agi", "eagi", "deadagi"}
)


def agi_encode(*words: str) -> bytes:
    """Give one AGI command as exactly one line that Asterisk reads back as ``words``.

    Raises UnsafeText for no words or more than 127, for control characters,
    for a line over 4096 bytes, for ``failure`` as the command (it ends the
    session), and for what must never be asked of Asterisk: ``GET FULL
    VARIABLE``, ``ASYNCAGI``, programs, and setting ``AGIEXECFULL``, all of
    which evaluate text or leave the session; and for ``SET VARIABLE`` with a
    value over 1023 bytes, which Asterisk would not give back whole.
    """
    if not 0 < len(words) <= MAX_WORDS:
        raise UnsafeText(f"an AGI command of {len(words)} words, 1 to {MAX_WORDS} are possible", words=len(words))
    _refuse_dangerous(words)
    together = "\n".join(words)
    if _NONE_NEEDS_QUOTES.match(together) and together.count("\n") == len(words) - 1:
        line = together.replace("\n", " ").encode() + b"\n"  # nearly every command, at a third of the cost
    else:
        line = b" ".join([_quoted(word, number) for number, word in enumerate(words, 1)]) + b"\n"
    if len(line) > MAX_BYTES:
        raise UnsafeText(f"an AGI command of {len(line)} bytes, at most {MAX_BYTES} are safe", size=len(line))
    return line


def agi_read(line: bytes) -> list[bytes]:
    """Read a command as Asterisk does: ``parse_args`` of res_agi.c, step by step.

    ``line`` is without its line end. It exists to prove :func:`agi_encode`,
    and to let a test's peer understand what it is told.
    """
    words: list[bytearray] = []
    quoted = escaped = False
    between = True
    for byte in line:
        if byte == 0x22 and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append(bytearray())
                between = False
        elif byte in b" \t" and not quoted and not escaped:
            between = True
        elif byte == 0x5C and not escaped:
            escaped = True
        else:
            if between:
                words.append(bytearray())
                between = False
            words[-1].append(byte)
            escaped = False
    return [bytes(word) for word in words]


def state_word(text: str) -> str:
    """Pass ``text`` on when it may stand in a channel variable that the dialplan reads.

    Only ``[A-Za-z0-9_.:/+-]*``: no comma, quote, ``$`` or blank ever reaches
    dialplan evaluation. Raises UnsafeText otherwise.
    """
    if not _STATE_WORD.match(text):
        raise UnsafeText("a state word holds only letters, digits and _ . : / + -", length=len(text))
    return text


def argument_list(*arguments: str) -> str:
    """Join the arguments of a dialplan subroutine with commas.

    Each argument is made of ``[A-Za-z0-9_.:/+&@#*=-]`` and may end in one pair
    of parentheses around the same, as in ``t(#)``, so that none can become two.
    Raises UnsafeText otherwise, with the argument's number.
    """
    for number, argument in enumerate(arguments, 1):
        if not _ARGUMENT.match(argument):
            raise UnsafeText(f"subroutine argument {number} would be read as something else", argument=number)
    return ",".join(arguments)


def sound_list(keys: Iterable[str]) -> str:
    """Join sound keys with ``&`` as Playback and Read want them; no keys give an empty string.

    A sound is named by a key, ``[a-z0-9][a-z0-9_.-]*`` with more of that after
    single slashes, never by an absolute path, an upward path or a URL, which
    Asterisk would fetch. Raises UnsafeText otherwise.
    """
    return "&".join([sound_key(key) for key in keys])


def sound_key(key: str) -> str:
    """Pass ``key`` on when it names a sound (see :func:`sound_list`), of at most 200 characters."""
    if len(key) > _MAX_SOUND_KEY or not _SOUND_KEY.match(key) or ".." in key:
        raise UnsafeText("a sound is named by a key such as 'acme/welcome', never by a path or URL", length=len(key))
    return key


def _quoted(word: str, number: int) -> bytes:
    text = plain_bytes(word, f"word {number} of an AGI command")
    if _NEEDS_NO_QUOTES.match(word):
        return text
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _refuse_dangerous(words: Sequence[str]) -> None:
    command = words[0].lower()
    if command.startswith(("failure", "asyncagi")):
        raise UnsafeText(f"AGI command {words[0]!r} is never sent", command=words[0])
    if command not in _ASKED_FURTHER or len(words) == 1:
        return
    second = words[1].lower()
    if command == "get" and second == "full":
        raise UnsafeText("GET FULL VARIABLE evaluates text and is never sent", command=words[0])
    if command == "exec" and second in _NEVER_EXEC:
        raise UnsafeText(f"application {words[1]!r} is never executed", application=words[1])
    if command == "exec":
        _refuse_evaluation(*words[2:])
    if command == "set" and second == "variable" and len(words) > 2:
        _refuse_variable(words[2], words[3:])


def _refuse_evaluation(*texts: str) -> None:
    if any("agiexecfull" in text.lower() for text in texts):
        raise UnsafeText("AGIEXECFULL would make Asterisk evaluate our arguments")


def _refuse_variable(name: str, value: Sequence[str]) -> None:
    _refuse_evaluation(name)
    size = len(value[0].encode("utf-8", "replace")) if value else 0
    if size > MAX_VALUE:
        raise UnsafeText(f"a channel variable of {size} bytes comes back as {MAX_VALUE}", variable=name, size=size)
