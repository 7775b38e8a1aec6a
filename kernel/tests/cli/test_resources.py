from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from sqlalchemy import create_engine, text

from switchhook import Label, Resource, hookspecs, setting
from switchhook.cli import workplace
from switchhook.clock import SystemClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.spec import specs_in
from switchhook.flows.registry import ModuleRegistry
from switchhook.portal.plugging import Plugged
from switchhook.schema import Kinds

from .flow_site import Site


@attrs.frozen
class Contact(Resource):
    kind = "contact"
    label = Label("Kontakt", "Contact")
    plural = Label("Kontakte", "Contacts")
    name: str = setting("text", "Name", "Name")
    number: str = setting("number", "Rufnummer", "Number", default="")
    pin: str = setting("text", "PIN", "PIN", default="", secret=True)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    async def plug_in(*_: object, **__: object) -> Plugged:
        breaker = Breaker(SystemClock(), lambda fault: None)
        hooks = Dispatcher(specs_in(hookspecs), {}, breaker)
        return Plugged((), hooks, breaker, ModuleRegistry(), Kinds(Resource, [("sample", Contact)]))

    monkeypatch.setattr(workplace, "plug_in", plug_in)
    return Site(tmp_path)


FILE = "contact:\n  kim: {name: Kim, number: 0221 12345, pin: '8642'}\n  lee: {name: Lee}\n"


def test_a_file_is_planned_applied_and_taken_out_again(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(FILE)
    assert site.run("resources", "plan", str(file)).output == (
        "would create contact kim (Kim)\nwould create contact lee (Lee)\n"
    )
    assert "There is no contact." in site.run("resources", "list", "contact").output
    assert "create contact kim" in site.run("resources", "apply", str(file)).output
    assert site.run("resources", "apply", str(file)).output == "nothing to change\n"
    out = site.run("resources", "export").output
    assert "8642" not in out
    assert "number: '+4922112345'" in out
    file.write_text(out.replace("Kim", "Kim B"))
    assert "    name: 'Kim' -> 'Kim B'" in site.run("resources", "apply", str(file)).output
    file.write_text("contact:\n  lee: {name: Lee}\n")
    assert site.run("resources", "apply", "--prune", str(file)).output == "delete contact kim (Kim B)\n"
    assert "Kim B" in site.run("resources", "list", "contact", "--trash").output
    assert "is back" in site.run("resources", "restore", "contact", "kim").output
    told = json.loads(site.run("resources", "show", "contact", "kim").output)
    assert [one["did"] for one in told["history"]] == ["restore", "delete", "change", "create"]


def test_a_wrong_file_is_refused_with_its_lines_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(FILE + "  max: {name: Max, number: abc}\n")
    refused = site.run("resources", "apply", str(file), code=1)
    assert f"{file}:4:" in refused.output
    assert "must be a phone number" in refused.output
    assert "There is no contact." in site.run("resources", "list", "contact").output


def test_a_table_is_looked_through_before_it_is_taken_over(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,number\nKim,0221 12345\nLee,abc\n")
    refused = site.run("resources", "import-table", "contact", str(file), code=1)
    assert "row 3: number must be a phone number" in refused.output
    assert "nothing was changed" in refused.output
    done = site.run("resources", "import-table", "--skip-refused", "contact", str(file))
    assert "create contact kim" in done.output
    assert "kim,Kim,'+4922112345" in site.run("resources", "table", "contact").output


def test_a_record_altered_by_hand_shows(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(FILE)
    site.run("resources", "apply", str(file))
    assert "as it was written" in site.run("resources", "verify").output
    engine = create_engine(f"sqlite:///{tmp_path}/data/switchhook.db")
    with engine.begin() as conn:
        conn.execute(text("UPDATE audit SET actor = 'nobody' WHERE no = 2"))
    engine.dispose()
    assert "row 2 is not what was written" in site.run("resources", "verify", code=1).output


def test_kinds_are_named_and_a_wrong_one_has_a_near_match(site: Site) -> None:
    assert "contact" in site.run("resources", "kinds").output
    assert "did you mean 'contact'" in site.run("resources", "list", "contcat", code=1).output
