"""An installation with one module and one flow."""

from array import array
from pathlib import Path

import attrs
from click.testing import CliRunner, Result

from switchhook.calls.port import Listen
from switchhook.calls.session import Session
from switchhook.cli.main import group
from switchhook.flows.module import Exit, Module
from switchhook.schema import Label, setting
from switchhook.speech.audio import Sound, to_wav


@attrs.frozen
class Ask(Module):
    kind = "ask"
    label = Label("Frage", "Question")
    consumes_input = True
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts")

    def exits(self) -> tuple[str, ...]:
        return ("yes", "timeout")

    async def run(self, session: Session) -> Exit:
        pressed = (await session.read(*self.prompts, listen=Listen())).pressed
        return Exit("yes" if pressed == "1" else "timeout", f"pressed {pressed or 'nothing'}")


WAV = to_wav(Sound(array("h", [0] * 8000)))
FLOW = """\
flow: hotline
label: Hotline   # for callers
start: question
last_resort: question
points:
  question:
    module: ask
    label: Question
    settings: {prompts: [demo/menu]}
    exits: {yes: hang-up, timeout: hang-up}
"""


class Site:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.run("init", "--data", str(directory / "data"), "--language", "de")
        self.file = directory / "hotline.yaml"
        self.file.write_text(FLOW, encoding="utf-8")

    def add(self, text: str) -> None:
        """More settings."""
        with (self.directory / "switchhook.toml").open("a") as file:
            file.write(text)

    def run(self, *arguments: str, code: int = 0) -> Result:
        config = str(self.directory / "switchhook.toml")
        result = CliRunner().invoke(group, ["--config", config, *arguments])
        assert result.exit_code == code, result.output
        return result
