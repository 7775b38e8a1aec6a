"""Every command line, settings file, flow and piece of Python in the pages works as it stands."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress

import click
import pytest
from pages import PAGES, ROOT, blocks, code_in, name

from switchhook.cli.main import group
from switchhook.config import load_settings, make_secrets
from switchhook.flows.document import read_flow
from switchhook.flows.lint import errors_in, lint
from switchhook.flows.registry import ModuleRegistry

LINES = sorted(
    {
        (name(block.page), line.strip())
        for block in blocks("sh")
        for line in block.text.splitlines()
        if line.strip().startswith("switchhook ")
    }
    | {(name(page), code) for page in PAGES for code in code_in(page) if code.startswith("switchhook ")}
)


@pytest.mark.parametrize(("page", "line"), LINES)
def test_command_line_can_be_parsed(page, line):
    words = shlex.split(line, comments=True)
    understand(group, words[0], [word for word in words[1:] if word != "..."])


def test_the_parser_of_this_test_refuses():
    with pytest.raises(click.UsageError):
        understand(group, "switchhook", ["flows", "simulate", "office", "--kesy", "1"])
    with pytest.raises(click.UsageError):
        understand(group, "switchhook", ["flows", "smulate"])


def understand(command: click.Command, called: str, words: list[str], parent: click.Context | None = None) -> None:
    """Parse a command line as click does, without running the command; words in capitals stand for anything."""
    if not words:
        return  # the command is only spoken of
    if isinstance(command, click.Group):
        options, rest = leading_options(words)
        if rest and not rest[0].isupper():
            context = command.make_context(called, [*options, rest[0]], parent=parent)
            found, sub, _ = command.resolve_command(context, rest[:1])
            assert sub is not None
            understand(sub, found or "", rest[1:], context)
        return
    with suppress(click.exceptions.Exit):
        command.make_context(called, words, parent=parent)


def leading_options(words: list[str]) -> tuple[list[str], list[str]]:
    """A group's own options before the name of the subcommand: flags, and ``--config`` with its value."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] == "--config" else 1
    flags = {"--help", "-h", "--version"}
    return [word for word in words[:at] if word not in flags], words[at:]


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_settings_file_is_understood(block, tmp_path):
    if "[project]" in block.text:
        pytest.fail("a pyproject.toml is included from a file that is tested")
    make_secrets(tmp_path / "data")
    for file in re.findall(r'file = "([^"]+)"', block.text):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("postgresql://switchhook@localhost/switchhook\n")
    path = tmp_path / "switchhook.toml"
    path.write_text(block.text)
    load_settings(path, {})


def modules() -> ModuleRegistry:
    from switchhook_daytime.plugin import Opening

    from switchhook_announcements.plugin import AnnouncementsPlugin
    from switchhook_callthrough import plugin as callthrough
    from switchhook_conference import plugin as conference
    from switchhook_forward import plugin as forward
    from switchhook_hours import plugin as hours
    from switchhook_ivr import plugin as ivr
    from switchhook_lists.plugin import ListsPlugin
    from switchhook_mailbox import plugin as mailbox
    from switchhook_recording import plugin as recording
    from switchhook_routing import plugin as routing

    own = (callthrough, conference, forward, hours, ivr, mailbox, recording, routing)
    plugins = (Opening(), AnnouncementsPlugin(), ListsPlugin(), *own)
    return ModuleRegistry((str(plugin), module) for plugin in plugins for module in plugin.modules())


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.text.startswith("flow:")], ids=str)
def test_flow_can_be_published(block):
    registry = modules()
    flow = read_flow(block.text, registry)
    assert not errors_in(lint(flow, registry))


FLOW_AROUND = """
flow: around
start: {start}
last_resort: goodbye
points:
{points}
  {leaves}
"""
LEAF = "{id}: {{module: announcement, settings: {{prompts: [stock/goodbye]}}, exits: {{next: hang-up}}}}"


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.text.startswith("points:")], ids=str)
def test_points_of_a_readme_can_be_part_of_a_flow(block):
    registry = modules()
    points = block.text.removeprefix("points:\n")
    start = points.strip().partition(":")[0]
    exits = points.partition("exits:")[2]
    there = set(re.findall(r"^  ([a-z-]+):", points, re.MULTILINE))
    leaves = sorted({*re.findall(r": ([a-z]+)\b", exits), "goodbye"} - {"hang-up", *there})
    text = FLOW_AROUND.format(start=start, points=points, leaves="\n  ".join(LEAF.format(id=leaf) for leaf in leaves))
    flow = read_flow(text, registry)
    assert not errors_in(lint(flow, registry))


@pytest.mark.parametrize("block", [b for b in blocks("python") if "import " in b.text], ids=str)
async def test_python_runs(block):
    namespace: dict[str, object] = {}
    exec(compile(block.text, str(block), "exec"), namespace)
    for called, thing in namespace.items():
        if called.startswith("test_"):
            await thing()


SESSIONS = sorted({word for page in PAGES for word in re.findall(r"\./dev ([a-z][a-z0-9.-]*)", page.read_text())})


@pytest.mark.parametrize("session", SESSIONS)
def test_dev_session_exists(session):
    text = (ROOT / "dev").read_text()
    assert re.search(rf"^  {re.escape(session)}  ", text, re.MULTILINE)
