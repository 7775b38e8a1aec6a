"""What the reference takes from the code is what the code says now, and nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pages import DOCS, ROOT, code_in, reference, rows

from switchhook import Outcome, hookspecs
from switchhook.calls.event import KINDS
from switchhook.dispatch.spec import specs_in

SPECS = specs_in(hookspecs)


def test_generated_parts_are_current():
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"run: python docs/generate.py\n{done.stderr}"


@pytest.mark.parametrize("spec", SPECS.values(), ids=str)
def test_every_hook_is_documented(spec):
    page = reference("hooks")
    start = page.index(f"### `{spec.name}`\n")
    section = page[start : page.find("\n### ", start + 1)]
    for words in (f"{spec.name}(", f"kind: {spec.kind}", f"deadline: {spec.deadline:g} s", f"since: {spec.since}"):
        assert words in section
    assert all(f"{argument}:" in section for argument in spec.arguments)


def test_every_kind_of_event_is_documented_and_no_other():
    assert {kind for kind in rows("events") if "." in kind or kind in KINDS} == KINDS


def test_reserved_events_are_recorded_nowhere_and_all_others_somewhere():
    sources = [*(ROOT / "kernel/src").rglob("*.py"), *ROOT.glob("plugins/*/src/**/*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    recorded = {kind for kind in KINDS if re.search(rf"(record\(\s*|append\(\(){re.escape(repr(kind))}", _quoted(code))}
    reserved = {kind for kind, said in rows("events").items() if said.startswith("reserved") and kind in KINDS}
    assert recorded == KINDS - reserved


def _quoted(code: str) -> str:
    return code.replace('"', "'")


def test_every_outcome_is_documented_and_no_other():
    page = reference("events")
    table = page[page.index("## Outcomes") :]
    named = [
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split(" | ")[0])
    ]
    assert sorted(named) == sorted(outcome.value for outcome in Outcome)


def test_every_channel_variable_is_documented_and_no_other():
    asterisk = ROOT / "kernel/src/switchhook/asterisk"
    code = "".join(
        (asterisk / name).read_text(encoding="utf-8")
        for name in (
            "dialplan.py",
            "incall.py",
            "lamps.py",
            "placed.py",
            "port.py",
            "rooms.py",
            "steps.py",
            "subroutines.py",
        )
    )
    used = set(re.findall(r"\bSH_(?!R\b)[A-Z]+\b", code.replace("CELGenUserEvent(SH_FALLBACK)", "")))
    named = {word for word in rows("asterisk") if re.fullmatch(r"SH_[A-Z]+", word)}
    assert named == used


def test_every_subroutine_is_documented_and_no_other():
    from switchhook.asterisk.subroutines import SUBROUTINES

    page = reference("asterisk")
    table = page[page.index("## Subroutines") :]
    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert named == {name for name, _ in SUBROUTINES if name != "T"}


def test_every_check_of_doctor_is_documented():
    checks = "".join(
        (ROOT / "kernel/src/switchhook/portal/diagnosis" / name).read_text(encoding="utf-8")
        for name in ("machine_checks.py", "asterisk_checks.py", "doctor.py")
    )
    named = set(code_in(DOCS / "how-to/doctor.md"))
    asked = set(re.findall(r'Check\("([a-z_. ]+)"', checks)) | {
        "ami.port",
        "asterisk.sip_port",
        "asterisk configuration",
    }
    assert asked <= named


def test_decisions_are_listed_and_numbered():
    index = (DOCS / "decisions/index.md").read_text(encoding="utf-8")
    pages = sorted(page.stem for page in (DOCS / "decisions").glob("0*.md"))
    assert re.findall(r"^(0\d{3}-\S+)$", index, re.MULTILINE) == pages
    for page in pages:
        text = (DOCS / "decisions" / f"{page}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {page[:4]}: ")
        assert all(part in text for part in ("**What.**", "**Why.**", "**What else was tried.**"))


def test_licence_is_the_whole_one():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_changelog_has_a_place_for_what_comes():
    text = Path(ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    parts = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert parts <= {"Hooks", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
