"""Every command with its arguments and options, from click itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from switchhook.cli.main import COMMANDS, group

from .markdown import table, text


def commands() -> str:
    """A section for each command of the kernel; those of plugins are theirs to document."""
    sections = [_section("switchhook", group, click.Context(group, info_name="switchhook"))]
    for words, command, context in every():
        sections.append(_section(words, command, context))
    return "\n\n".join(sections)


def every() -> Iterator[tuple[str, click.Command, click.Context]]:
    """All commands and subcommands of the kernel with the words that call them."""
    top = click.Context(group, info_name="switchhook")
    for name in COMMANDS:
        command = group.get_command(top, name)
        if command is not None:
            yield from _below(f"switchhook {name}", command, click.Context(command, parent=top, info_name=name))


def _below(
    words: str, command: click.Command, context: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    yield words, command, context
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from _below(f"{words} {name}", sub, click.Context(sub, parent=context, info_name=name))


def _section(words: str, command: click.Command, context: click.Context) -> str:
    level = "###" if words.count(" ") < 2 else "####"
    usage = " ".join([words, *command.collect_usage_pieces(context)])
    parts = [f"{level} `{words}`", f"```text\n{usage}\n```", text(inspect.cleandoc(command.help or ""))]
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in parameter.opts:
            rows.append([f"`{record[0]}`", record[1]])
    if rows:
        parts.append(table(["option", "meaning"], rows))
    return "\n\n".join(part for part in parts if part)
