"""Numbers are assigned, given back, and have a fallback and a last resort."""

from __future__ import annotations

import json

import pytest

from .flow_site import FLOW, Site

NUMBER = "+4922112345"
PHONE = "[phones.anna]\nextension = '100'\nsecret = 'a-password'\n"
TRUNK = "[trunk]\nhost = '127.0.0.1'\n"


@pytest.fixture
def office(site: Site) -> Site:
    """A site with a phone and a flow."""
    site.add(PHONE)
    site.run("flows", "import", str(site.file))
    return site


def listed(site: Site) -> dict[str, object]:
    (row,) = json.loads(site.run("numbers", "list", "--json").stdout)
    return row


def test_numbers_are_assigned_and_listed(site):
    site.add("[phones.anna]\nextension = '100'\nsecret = 'a-password'\n")
    assert "There are no numbers yet" in site.run("numbers", "list").stdout
    site.run("flows", "import", str(site.file))
    assert "did you mean 'hotline'" in site.run("numbers", "assign", "+4922112345", "hotlien", code=1).output
    assert "is no number" in site.run("numbers", "assign", "0221x", "hotline", code=1).output
    for reserved in ("110", "+49112", "115"):
        assert "cannot lead to a flow" in site.run("numbers", "assign", reserved, "hotline", code=1).output
    site.run("numbers", "assign", "0221/12345", "hotline", "--label", "Main", "--fallback-ring", "anna")
    site.run("flows", "import", str(site.file), "--number", "+4922112345")
    assert "rings anna for 30 s" in site.run("numbers", "list").stdout
    assert json.loads(site.run("numbers", "list", "--json").stdout) == [
        {
            "number": "+4922112345",
            "flow": "hotline",
            "label": "Main",
            "fallback": {"kind": "ring", "target": "anna", "sound": "", "ring_seconds": 30},
        }
    ]


def test_assigning_again_changes_what_is_given_and_nothing_else(office):
    office.run("numbers", "assign", NUMBER, "hotline", "--label", "Main", "--fallback-ring", "anna")
    office.run("numbers", "fallback", NUMBER, "--seconds", "12")
    before = listed(office)
    office.file.write_text(FLOW.replace("flow: hotline", "flow: other"), encoding="utf-8")
    office.run("flows", "import", str(office.file))
    office.run("numbers", "assign", NUMBER, "other")
    assert listed(office) == {**before, "flow": "other"}
    office.run("numbers", "assign", NUMBER, "other", "--fallback-sound", "demo/menu", "--label", "Second")
    assert listed(office) == {
        **before,
        "flow": "other",
        "label": "Second",
        "fallback": {"kind": "ring", "target": "anna", "sound": "demo/menu", "ring_seconds": 12},
    }


def test_a_fallback_is_shown_and_changed_alone(office):
    office.run("numbers", "assign", NUMBER, "hotline", "--label", "Main")
    assert office.run("numbers", "fallback", "0221 12345").stdout == f"number {NUMBER} announces an apology\n"
    said = office.run("numbers", "fallback", NUMBER, "--ring", "anna", "--seconds", "20", "--sound", "demo/menu").stdout
    assert said == f"number {NUMBER} rings anna for 20 s, then announces demo/menu\n"
    assert office.run("numbers", "fallback", NUMBER, "--hang-up").stdout == f"number {NUMBER} hangs up\n"
    done = json.loads(office.run("numbers", "fallback", NUMBER, "--announce", "--sound", "", "--json").stdout)
    assert done["fallback"] == {"kind": "announce", "target": "", "sound": "", "ring_seconds": 20}
    assert listed(office) == done
    assert (done["flow"], done["label"]) == ("hotline", "Main")


def test_a_fallback_names_what_there_is(office):
    office.run("numbers", "assign", NUMBER, "hotline")
    for words, sentence in [
        (["--ring", "anan"], "there is no phone 'anan' (did you mean 'anna'?)"),
        (["--ring", "112"], "'112' cannot be a fallback"),
        (["--ring", "+49301234567"], "without [trunk] in the settings only phones can ring"),
        (["--sound", "demo/meun"], "did you mean 'demo/menu'"),
    ]:
        assert sentence in office.run("numbers", "fallback", NUMBER, *words, code=1).output
    assert "give one of" in office.run("numbers", "fallback", NUMBER, "--ring", "anna", "--hang-up", code=2).output
    assert listed(office)["fallback"]["kind"] == "announce"
    office.add(TRUNK)
    assert "rings +49301234567" in office.run("numbers", "fallback", NUMBER, "--ring", "030 1234567").stdout


def test_a_number_is_given_back(office):
    office.run("numbers", "assign", NUMBER, "hotline")
    unknown = office.run("numbers", "release", "+4922112346", code=1).output
    assert "there is no number +4922112346 (did you mean '+4922112345'?)" in unknown
    assert office.run("numbers", "release", "0221 12345").stdout == (
        f"number {NUMBER} leads nowhere now; it led to flow 'hotline'\n"
    )
    assert json.loads(office.run("numbers", "list", "--json").stdout) == []
    assert "there is no number" in office.run("numbers", "fallback", NUMBER, code=1).output


def test_the_last_resort_is_chosen_and_given_up(office):
    assert json.loads(office.run("numbers", "last-resort", "--json").stdout) == {"flow": None}
    assert "did you mean 'hotline'" in office.run("numbers", "last-resort", "hotlien", code=1).output
    assert office.run("numbers", "last-resort", "hotline").stdout == "the last resort is flow 'hotline'\n"
    assert json.loads(office.run("numbers", "last-resort", "--json").stdout) == {"flow": "hotline"}
    bare = FLOW.replace("flow: hotline", "flow: bare").replace("last_resort: question\n", "")
    office.file.write_text(bare, encoding="utf-8")
    office.run("flows", "import", str(office.file))  # only with the tenant's last resort
    given_up = office.run("numbers", "last-resort", "--none")
    assert "no last resort of their own: bare" in given_up.stderr
    assert json.loads(office.run("numbers", "last-resort", "--json").stdout) == {"flow": None}
    assert "not both" in office.run("numbers", "last-resort", "hotline", "--none", code=2).output
