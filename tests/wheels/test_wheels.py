"""What a company installs: wheels, by pip, into an environment that knows nothing of this checkout."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flows.browser import FLAGS, WATCH, free_port
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = tuple(sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")))
PROJECTS = ("kernel", "web", *(f"plugins/{name}" for name in PLUGINS), "tests/sample_plugin")
PASSWORD = "Kaffee trinken um 9 Uhr"
CLEAN = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "SWITCHHOOK"))
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheels, and with an environment ``env`` in which they are installed."""
    made = tmp_path_factory.mktemp("wheels")
    done(sys.executable, "-m", "venv", "env", cwd=made)
    pip = (made / "env/bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    done(*pip, "wheel", "--no-deps", "--wheel-dir", made, *(ROOT / project for project in PROJECTS), cwd=made)
    done(*pip, "install", "--no-compile", *sorted(made.glob("*.whl")), cwd=made)
    return made


@pytest.mark.timeout(300)
def test_wheels_of_every_distribution_make_one_portal(home, tmp_path):
    python, command = home / "env/bin/python", home / "env/bin/switchhook"
    wheels = sorted(home.glob("*.whl"))
    assert [wheel.name.split("-")[0] for wheel in wheels] == [
        "switchhook",
        "switchhook_announcements",
        "switchhook_callthrough",
        "switchhook_conference",
        "switchhook_forward",
        "switchhook_hours",
        "switchhook_ivr",
        "switchhook_lists",
        "switchhook_mailbox",
        "switchhook_recording",
        "switchhook_routing",
        "switchhook_sample",
        "switchhook_transfer",
        "switchhook_web",
    ]
    plugins = {row["name"]: row for row in json.loads(done(command, "plugins", "list", "--json", cwd=tmp_path))}
    assert {name: (row["state"], row["distribution"]) for name, row in plugins.items()} == {
        "announcements": ("active", "switchhook-announcements"),
        "callthrough": ("active", "switchhook-callthrough"),
        "conference": ("active", "switchhook-conference"),
        "forward": ("active", "switchhook-forward"),
        "hours": ("active", "switchhook-hours"),
        "ivr": ("active", "switchhook-ivr"),
        "lists": ("active", "switchhook-lists"),
        "mailbox": ("active", "switchhook-mailbox"),
        "recording": ("active", "switchhook-recording"),
        "routing": ("active", "switchhook-routing"),
        "sample": ("active", "switchhook-sample"),
        "transfer": ("active", "switchhook-transfer"),
        "web": ("active", "switchhook-web"),
    }
    assert plugins["sample"]["hooks"] == [
        "caller_identified",
        "commands",
        "menu_entries",
        "modules",
        "pages",
        "resources",
    ]
    assert done(command, "weather", "--hour", "12", cwd=tmp_path) == "fine\n"
    assert "weather" in done(command, "--help", cwd=tmp_path)

    administrators_keep_stations(command, tmp_path)
    told = json.loads(done(python, Path(__file__).with_name("try_flow.py"), cwd=tmp_path))
    assert Path(told["from"]).is_relative_to(home), "not from the checkout"
    assert told["ways"] == [["menu", "key:1"], ["weather", "fine"], ["anna", "answered_end"]]
    assert told["heard"] == ["house/menu", "house/fine"]
    assert (told["name"], told["outcome"], told["faults"]) == ("Anna Müller", "human", [])
    files = done(python, "-c", "import switchhook_sample as s; print(s.__path__[0])", cwd=tmp_path).strip()
    assert (Path(files) / "py.typed").exists()


@pytest.mark.timeout(300)
def test_what_an_installed_plugin_declares_is_administered_in_the_browser(home, tmp_path):
    """Forty lines of a third party: menu, list, form, trash and CSV, with no page of its own."""
    command = home / "env/bin/switchhook"
    done(command, "init", cwd=tmp_path)
    with portal(command, tmp_path) as url, sync_playwright() as playwright:
        told = done(command, "people", "add-operator", "olga", "--email", "olga@example.org", cwd=tmp_path)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        page = browser.new_context(base_url=url, locale="en-GB", reduced_motion="reduce").new_page()
        page.add_init_script(WATCH)
        reports: list[str] = []
        page.on("console", lambda said: reports.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        come_in(page, url + urlsplit(told.split()[-1]).path)
        page.goto("/t/main")
        page.get_by_role("link", name="Weather", exact=True).click()
        page.get_by_role("link", name="Weather stations", exact=True).click()
        expect(page.get_by_text("There is nothing here yet").first).to_be_visible()
        a_station_is_made(page)
        a_station_is_changed_deleted_and_brought_back(page)
        stations_come_as_a_table(page, tmp_path / "stations.csv")
        browser.close()
    assert [one for one in reports if "status of 422" not in one] == []


def come_in(page: Page, link: str) -> None:
    """Set a password and sign in."""
    page.goto(link)
    for field in ("New password", "New password, once more"):
        page.get_by_label(field, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Menu", exact=True)).to_be_visible()


def a_station_is_made(page: Page) -> None:
    """First with a mistake the plugin names, at its field."""
    page.get_by_role("link", name="New").first.click()
    page.get_by_label("Name", exact=True).fill("Hill")
    page.get_by_label("Number of its keeper").fill("0221 12345")
    page.get_by_label("Measures from").fill("08:00")
    page.get_by_label("Measures until").fill("07:00")
    page.get_by_role("button", name="Save").click()
    closes = page.get_by_label("Measures until")
    expect(closes).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("must be later than 08:00").first).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Hill")
    closes.fill("20:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Hill is kept.")).to_be_visible()
    expect(page.locator("#list tbody tr")).to_contain_text("0221 12345")


def a_station_is_changed_deleted_and_brought_back(page: Page) -> None:
    """By its form, the trash and the undo of its message."""
    page.get_by_role("link", name="Hill", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Hilltop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Hilltop is kept.")).to_be_visible()
    expect(page.get_by_role("heading", name="Hilltop")).to_be_visible()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Hilltop lies in the trash.")).to_be_visible()
    expect(page.get_by_text("There is nothing here yet").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Hilltop")).to_be_visible()
    page.get_by_role("link", name="Weather stations").first.click()
    expect(page.get_by_role("link", name="Hilltop")).to_be_visible()


def stations_come_as_a_table(page: Page, file: Path) -> None:
    """What would be kept and what would be refused is shown before anything is."""
    file.write_text("id,name,opens,closes\nlake,Lake,06:00,22:00\nsea,Sea,08:00,07:00\n")
    page.get_by_role("link", name="Import CSV").click()
    page.get_by_label("A table whose first row names the fields").set_input_files(file)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="1 row would be refused")).to_be_visible()
    expect(page.get_by_text("must be later than 08:00").first).to_be_visible()
    expect(page.get_by_role("heading", name="1 record would be kept")).to_be_visible()
    page.get_by_role("button", name="Take over").click()
    expect(page.locator("#list tbody").get_by_role("link", name="Lake")).to_be_visible()
    expect(page.locator("#list tbody tr")).to_have_count(2)


@contextmanager
def portal(command: Path, directory: Path) -> Iterator[str]:
    """``switchhook run`` in that directory, and where its pages are."""
    ports = [free_port() for _ in range(4)]
    names = ("WEB_PORT", "AGI_PORT", "AMI_PORT", "ASTERISK_SIP_PORT")
    own = CLEAN | {f"SWITCHHOOK_{name}": str(port) for name, port in zip(names, ports, strict=True)}
    with (directory / "log").open("w") as log:
        process = subprocess.Popen([command, "run"], cwd=directory, env=own, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 120
        while not listens(ports[0]):
            assert process.poll() is None, (directory / "log").read_text()
            assert time.monotonic() < deadline, (directory / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        process.terminate()
        assert process.wait(60) == 0, (directory / "log").read_text()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def administrators_keep_stations(command: Path, directory: Path) -> None:
    """What the plugin declares as one class is kept, checked, taken out and deleted with nothing else of its own."""
    file = directory / "stations.yaml"
    file.write_text(
        "weather-station:\n  hill: {name: Hill, keeper: 0221 12345, neighbour: lake}\n  lake: {name: Lake}\n"
    )
    done(command, "init", cwd=directory)
    kept = (command, "resources")
    assert "Weather stations" in done(*kept, "kinds", cwd=directory)
    assert "create weather-station hill (Hill)" in done(*kept, "apply", file, cwd=directory)
    assert "hill,Hill,'+4922112345,00:00,24:00,lake" in done(*kept, "table", "weather-station", cwd=directory)
    file.write_text("weather-station:\n  lake: {name: Lake, opens: '08:00', closes: '07:00'}\n")
    assert f"{file}:2:" in refused(*kept, "apply", file, cwd=directory)
    assert "is used by weather-station 'Hill'" in refused(*kept, "delete", "weather-station", "lake", cwd=directory)
    assert done(*kept, "verify", cwd=directory) == "every change is as it was written\n"


def refused(*command: str | Path, cwd: Path) -> str:
    """What a command says that must fail."""
    ran = subprocess.run(list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 1, f"{' '.join(map(str, command[:4]))}: {ran.stdout}\n{ran.stderr}"
    return ran.stderr


def done(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    ran = subprocess.run(list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, f"{' '.join(map(str, command[:4]))}: {ran.stdout}\n{ran.stderr}"
    return ran.stdout
