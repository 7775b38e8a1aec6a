"""The contracts of imports name every module there is: what is new is private until somebody says otherwise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from pkgutil import iter_modules

import pytest

import switchhook
import switchhook_web

ROOT = Path(__file__).parents[1]
FACES = {
    "switchhook.administration",
    "switchhook.consent",
    "switchhook.spoken",
    "switchhook.testing",
    "switchhook_web.extending",
}


@pytest.mark.parametrize(
    ("contract", "packages"), [("web", [switchhook]), ("plugins", [switchhook, switchhook_web])], ids=["web", "plugins"]
)
def test_whatever_is_no_public_face_is_forbidden(contract, packages):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (forbidden,) = [set(one["forbidden_modules"]) for one in contracts if one["id"] == contract]
    modules = {f"{one.__name__}.{found.name}" for one in packages for found in iter_modules(one.__path__)}
    assert modules - forbidden - FACES == set()
