"""Numbers that rest, and what a demo may have, over the API."""

from __future__ import annotations

from sqlalchemy import update

from switchhook.portal.administration import Administration
from switchhook.store import tables

from .site import Client

AT = "/api/v1/free-numbers"


async def test_a_number_rests_and_the_operator_ends_it(api: Client) -> None:
    operator = api.of("operator")
    made = await operator.post("/numbers", {"number": "030 123456"})
    gone = await operator.ask("DELETE", "/numbers/+4930123456", If_Match=made.headers["ETag"])
    assert gone.status == 204
    (resting,) = (await operator.get(f"{AT}?state=resting")).body["items"]
    assert (resting["tenant"], resting["rests_until"][:10]) == ("acme", "2027-02-25")
    other = api.of("operator", "other")
    refused = await other.post("/numbers", {"number": "+4930123456"})
    assert (refused.status, refused.body["code"]) == (409, "number_rests")
    assert (await api.post(f"{AT}/+4930123456/end-rest")).status == 403
    ended = await operator.post(f"{AT}/+4930123456/end-rest")
    assert (ended.status, ended.body["rests_until"]) == (200, None)
    assert (await operator.post(f"{AT}/+4930123456/end-rest")).status == 404
    assert (await other.post("/numbers", {"number": "+4930123456"})).status == 201


async def test_everybody_of_a_demo_sees_its_limits_and_a_refusal_names_them(
    api: Client, administration: Administration
) -> None:
    nothing = {"demo": False, "numbers": None, "accounts": None, "flows": None, "calls": None}
    assert (await api.of("nobody").get("/limits")).body == nothing
    assert (await api.of("lee").get("/limits")).status == 404
    async with administration.store.write() as conn:
        await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state="demo"))
    limits = {"demo": True, "numbers": 2, "accounts": 5, "flows": 3, "calls": 2}
    assert (await api.of("nobody").get("/limits")).body == limits
    people = [await api.post("/people", {"name": "P", "email": f"p{n}@acme.example"}) for n in range(5)]
    assert people[-1].status == 409
    assert people[-1].body["code"] == "demo_limit"
    assert "the operator lifts this limit (accounts) by making the tenant active" in people[-1].body["detail"]
