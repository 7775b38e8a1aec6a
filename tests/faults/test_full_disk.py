"""A disk that is really full: messages are refused and said to be, none that was accepted is lost (REL17, S32)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(150)]

SCENARIO = Path(__file__).with_name("full_disk.py")
OWN_MOUNTS = (
    ("unshare", "--mount")
    if os.geteuid() == 0
    else ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount")
)


def test_a_full_disk_refuses_and_loses_nothing() -> None:
    """In a process with mounts of its own, which vanish with it."""
    ran = subprocess.run(
        [*OWN_MOUNTS, "--", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(SCENARIO)],
        capture_output=True,
        text=True,
        timeout=140,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
