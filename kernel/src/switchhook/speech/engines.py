"""The engines known from the start, and which of them is taken here."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from .engine import CommandEngine, NoSpeechEngine, SpeechEngine, Utterance

# The words a minute are those at which a speech recogniser understood most of the stock prompts.
_ESPEAK_VOICES: Final[Mapping[str, str]] = {"de": "de@130", "en": "en-us@150"}
_PICO_VOICES: Final[Mapping[str, str]] = {"de": "de-DE", "en": "en-GB", "en-us": "en-US"}
_CHILD: Final = Path(__file__).with_name("espeak_child.py")
WHAT_TO_INSTALL: Final = (
    "install one of: pip install 'switchhook[speech]' (espeak-ng without root), "
    "apt install libttspico-utils (Pico, best for German; Debian's non-free), apt install espeak-ng"
)


def pico2wave() -> CommandEngine | None:
    """SVOX Pico through ``pico2wave``, if installed: small, quick, and by far the clearest German of the three."""
    program = shutil.which("pico2wave")
    if program is None:
        return None

    def arguments(utterance: Utterance) -> list[str]:
        return [program, "-l", utterance.voice, "-w", str(utterance.output), "--", utterance.text]

    return CommandEngine("pico2wave", _PICO_VOICES, arguments, text_on_input=False)


def bundled_espeak_ng() -> CommandEngine | None:
    """espeak-ng from the package ``espeakng-loader``, if installed, run by this Python in a process of its own.

    The package is only looked for, never imported: its library is under the
    GPL-3 and stays outside this process. Its data directory is named relative
    to where the process runs, because espeak-ng cuts off paths of more than
    160 bytes.
    """
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    library = next((package / name for name in _library_names() if (package / name).is_file()), None)
    if library is None or not (package / "espeak-ng-data").is_dir():
        return None
    arguments = partial(_child_arguments, str(library))
    return CommandEngine("espeak-ng-bundled", _ESPEAK_VOICES, arguments, directory=package)


def espeak_ng() -> CommandEngine | None:
    """The host's own ``espeak-ng`` command, if installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None

    def arguments(utterance: Utterance) -> list[str]:
        voice, _, speed = utterance.voice.partition("@")
        return [program, "-v", voice, "-s", speed or "150", "-b", "1", "-w", str(utterance.output), "--stdin"]

    return CommandEngine("espeak-ng", _ESPEAK_VOICES, arguments)


def installed_engines() -> tuple[SpeechEngine, ...]:
    """The engines that can be used here, the most intelligible first."""
    found = (pico2wave(), bundled_espeak_ng(), espeak_ng())
    return tuple(engine for engine in found if engine is not None)


def choose_engine(name: str | None = None) -> SpeechEngine:
    """The engine of that name, or the best one installed.

    Raises ``NoSpeechEngine`` saying what to install.
    """
    engines = installed_engines()
    if name is None and engines:
        return engines[0]
    for engine in engines:
        if engine.name == name:
            return engine
    wanted = "no speech engine" if name is None else f"no speech engine {name!r}"
    present = f" (there is: {', '.join(engine.name for engine in engines)})" if engines else ""
    raise NoSpeechEngine(f"{wanted} is installed{present}; {WHAT_TO_INSTALL}", engine=name)


def _child_arguments(library: str, utterance: Utterance) -> list[str]:
    voice, _, speed = utterance.voice.partition("@")
    output = str(utterance.output)
    return [sys.executable, "-I", "-S", str(_CHILD), library, "espeak-ng-data", voice, speed or "150", output]


def _library_names() -> tuple[str, ...]:
    if sys.platform == "win32":
        return ("espeak-ng.dll",)
    if sys.platform == "darwin":
        return ("libespeak-ng.dylib",)
    return ("libespeak-ng.so.1", "libespeak-ng.so")
