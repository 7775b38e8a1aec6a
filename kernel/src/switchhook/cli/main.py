"""The command group: the kernel's commands by name, plugins' commands after them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Final

import click

from ..errors import SwitchhookError
from .context import Context

COMMANDS: Final = {
    "init": ("init:init", "Make a settings file, secrets and a store; nothing that exists is overwritten."),
    "run": ("run:run", "Take calls until SIGTERM or Ctrl-C."),
    "demo": ("demo:demo", "Bring up Switchhook with a real Asterisk and send one real call through a hotline."),
    "doctor": ("doctor:doctor", "Look at everything a call needs; the exit code is 1 when something has to be mended."),
    "diagnose": (
        "diagnose:diagnose",
        "Write FILE (zip) for support, without anybody's secrets, numbers, names and addresses.",
    ),
    "plugins": ("plugins:plugins", "See the installed plugins, their settings and faults."),
    "tenants": ("tenants:tenants", "Tenants: the customers of the portal and the states they are in."),
    "flows": ("flows:flows", "Flows: the ways calls take."),
    "numbers": ("numbers:numbers", "Numbers and the flows they lead to."),
    "people": ("people:people", "People: accounts, their rights, and ways into the portal."),
    "resources": ("resources:resources", "What plugins let administrators keep: lists, contacts, mailboxes ..."),
    "calls": ("calls:calls", "Calls and what happened in them."),
    "mail": ("mail:mail", "Mail that waits, was sent, or came back."),
    "pins": ("pins:pins", "PINs that are locked after too many wrong ones."),
    "prompts": ("prompts:prompts", "Sounds that callers hear."),
    "asterisk": ("asterisk:asterisk", "Get, configure, start and stop Asterisk."),
}
"""Each command's module and name in it, and what it is for: only the one that is asked for is imported."""


class Commands(click.Group):
    """Finds the kernel's commands without importing them all, and plugins' commands when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names: the kernel's, then those of plugins that load."""
        return [*COMMANDS, *sorted(self._of_plugins(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(f"{__package__}.{module}"), name)
            return command
        return self._of_plugins(ctx).get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands with what they are for."""
        rows = [(name, text) for name, (_, text) in COMMANDS.items()]
        rows += [(name, command.get_short_help_str(80)) for name, command in sorted(self._of_plugins(ctx).items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and tell an expected error as a sentence."""
        try:
            return super().invoke(ctx)
        except SwitchhookError as error:
            raise click.ClickException(str(error)) from error

    def _of_plugins(self, ctx: click.Context) -> dict[str, click.Command]:
        from .plugin_commands import plugin_commands

        return plugin_commands(ctx.find_object(Context))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings file (else SWITCHHOOK_CONFIG, else ./switchhook.toml)."
)
@click.version_option(package_name="switchhook")
@click.pass_context
def group(ctx: click.Context, config: Path | None) -> None:
    """Switchhook: a telephony service portal for Asterisk."""
    ctx.obj = Context(config)


def main() -> None:
    """Entry point of the installed command."""
    group(prog_name="switchhook")
    sys.exit(0)
