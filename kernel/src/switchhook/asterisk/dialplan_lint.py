"""Finds where a dialplan lets a caller or a called party choose what it does (SEC11, SEC28).

Asterisk substitutes ``${...}`` before it parses: a caller's name in ``$[ ]`` becomes part of the expression, a comma
in it shifts arguments. So a dialplan may expand only what cannot hold such text. The check knows what is trusted,
and takes everything else for untrusted, however it is used. A Dial must ignore redirects, or whoever is called says
who is dialled next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

_STEP: Final = re.compile(r"(?:exten\s*=>?\s*(?P<exten>[^,]+),|same\s*=>?\s*)[^,]+,(?P<step>.*)")
_CONTEXT: Final = re.compile(r"\[(?P<name>[^\]]+)\]")
_APPLICATION: Final = re.compile(r"[A-Za-z_]+")
_DIGITS_ONLY: Final = re.compile(r"_?[+*]?[0-9XZN]+")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OWN: Final = re.compile(r"SH_[A-Z_]+")
_ARGUMENT: Final = re.compile(r"ARG[0-9]+")
_ASSIGNED: Final = re.compile(r"\b(?:Set|MSet)\((?P<name>[^=,()]*)\s*=")
_DIAL: Final = re.compile(r"\bDial\(", re.IGNORECASE)
_RESULT: Final = re.compile(r"SH_R\$\{(ARG[0-9]+|SH_AT)\}")
"""The one name that is computed: the result of a step, numbered by the portal."""
_FILTER: Final = re.compile(r"[0-9a-zA-Z+_-]+")

_MADE_BY_ASTERISK: Final = frozenset(
    {
        "ANSWEREDTIME",
        "ASTSPOOLDIR",
        "CONFBRIDGE_RESULT",
        "CPLAYBACKSTATUS",
        "CPLAYBACKSTOPKEY",
        "DIALEDPEERNAME",
        "DIALSTATUS",
        "HANGUPCAUSE",
        "PLAYBACKSTATUS",
        "READSTATUS",
        "RECORD_STATUS",
        "UNIQUEID",
    }
)
"""Words and numbers Asterisk makes itself, whatever the caller sends."""
_TRANSPARENT: Final = frozenset({"CONFBRIDGE_INFO", "CUT", "IF", "RAND", "STRFTIME", "TIMEOUT"})
"""Functions whose value is as good as their arguments, or a number."""
_CHANNEL_FACTS: Final = frozenset(
    {
        "CHANNEL(language)",
        "CHANNEL(name)",
        "IMPORT(${SH_SERVED},CHANNEL(name))",
        "CHANNEL(rtcp,rxcount)",
        "MASTER_CHANNEL(CHANNEL(hangupsource))",
        "MASTER_CHANNEL(CHANNEL(name))",
        "IMPORT(${SH_PEER},CHANNEL(name))",
        "MASTER_CHANNEL(SH_KEY_${EXTEN})",  # told by the portal, where EXTEN is digits by its pattern
    }
)
"""Names of channels, which Asterisk makes of the names of our own endpoints and numbers, the language that is set for
them, and what it counts."""
_FORBIDDEN: Final = frozenset(
    {
        "AGIEXECFULL",
        "CURL",
        "DEADAGI",
        "EAGI",
        "EVAL",
        "EXEC",
        "EXTERNALIVR",
        "FILE",
        "MIXMONITOR",
        "ODBC",
        "REALTIME",
        "SHELL",
        "STAT",
        "SYSTEM",
        "TRYEXEC",
        "TRYSYSTEM",
    }
)
"""What runs commands, fetches, or evaluates a text once more."""
_RECORDING: Final = re.compile(
    r"MixMonitor\((\$\{ASTSPOOLDIR\}/[a-z]+/\$\{SH_[A-Z]+\},bD|,br\(\$\{ASTSPOOLDIR\}/[a-z]+/\$\{SH_[A-Z]+\}\))\)"
)
"""MixMonitor where it can run nothing: a file the portal named, fixed options, and no command after them."""


@attrs.frozen
class Finding:
    """One place where a dialplan does what it must not: line (from 1), what is wrong there, and the line."""

    line: int
    reason: str
    text: str


@attrs.frozen
class _Place:
    """Where an expansion stands: that decides whom it may trust."""

    context: str
    exten: str

    def trusts(self, name: str) -> bool:
        if name == "EXTEN":
            return bool(_DIGITS_ONLY.fullmatch(self.exten))
        if _ARGUMENT.fullmatch(name):  # arguments come from the portal and from this dialplan
            return self.context == "sh" or self.context.startswith("sh-")
        return name in _MADE_BY_ASTERISK or bool(_OWN.fullmatch(name))


def untrusted(dialplan: str) -> list[Finding]:
    """Every place in the text of an extensions.conf that expands what a caller can choose, follows a called party's
    redirect, or cannot be judged.

    Trusted are: our own SH_ variables (the portal writes state words only, and each one set here must be set from
    what is trusted), EXTEN where the pattern allows digits alone, arguments of our subroutines, and words made by
    Asterisk. ``FILTER`` with plain characters and ``BASE64_ENCODE`` make anything trusted.
    """
    findings = []
    place = _Place("", "")
    for number, raw in enumerate(dialplan.splitlines(), start=1):
        line = raw.partition(";")[0].strip()
        heading, step = _CONTEXT.match(line), _STEP.fullmatch(line)
        if heading:
            place = _Place(heading["name"], "")
        elif step:
            place = _Place(place.context, (step["exten"] or place.exten).strip())
            findings += [Finding(number, reason, raw) for reason in _reasons(step["step"], place)]
        elif re.match(r"#|include\b|switch\b|lswitch\b|eswitch\b", line):
            findings.append(Finding(number, "brings in what cannot be seen here", raw))
        elif "$" in line:
            findings.append(Finding(number, "expands outside a step", raw))
    return findings


def _reasons(step: str, place: _Place) -> Iterator[str]:
    for word in _NAME.findall(step):
        if word.upper() in _FORBIDDEN and not _RECORDING.fullmatch(step):
            yield f"{word} evaluates or runs text"
    if re.match(r"AGI\((?!agi://)", step, re.IGNORECASE):
        yield "AGI runs a program"
    yield from (
        "Dial without the option i follows whoever is called and says the call moved"
        for dial in _DIAL.finditer(step)
        if "i" not in _options(step[dial.end() :])
    )
    for assigned in _ASSIGNED.finditer(step):
        if "$" in assigned["name"] and not (place.context in ("sh", "call") and _RESULT.fullmatch(assigned["name"])):
            yield "sets a variable whose name is expanded"
    yield from _expansions(step, place)


def _options(arguments: str) -> str:
    """The letters of an application's third argument, without what stands in brackets behind them or is expanded."""
    depth, commas, letters = 0, 0, ""
    for sign in arguments:
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            break
        commas += sign == "," and depth == 0
        letters += sign if commas == 2 and depth == 0 else ""
    return letters


