"""Which Asterisk is taken, and what is said when there is none."""

from pathlib import Path

import attrs
import pytest

from switchhook.asterisk.place import (
    AsteriskMissing,
    AsteriskPlace,
    default_root,
    find_asterisk,
    parse_version,
    private_place,
    read_directories,
)
from switchhook.config import Agi, Ami, Asterisk, Secret, Settings, Store


def settings_with(root: str) -> Settings:
    secret = Secret("x" * 20)
    return Settings(
        data_dir=Path("data"),
        store=Store(url=secret),
        agi=Agi(secret=secret),
        ami=Ami(secret=secret),
        asterisk=Asterisk(root=root),
    )


def program(path: Path, prints: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)
    return path


def host(tmp_path: Path, version: str) -> Path:
    binary = program(tmp_path / "host/sbin/asterisk", f"Asterisk {version}")
    (tmp_path / "host/lib/x86_64-linux-gnu/asterisk/modules").mkdir(parents=True)
    (tmp_path / "host/share/asterisk").mkdir(parents=True)
    return binary


def private(tmp_path: Path, version: str) -> Path:
    """A root whose dynamic loader answers for the binary it is told to run."""
    root = tmp_path / "private"
    program(root / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", f"Asterisk {version}")
    program(root / "usr/sbin/asterisk", "never run without its loader")
    (root / "usr/lib/x86_64-linux-gnu/asterisk/modules").mkdir(parents=True)
    return root


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("Asterisk 20.5", (20, 5, 0)),
        ("Asterisk certified/18.9-cert4", (18, 9, 0)),
        ("Asterisk GIT-master-abcdef", None),
    ],
)
def test_a_version_is_read_as_asterisk_prints_it(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


def test_a_host_asterisk_that_is_new_enough_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHHOOK_ASTERISK_ROOT", str(private(tmp_path, "22.10.1")))
    binary = host(tmp_path, "20.11.0")
    place = find_asterisk(path=str(binary.parent))
    assert (place.binary, place.version, place.root) == (binary, (20, 11, 0), None)
    assert place.argv("-V") == [str(binary), "-V"]
    assert place.modules == tmp_path / "host/lib/x86_64-linux-gnu/asterisk/modules"
    assert place.data == tmp_path / "host/share/asterisk"


def test_an_old_host_asterisk_is_passed_over_for_the_private_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = private(tmp_path, "22.10.1")
    monkeypatch.setenv("SWITCHHOOK_ASTERISK_ROOT", str(root))
    place = find_asterisk(path=str(host(tmp_path, "16.28.0").parent))
    assert (place.root, place.version_text) == (root, "22.10.1")
    assert place.argv("-V")[0] == str(root / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    assert place.argv("-V")[-2:] == [str(root / "usr/sbin/asterisk"), "-V"]


def test_a_root_named_in_the_settings_wins_over_the_host(tmp_path: Path) -> None:
    root = private(tmp_path, "22.10.1")
    assert find_asterisk(settings_with(str(root)), path=str(host(tmp_path, "23.0.0").parent)).root == root


def test_without_any_asterisk_all_that_was_looked_at_and_the_mending_command_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHHOOK_ASTERISK_ROOT", str(tmp_path / "nothing"))
    binary = host(tmp_path, "16.28.0")
    with pytest.raises(AsteriskMissing) as caught:
        find_asterisk(path=str(binary.parent))
    sentence = str(caught.value)
    assert f"{binary} is 16.28.0, 20 or newer is needed" in sentence
    assert f"no private Asterisk in {tmp_path / 'nothing'}" in sentence
    assert "switchhook asterisk install" in sentence


def test_a_private_asterisk_that_is_too_old_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(AsteriskMissing):
        find_asterisk(settings_with(str(private(tmp_path, "18.1.0"))))


@pytest.mark.parametrize("gone", ["usr/sbin/asterisk", "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"])
def test_half_a_root_is_none(tmp_path: Path, gone: str) -> None:
    root = private(tmp_path, "22.10.1")
    (root / gone).unlink()
    assert private_place(root) is None


def test_the_superusers_root_can_be_reached_by_other_accounts() -> None:
    assert default_root({"HOME": "/root"}, uid=0) == Path("/var/cache/switchhook/asterisk-22")
    assert default_root({"HOME": "/home/ann"}, uid=1000) == Path("/home/ann/.cache/switchhook/asterisk-22")
    assert default_root({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, uid=1000) == Path("/c/switchhook/asterisk-22")
    assert default_root({"SWITCHHOOK_ASTERISK_ROOT": "/a"}, uid=0) == Path("/a")


def test_directories_are_read_but_not_from_a_template(tmp_path: Path) -> None:
    conf = tmp_path / "asterisk.conf"
    conf.write_text("; x\n[directories]\nastmoddir => /m ; why\nastrundir=/r\n[options]\nastmoddir => /no\n")
    assert read_directories(conf) == {"astmoddir": Path("/m"), "astrundir": Path("/r")}
    conf.write_text("[directories](!)\nastmoddir => /m\n")
    assert read_directories(conf) == {}
    assert read_directories(tmp_path / "none") == {}


def test_a_place_is_a_value() -> None:
    assert attrs.has(AsteriskPlace)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        AsteriskPlace(Path("a"), (22, 0, 0), Path("m"), Path("d")).version = (1, 0, 0)  # type: ignore[misc]
