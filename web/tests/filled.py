"""Believable data for a portal that people look at."""

from __future__ import annotations

from array import array
from typing import Final

from flows.hotline import HOTLINE
from seeded import put_call
from web_people import Portal

from switchhook import Label
from switchhook.access.actor import SYSTEM
from switchhook.numbers.pool import NumberPool
from switchhook.speech.audio import Sound, to_wav, tone

FLOW: Final = "hotline"
NUMBERS: Final = {
    "+4922155501": "Hotline",
    "+4922155502": "Sales in Cologne",
    "+4922155503": "Service",
    "+4930901820": "Berlin office",
    "+498005550100": "Free call",
}
FREE: Final = ("+4922155590", "+4922155591", "+4989123450")
OUTCOMES: Final = ("human", "human", "human", "no_answer", "busy", "abandoned_ring", "human")


async def fill(portal: Portal) -> None:
    """Numbers, groups, a flow with a history, people, calls, alerts, and something in the trash."""
    made = portal.administration
    pool = NumberPool(made.numbers, SYSTEM)
    await pool.add([*NUMBERS, *FREE])
    for number, label in NUMBERS.items():
        await pool.assign(number, "acme", {"name": label})
    kept = made.keeping.of("acme", SYSTEM)
    await kept.create("number-group", {"name": "Sales", "numbers": list(NUMBERS)[:2]}, id="sales")
    await kept.create("number-group", {"name": "Service and repairs", "numbers": list(NUMBERS)[2:]}, id="service")
    await kept.create("price-list", {"name": "Prices 2026", "valid_from": "2026-01-01"}, id="prices")
    fixed = {"country": "DE", "number_kind": "fixed", "per_minute": "0.009", "first_seconds": 1, "next_seconds": 1}
    mobile = {"country": "DE", "number_kind": "mobile", "per_minute": "0.069", "next_seconds": 1}
    for name, rate in {"Germany, fixed": fixed, "Germany, mobile": mobile, "France": {"prefix": "+33"}}.items():
        await kept.create("call-rate", {"name": name, "price_list": "prices", **rate})
    home, partner = [{"country": "DE"}], [{"country": "AT"}, {"country": "AT", "number_kind": "service"}]
    await kept.create("outbound-permission", {"name": "Germany", "destinations": home}, id="germany")
    await kept.create("outbound-permission", {"name": "Austria", "destinations": partner, "until": "2027-03-31"})
    limits = {"name": "Office", "per_day": "30", "per_month": "300", "at_once": 10, "numbers_per_hour": 60}
    await kept.create("spend-limit", {**limits, "new_country_calls": 3}, id="office")
    await kept.create("verified-number", {"name": "Shop", "number": "+4989555001", "proof": "its bill of March"})
    gone = await kept.create("number-group", {"name": "Fair 2025"}, id="fair")
    await kept.delete("number-group", gone.id, gone.version)
    await flows(portal)
    grants = [{"right": word, "scope": "group", "groups": ["sales"]} for word in ("number.view", "flow.view")]
    people = made.people.of("acme", SYSTEM)
    uwe = await people.get("uwe")
    await people.change("uwe", uwe.version, {"grants": grants})
    for name in ("Kim Albrecht", "Jana Berger", "Mehmet Yilmaz"):
        mail = f"{name.lower().replace(' ', '.')}@acme.example"
        await people.create({"name": name, "email": mail, "role": "user", "grants": grants})
    for n in range(40):
        outcome = OUTCOMES[n % len(OUTCOMES)]
        await put_call(portal, f"c-{n}", list(NUMBERS)[n % 4], ago=400 * n + 90, outcome=outcome)
    spoken = to_wav(Sound(array("h", [part for n in range(12) for part in tone(300 + 40 * n, 1.0, -9.0 - n).samples])))
    media = made.media.of("acme", SYSTEM)
    for n in range(4):
        await media.put("message" if n else "announcement", ("number-group", "sales"), spoken, label=f"Sales {n + 1}")
    said = Label("Ein Anruf fand seinen Weg nicht: Service", "A call lost its way: Service")
    await made.alerts.raise_("acme", "call.lost_way", "service", said)


async def flows(portal: Portal) -> None:
    """A hotline that is live in its second version and has been changed since, and one nobody reaches yet."""
    work = portal.administration.publishing.of("acme", SYSTEM)
    await work.create("Hotline", id=FLOW, drawing=HOTLINE)
    await work.create("Evening service", id="evening", language="en")
    await work.publish(FLOW, 1, message="The first one", accept_warnings=True)
    for number in list(NUMBERS)[:3]:
        await portal.administration.numbers.of("acme", SYSTEM).assign(number, FLOW)
