"""Whoever is rung by whatever way has passed the one gate (SEC28): nothing else in the kernel or a plugin can ring anybody."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from switchhook.asterisk.render import render
from switchhook.config import default_toml, load_settings, make_secrets

ROOT = Path(__file__).parents[3]
KERNEL = ROOT / "kernel/src/switchhook"
RINGS = re.compile(
    r"\b(Dial|RetryDial|Originate|FollowMe|Page|Queue|DISA|Transfer|BlindTransfer|Redirect)\(|^Dial$|^DISA$"
)
TRUNK = '\n[phones.anna]\nextension = "21"\nsecret = "a-long-secret"\n[trunk]\nhost = "192.0.2.1"\ncaller_id = "+4922155500"\n'


def holding(pattern: str) -> set[str]:
    """The source files in which something stands, those of plugins included."""
    files = [*KERNEL.rglob("*.py"), *ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("web/src/**/*.py")]
    return {
        str(file.relative_to(ROOT if KERNEL not in file.parents else KERNEL))
        for file in files
        if re.search(pattern, file.read_text(encoding="utf-8"))
    }


def dialled(dialplan: str) -> Iterator[tuple[str, str]]:
    """Each Dial of a dialplan: the context and what it dials."""
    context = ""
    for line in dialplan.splitlines():
        heading = re.match(r"\[(.+)\]", line)
        context = heading[1] if heading else context
        for target in re.findall(r"\bDial\(([^,]*),", line):
            yield context, target


def test_calls_are_placed_in_one_place_and_lamps_ring_nobody():
    assert holding(r'action\(\s*"Originate"') == {"asterisk/placed.py", "asterisk/lamps.py"}
    lamps = (KERNEL / "asterisk/lamps.py").read_text(encoding="utf-8")
    assert re.findall(r'"Channel": (.+),', lamps) == ['f"Local/{_MESSAGES}@{_CONTEXT}/n"']
    assert "Dial" not in lamps
    placed = (KERNEL / "asterisk/placed.py").read_text(encoding="utf-8")
    assert re.findall(r'"Channel": (.+),', placed) == ['f"Local/{NOBODY_CALLED}@sh-placed/n"']


def test_the_gate_stands_before_both_ways_to_ring_somebody():
    assert holding(r"[^_]originate\(") == {"asterisk/placed.py", "portal/placing_office.py"}
    assert holding(r"\.check\(.*plan") == {"calls/session.py", "portal/placing_office.py"}
    office = (KERNEL / "portal/placing_office.py").read_text(encoding="utf-8")
    assert office.index("await self._allowed(order)") < office.index("await self._attempt(order, plan)")
    assert office.count("originate(self.asterisk") == 1
    assert office.count("._attempt(") == 1


def test_nothing_but_these_subroutines_dials_and_nobody_names_their_application_elsewhere():
    """SEC09, SEC10, SEC28: in all source files, plugins' and pages' included, by their syntax and not their layout."""
    assert dialling() == {
        "asterisk/placed.py": 1,  # whom the portal places a call to, after the gate
        "asterisk/subroutines.py": 2,  # whom a session dials, after the gate: together, or each by a leg of its own
        "asterisk/dialplan.py": 2,  # emergencies, and a number's fallback
    }


def dialling() -> dict[str, int]:
    """How many texts of each source file ask Asterisk to ring somebody, comments and docstrings left out."""
    found: dict[str, int] = {}
    for file in [*KERNEL.rglob("*.py"), *ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("web/src/**/*.py")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        texts = [one for one in ast.walk(tree) if isinstance(one, ast.Constant) and id(one) not in said]
        count = sum(bool(RINGS.search(one.value)) for one in texts if isinstance(one.value, str))
        if count:
            found[str(file.relative_to(KERNEL if KERNEL in file.parents else ROOT))] = count
    return found


def test_every_gate_but_that_of_the_test_kit_for_plugins_asks_for_permissions():
    made = holding(r"HookedGate\([^)]")
    assert made - holding(r"HookedGate\([^)\n]*(outbound|Outbound)") == {"testing.py"}
    assert len(made) == 6


def test_asterisk_dials_only_what_the_portal_says_a_number_s_fallback_and_emergencies(tmp_path):
    make_secrets(tmp_path)
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path) + TRUNK)
    settings = load_settings(tmp_path / "switchhook.toml", {})
    dials = set(dialled(render(settings)["extensions.conf"]))
    from_portal = {(context, target) for context, target in dials if context.startswith("sh")}
    assert {target for _, target in from_portal} <= {"${ARG1}", "${SH_TARGET}", "${CUT(SH_LATER"}
    assert ("sh-placed", "${SH_TARGET}") in from_portal
    assert {target for context, target in dials - from_portal if context == "from-phone"} == {
        "PJSIP/110@trunk",
        "PJSIP/112@trunk",
    }
    assert {context for context, _ in dials - from_portal} == {"from-phone"}
