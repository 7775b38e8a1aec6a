"""Somebody whose rights go as far as one number gets by the API what belongs to it, and no hint of anything else (S10)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import seeded

from switchhook.store.directory import Directory
from switchhook.store.routing import Number

from .site import MINE, Client

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # services are asked on both databases
THEIRS = "+4930200"
LISTS = {"/numbers": "number", "/calls": "number", "/flows": "id"}


@pytest.fixture
async def limited(api: Client, administration: Any) -> Client:
    """Of two of everything, one belongs to the number in reach."""
    directory = Directory(administration.store, administration.clock)
    for name, number in (("mine", MINE), ("theirs", THEIRS)):
        made = await api.post("/flows", {"label": name, "id": name, "language": "en"})
        assert made.status == 201, made.body
        await directory.assign(Number(number, "acme", name))
        await seeded.put_call(SimpleNamespace(administration=administration), f"call-{name}", number)
        await seeded.put_call(SimpleNamespace(administration=administration), f"now-{name}", number, outcome="")
    return api.of("sales")


async def test_lists_hold_what_is_in_reach_alone(api, limited):
    for path, name in LISTS.items():
        seen = {one[name] for one in (await limited.get(path)).body["items"]}
        everything = {one[name] for one in (await api.get(path)).body["items"]}
        assert seen == {MINE if name == "number" else "mine"}, path
        assert len(everything) == 2, path


async def test_sums_count_what_is_in_reach_alone(api, limited):
    mine, all_of_them = [(await one.get("/call-sums")).body for one in (limited, api)]
    assert mine != all_of_them
    assert sum(mine["outcomes"].values()) * 2 == sum(all_of_them["outcomes"].values())


@pytest.mark.parametrize(
    "path",
    [
        *(f"/numbers/{THEIRS}{end}" for end in ("", "/uses", "/history")),
        "/calls/call-theirs",
        *(f"/flows/theirs{end}" for end in ("", "/draft", "/versions", "/expectations")),
    ],
)
async def test_what_is_beyond_reach_is_not_there(api, limited, path):
    assert (await limited.get(path)).status == 404
    assert (await api.get(path)).status == 200
    assert (await limited.get(path.replace(THEIRS, MINE).replace("theirs", "mine"))).status == 200
