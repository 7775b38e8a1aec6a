"""What finds suppressed numbers finds each that is planted, and lets a lab go that holds none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from lab import public_home
from suppressed import SUPPRESSED, traces

NUMBER = SUPPRESSED[0].removeprefix("+49")


def kept(home: Path) -> None:
    with sqlite3.connect(home / "switchhook.db") as database:
        database.execute("create table calls (caller text)")
        database.execute("insert into calls values (?)", (f"0{NUMBER}",))
    database.close()


PLANTED = {
    "switchhook.db": kept,
    "portal.log": lambda home: (home / "portal.log").write_text(f"DEBUG caller=+49{NUMBER}\n"),
    f"from-0049{NUMBER}.wav": lambda home: (home / f"from-0049{NUMBER}.wav").write_bytes(b"RIFF"),
    "spool/7.eml": lambda home: [(home / "spool").mkdir(), (home / "spool/7.eml").write_text(f"tel:+49{NUMBER}")],
}


@pytest.mark.parametrize("where", sorted(PLANTED))
def test_a_suppressed_number_that_is_kept_is_found_when_a_lab_goes(where: str) -> None:
    with pytest.raises(AssertionError) as found, public_home() as home:
        PLANTED[where](home)
    assert f"{where} holds +49{NUMBER}" in str(found.value)
    assert not home.exists()


def test_the_network_knows_who_calls_and_others_are_not_suppressed() -> None:
    with public_home() as home:
        (home / "carrier").mkdir()
        (home / "carrier" / "messages.log").write_text(NUMBER)
        (home / "portal.log").write_text("caller=+4922112345")
        (home / "empty").touch()
        assert traces(home) == []
