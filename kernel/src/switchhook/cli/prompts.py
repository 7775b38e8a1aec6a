"""The commands around prompts: ``switchhook prompts list`` and ``switchhook prompts build``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..prompts.build import BuiltPrompt, build_stock_prompts
from ..prompts.library import PromptLibrary
from ..speech.engines import choose_engine
from .context import settings

_sounds = click.option(
    "--sounds",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="The directory of the sounds (else `sounds` in the data directory of the settings).",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def prompts() -> None:
    """Sounds that callers hear."""


@prompts.command("list")
@_sounds
@_as_json
def list_prompts(directory: Path | None, *, as_json: bool) -> None:
    """List the prompts, and the files that are not used with the reason."""
    library = PromptLibrary(directory or settings().data_dir / "sounds")
    if as_json:
        click.echo(json.dumps(_listed(library), indent=1))
        return
    for prompt in library.prompts():
        click.echo(f"{prompt.language}  {prompt.id:<28} {prompt.seconds:6.1f} s  {prompt.tenant}".rstrip())
    for (language, id), reason in library.refused.items():  # noqa: A001 - the domain's own word
        click.echo(f"{language}  {id:<28} not used: {reason}", err=True)
    if not library.prompts():
        click.echo(
            f"There are no prompts in {library.directory}; make the stock ones: switchhook prompts build", err=True
        )


@prompts.command("build")
@_sounds
@_as_json
@click.option("--engine", "engine_name", help="pico2wave, espeak-ng-bundled or espeak-ng; else the best installed.")
@click.option("--language", "languages", multiple=True, help="Only this language; may be given several times.")
def build(directory: Path | None, engine_name: str | None, languages: tuple[str, ...], *, as_json: bool) -> None:
    """Make the stock prompts that are missing or changed."""
    target = directory or settings().data_dir / "sounds"
    report = build_stock_prompts(target, choose_engine(engine_name), languages or None, None if as_json else _show)
    counts = {state: report.count(state) for state in ("made", "unchanged", "kept")}
    if as_json:
        click.echo(json.dumps({"engine": report.engine, **counts}))
    else:
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
                "tenant": prompt.tenant,
            }
            for prompt in library.prompts()
        ],
        "refused": [
            {"id": id, "language": language, "reason": reason}
            for (language, id), reason in library.refused.items()  # noqa: A001
        ],
    }