def _expansions(text: str, place: _Place) -> Iterator[str]:
    """What is wrong with the expansions in ``text``, and in those inside them."""
    position = 0
    while (start := text.find("$", position)) >= 0:
        opening = text[start + 1 : start + 2]
        if opening not in ("{", "["):
            position = start + 1
            continue
        end = _closing(text, start + 1)
        if end < 0:
            yield "an expansion is never closed"
            return
        inner = text[start + 2 : end]
        yield from _expansions(inner, place) if opening == "[" else _variable(inner, place)
        position = end + 1


def _closing(text: str, start: int) -> int:
    """Index of the bracket that closes the one at ``start``; -1 when there is none."""
    opening = text[start]
    closing = {"{": "}", "[": "]"}[opening]
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] == opening) - (text[index] == closing)
        if depth == 0:
            return index
    return -1


def _variable(inner: str, place: _Place) -> Iterator[str]:
    """Judge the inside of one ``${...}``."""
    found = _NAME.match(inner)
    rest = inner[found.end() :] if found else inner
    if found is None or rest.startswith("$"):
        yield f"${{{inner}}} has a name that is itself expanded"
    elif rest.startswith("("):
        yield from _function(found.group(), rest[1:].removesuffix(")"), place)
    elif not place.trusts(found.group()):
        yield f"${{{inner}}} may hold text of the caller"
    else:
        yield from _expansions(rest, place)


def _function(name: str, arguments: str, place: _Place) -> Iterator[str]:
    first, _, rest = arguments.partition(",")
    if (name == "FILTER" and _FILTER.fullmatch(first)) or f"{name}({arguments})" in _CHANNEL_FACTS:
        return
    if name == "BASE64_ENCODE":  # whatever it was, it is letters, digits, +, / and = now
        return
    if name == "MASTER_CHANNEL" and _OWN.fullmatch(arguments):  # our own variable, kept on the caller's channel
        return
    if name not in _TRANSPARENT:
        yield f"${{{name}(...)}} may hold text of the caller"
    elif name == "CUT" and not place.trusts(first):
        yield f"CUT({first}) may hold text of the caller"
    yield from _expansions(arguments if name != "CUT" else rest, place)
