"""Locks of PINs by the API, with the right and within the tenant."""

from __future__ import annotations

import pytest

from switchhook.calls.call import Call, Caller
from switchhook.calls.pins import USUAL, PinAttempt
from switchhook.pins.book import StoredPins
from switchhook.portal.administration import Administration

from .site import NOW, Client

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference
OFFICE = {"purpose": "mailbox", "subject": "office"}


async def test_a_lock_is_listed_and_ended(api: Client, administration: Administration) -> None:
    book = StoredPins(administration.store, administration.clock)
    for n in range(USUAL.per_subject):
        call = Call(f"c-{n}", "acme", "+49221", Caller(key=f"k{n}"), NOW)
        await book.judge(PinAttempt(call, 1, "mailbox", "office", USUAL), right=False)
    (lock,) = (await api.get("/pin-locks")).body["items"]
    assert (lock["purpose"], lock["subject"], lock["wrong"]) == ("mailbox", "office", USUAL.per_subject)
    assert (await api.post("/pin-locks/unlock", {"purpose": "mailbox"})).status == 422
    assert (await api.post("/pin-locks/unlock", OFFICE)).status == 204
    assert (await api.post("/pin-locks/unlock", OFFICE)).status == 404
    assert (await api.get("/pin-locks")).body == {"items": []}
