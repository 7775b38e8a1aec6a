"""The commands around prompts: ``switchhook prompts list`` and ``switchhook prompts build``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from switchhook.errors import SwitchhookError
from switchhook.prompts.build import BuiltPrompt, build_stock_prompts
from switchhook.prompts.library import PromptLibrary
from switchhook.speech.engines import choose_engine

_sounds = click.option(
    "--sounds",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SWITCHHOOK_SOUNDS",
    required=True,
    help="The directory of the sounds: DIRECTORY/LANGUAGE/ID.wav.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print it for programs.")


@click.group()
def prompts() -> None:
    """Sounds that callers hear."""


@prompts.command("list")
@_sounds
@_as_json
def list_prompts(directory: Path, *, as_json: bool) -> None:
    """List the prompts, and the files that are not used with the reason."""
    try:
        library = PromptLibrary(directory)
    except SwitchhookError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_listed(library), indent=1))
        return
    for prompt in library.prompts():
        click.echo(f"{prompt.language}  {prompt.id:<28} {prompt.seconds:6.1f} s")
    for (language, id), reason in library.refused.items():  # noqa: A001 - the domain's own word
        click.echo(f"{language}  {id:<28} not used: {reason}", err=True)
    if not library.prompts():
        click.echo(f"There are no prompts in {directory}; `switchhook prompts build` makes the stock ones.", err=True)


@prompts.command("build")
@_sounds
@_as_json
@click.option(
    "--engine", "engine_name", help="pico2wave, espeak-ng-bundled or espeak-ng; the best installed if not given."
)
@click.option("--language", "languages", multiple=True, help="Only this language; may be given several times.")
def build(directory: Path, engine_name: str | None, languages: tuple[str, ...], *, as_json: bool) -> None:
    """Make the stock prompts that are missing or changed."""
    show = None if as_json else _show
    try:
        report = build_stock_prompts(directory, choose_engine(engine_name), languages or None, show)
    except SwitchhookError as error:
        raise click.ClickException(str(error)) from error
    counts = {state: report.count(state) for state in ("made", "unchanged", "kept")}
    if as_json:
        click.echo(json.dumps({"engine": report.engine, **counts}))
        return
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()) + f"; spoken by {report.engine}")


def _show(done: int, total: int, built: BuiltPrompt) -> None:
    if built.state != "unchanged":
        click.echo(f"{done:>3}/{total} {built.language} {built.id}: {built.state}")


def _listed(library: PromptLibrary) -> dict[str, object]:
    return {
        "prompts": [
            {
                "id": prompt.id,
                "language": prompt.language,
                "seconds": round(prompt.seconds, 3),
                "path": str(prompt.path),
            }
            for prompt in library.prompts()
        ],
        "refused": [
            {"id": id, "language": language, "reason": reason}
            for (language, id), reason in library.refused.items()  # noqa: A001
        ],
    }
