import json

from switchhook.flows.flow import HANG_UP

from .flow_site import FLOW


def test_a_flow_is_imported_listed_and_exported(site):
    assert "There are no flows yet" in site.run("flows", "list").stdout
    done = site.run("flows", "import", str(site.file), "--number", "+49 (221) 123-45", "--message", "first")
    assert done.stdout == "flow 'hotline' version 1 is live\nnumber +4922112345 leads there\n"
    assert done.stderr == ""
    assert json.loads(site.run("flows", "list", "--json").stdout) == [
        {"id": "hotline", "label": "Hotline", "live": 1, "versions": 1, "numbers": ["+4922112345"]}
    ]
    assert site.run("flows", "export", "hotline").stdout == FLOW
    again = site.run("flows", "import", str(site.file))
    assert again.stdout == "flow 'hotline' version 1 was live already, nothing changed\n"


def test_a_bad_file_leaves_what_is_live(site):
    site.run("flows", "import", str(site.file), "--number", "004922112345")
    site.file.write_text(FLOW.replace("yes: hang-up", "yes: qestion"), encoding="utf-8")
    refused = site.run("flows", "import", str(site.file), code=1)
    assert f"{site.file}:10:13: points.question.exits.yes: error L01: leads to point 'qestion'" in refused.output
    assert "did you mean 'question'" in refused.output
    assert site.run("flows", "export", "hotline").stdout == FLOW


def test_an_older_version_comes_back(site):
    site.run("flows", "import", str(site.file), "--number", "+4922112345")
    changed = FLOW.replace("label: Hotline ", "label: Hotter ")
    site.file.write_text(changed, encoding="utf-8")
    site.run("flows", "import", str(site.file))
    assert site.run("flows", "export", "hotline").stdout == changed
    assert site.run("flows", "export", "hotline", "--version", "1").stdout == FLOW
    assert site.run("flows", "publish", "hotline", "1").stdout == "flow 'hotline' version 1 is live\n"
    assert site.run("flows", "export", "hotline").stdout == FLOW
    assert "has no version 7" in site.run("flows", "export", "hotline", "--version", "7", code=1).output


def test_lint_gives_lines_and_exit_codes(site):
    warned = site.run("flows", "lint", str(site.file))
    assert warned.stdout.startswith(f"{site.file}:1:1: warning L27: no number")
    assert warned.stderr == "0 errors, 1 warnings in 1 flows\n"
    site.run("flows", "import", str(site.file), "--number", "+4922112345")
    assert site.run("flows", "lint", "hotline").stdout == ""
    site.file.write_text(FLOW.replace("demo/menu", "demo/meun"), encoding="utf-8")
    found = json.loads(site.run("flows", "lint", str(site.file), "--json", code=1).stdout)
    assert [(row["severity"], row["rule"], row["line"], row["path"]) for row in found] == [
        ("error", "L07", 9, "points.question.settings.prompts[0]")
    ]
    assert "did you mean 'demo/menu'" in found[0]["message"]
    site.file.write_text(FLOW.replace("ask", "aks"), encoding="utf-8")
    unread = site.run("flows", "lint", str(site.file), code=1)
    assert unread.stdout == (
        f"{site.file}:7:5: points.question.module: there is no module 'aks' (did you mean 'ask'?)\n"
    )
    site.file.write_bytes(b"\xff")
    assert "is not in UTF-8" in site.run("flows", "lint", str(site.file), code=1).output
    assert "cannot be read: No such file" in site.run("flows", "lint", "gone.yaml", code=1).output
    assert "flow 'gone' is not published" in site.run("flows", "lint", "gone", code=1).output


def test_a_call_is_simulated(site):
    text = site.run("flows", "simulate", str(site.file), "--keys", "1", "--caller", "+4930123456", "--at", "2026-12-24")
    assert "arrived 2026-12-24 00:00:00 UTC" in text.stdout
    assert "from +4930123456" in text.stdout
    assert "< question by exit 'yes', to hang-up: pressed 1" in text.stdout
    site.run("flows", "import", str(site.file), "--number", "+4922112345")
    course = json.loads(site.run("flows", "simulate", "hotline", "--keys", "wait", "--json").stdout)
    assert (course["number"], course["origin"], course["outcome"]) == ("+4922112345", "simulator", "machine_only")
    left = next(event for event in course["events"] if event["kind"] == "point.left")
    assert left["data"] == {"exit": "timeout", "why": "pressed nothing", "to": HANG_UP}
    assert "is no action" in site.run("flows", "simulate", "hotline", "--keys", "x", code=1).output


def test_versions_are_compared_scheduled_and_rolled_back(site):
    site.run("flows", "import", str(site.file), "--number", "+4922112345", "--message", "first")
    site.file.write_text(FLOW.replace("timeout: hang-up", "timeout: question"), encoding="utf-8")
    site.run("flows", "import", str(site.file), "--message", "asks again")
    said = site.run("flows", "diff", "hotline", "1", "2", "--language", "de").stdout
    assert said == "Question: Keine Eingabe führt jetzt zu Question (bisher Auflegen)\n"
    assert site.run("flows", "rollback", "hotline").stdout == "flow 'hotline' version 1 is live\n"
    lines = site.run("flows", "history", "hotline").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["2", "archived"], ["1", "published"]]
    planned = site.run("flows", "schedule", "hotline", "2099-12-24T12:00", "--version", "2")
    assert planned.stdout == "flow 'hotline' version 2 goes live at 2099-12-24 12:00 UTC\n"
    assert [one["state"] for one in json.loads(site.run("flows", "history", "hotline", "--json").stdout)] == [
        "scheduled",
        "published",
    ]
    assert site.run("flows", "check", "hotline").stdout == ""
    cancelled = site.run("flows", "cancel", "hotline")
    assert cancelled.stdout == "flow 'hotline' version 2 does not go live at 2099-12-24 12:00 UTC any more\n"
    assert "nothing of flow 'hotline' waits" in site.run("flows", "cancel", "hotline", code=1).output


def test_a_call_is_tried_as_the_page_does(site):
    site.run("flows", "import", str(site.file), "--number", "+4922112345")
    asked = ("flows", "try", "hotline", "--keys", "1", "--caller", "+4930123456", "--at", "2026-12-24")
    assert "question by exit 'yes'" in site.run(*asked).stdout
    tried = json.loads(site.run(*asked, "--version", "1", "--json").stdout)
    assert (tried["trial"]["number"], tried["trial"]["at"]) == ("+4922112345", "2026-12-24T00:00:00+00:00")
    assert [(one["point"], one["exit"]) for one in tried["steps"]] == [("question", "yes")]
    assert "is no action" in site.run("flows", "try", "hotline", "--keys", "x", code=1).output
