"""Two programs change the same: the second one gets both sides, in the same words, whatever it is (S16)."""

from __future__ import annotations

import pytest

from switchhook.administration import NumberPool
from switchhook.portal.administration import Administration

from .site import PEOPLE, Client

OPERATOR = PEOPLE["operator"].actor
CASES = {
    "/people/viewer": ("name", "Viewer", "V"),
    "/numbers/+4930123456": ("cost_centre", "", "4711"),
    "": ("name", "Acme", "Acme AG"),
    "/password-policy": ("days", 0, 30),
    "/api/v1/account": ("name", "Kim", "Kim B"),
}


@pytest.mark.parametrize("path", CASES)
async def test_the_second_one_gets_both_sides(api: Client, administration: Administration, path: str) -> None:
    await NumberPool(administration.numbers, OPERATOR).assign("+4930123456", "acme")
    field, before, after = CASES[path]
    asks = api if path else api.of("operator")
    first = (await asks.get(path)).headers["ETag"]
    changed = await asks.ask("PATCH", path, {field: after}, If_Match=first)
    assert changed.status == 200
    stale = await asks.ask("PATCH", path, {field: before}, If_Match=first)
    assert (stale.status, stale.body["code"]) == (412, "stale")
    current = stale.body["current"]
    assert (stale.body["base"][field], current["fields"][field]) == (before, after)
    assert set(current["fields"]) == set(stale.body["base"])
    assert f'"{current["version"]}"' == changed.headers["ETag"]
    again = await asks.ask("PATCH", path, {field: before}, If_Match=f'"{current["version"]}"')
    assert again.status == 200
