"""An installation full of what a bundle must not tell: secrets, numbers, names and addresses of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
from sqlalchemy import insert

from switchhook import Label, hookimpl, setting
from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.calls.call import Call, Caller
from switchhook.calls.event import Event
from switchhook.config import Secret, Settings
from switchhook.config.settings import Mail, Phone, PluginSections, Trunk
from switchhook.flows.module import Module
from switchhook.people import accounts
from switchhook.portal.administration import Administration
from switchhook.store import tables, tables_post
from switchhook.store.directory import Directory
from switchhook.store.records import call_row, event_row

NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
NUMBERS: Final = ("+4922155501", "+4922155502", "+491711234567", "+4930901820", "+4989123450", "+33142685300")
OURS, TARGET, SHOWN, TRUNK, DIVERTED, ABROAD = NUMBERS
KEY: Final = "c0ffee" * 10 + "abcd"
SAID: Final = (
    "Annegret Zwiebelfisch",
    "Zwiebelfisch",
    "zwiebel@example.org",
    "portal@example.net",
    "hilfe@example.net",
    "hunter2-of-the-trunk",
    "hunter2-of-a-phone",
    "hunter2-of-the-mails",
    "hunter2-of-a-plugin",
    "hunter2-of-a-webhook",
    "0815471142",
    "Notfall-Hotline Süd",
    "rufannean",
    KEY,
)
"""What may be in no file, as it stands."""
FLOW: Final = f"""\
flow: rufannean
label: Notfall-Hotline Süd
start: anruf-annegret
points:
  anruf-annegret:
    module: ring
    label: Annegret Zwiebelfisch
    settings:
      targets: [zwiebelfisch, "{TARGET}"]
      shown: "{OURS}"
      note: "Annegret, 0221 55502"
      seconds: 20
      way: fast
      lines: [{{number: "{DIVERTED}", name: Zwiebelfisch}}]
    exits: {{answered: hang-up, "key:1": "flow:rufannean"}}
"""


@attrs.frozen
class Row:
    number: str = setting("number", "Nummer", "Number")
    name: str = setting("text", "Name", "Name")


@attrs.frozen
class Ring(Module):
    kind = "ring"
    label = Label("Rufen", "Ring")
    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets")
    shown: str = setting("number", "Nummer", "Number", default="")
    note: str = setting("text", "Notiz", "Note", default="")
    seconds: int = setting("integer", "Sekunden", "Seconds", default=25)
    way: str = setting("choice", "Art", "Way", choices=("fast", "slow"), default="fast")
    lines: tuple[Row, ...] = setting("rows", "Zeilen", "Lines", row=Row, default=())

    def exits(self) -> tuple[str, ...]:
        return ("answered", "key:1")


@attrs.frozen
class Sample:
    word: str = setting("text", "Wort", "Word", default="", secret=True)
    hello: str = setting("text", "Gruß", "Greeting", default="")
    hour: int = setting("integer", "Stunde", "Hour", default=7)

    @hookimpl
    def modules(self):
        return [Ring]


def with_people_in_it(settings: Settings) -> Settings:
    """Settings that name people, numbers and secrets."""
    told = {"word": "hunter2-of-a-plugin", "hello": "Annegret Zwiebelfisch", "hour": 9}
    return attrs.evolve(
        settings,
        phones={"zwiebelfisch": Phone(extension="4711", secret=Secret("hunter2-of-a-phone"), caller_id=TARGET)},
        trunk=Trunk(host="sip.example.net", user=TRUNK, secret=Secret("hunter2-of-the-trunk"), caller_id="03090182"),
        mail=Mail(
            host="127.0.0.1",
            port=9,
            user="zwiebel@example.org",
            secret=Secret("hunter2-of-the-mails"),
            sender="portal@example.net",
            timeout=1,
        ),
        portal=attrs.evolve(settings.portal, support_mail="hilfe@example.net", support_phone="0221 55501"),
        plugin=PluginSections(sections={"sample": told, "gone": {"pin": "0815471142"}}),
    )


async def fill(made: Administration, home: Path) -> None:
    """A tenant with people, a flow, calls, mails, alerts, faults, and an Asterisk that warned."""
    directory = Directory(made.store, made.clock)
    await directory.put_tenant(Tenant("acme", "Zwiebelfisch GmbH", NOW))
    someone = Account(
        "anne", "acme", "anne", "zwiebel@example.org", "Annegret Zwiebelfisch", "admin", "active", NOW, NOW
    )
    async with made.store.write() as conn:
        await accounts.put(conn, someone, new=True)
    hook = {"name": "Zwiebelfisch", "url": "https://example.com/hook", "events": ["call.ended"]}
    await made.keeping.of("acme", SYSTEM).create("webhook", {**hook, "secret": "hunter2-of-a-webhook"})
    await _flow(made)
    shown = Caller(SHOWN, "Annegret Zwiebelfisch", "shown", "mobile", KEY)
    await _call(made, Call("sh1-1764244800.17", "acme", OURS, shown, NOW, "trunk", "de", DIVERTED))
    hidden = Caller("", "", "suppressed", "mobile", KEY)
    await _call(made, Call("sh1-1764244801.18", "acme", OURS, hidden, NOW, "trunk", "de"))
    await _post_and_faults(made)
    log = home / "asterisk" / "log"
    log.mkdir(parents=True)
    line = (
        f"[2026-11-27 12:00:00.123] WARNING[12][C-0000001]: app_dial.c:77 dial_exec: Zwiebelfisch <{SHOWN}> is away\n"
    )
    (log / "messages.log").write_text(f"{line}no line of its own about {SHOWN}\n", encoding="utf-8")


async def _flow(made: Administration) -> None:
    async with made.store.write() as conn:
        await conn.execute(insert(tables.flow).values(tenant="acme", id="rufannean", label="Notfall-Hotline Süd"))
        version = {"tenant": "acme", "flow": "rufannean", "no": 3, "document": FLOW, "hash": "0" * 64}
        row = {**version, "state": "published", "created": NOW, "published_at": NOW}
        await conn.execute(insert(tables.flow_version).values(row))


async def _call(made: Administration, call: Call) -> None:
    told = [
        ("call.started", "", {"number": OURS}),
        ("flow.chosen", "", {"flow": "rufannean", "version": 3, "why": f"{SHOWN} is on Annegret's list"}),
        ("point.entered", "anruf-annegret", {"label": "Annegret Zwiebelfisch", "module": "ring"}),
        ("keys", "anruf-annegret", {"keys": "0815471142"}),
        ("keys", "anruf-annegret", {"keys": "1"}),
        ("leg.created", "anruf-annegret", {"leg": 1, "targets": [TARGET, "zwiebelfisch"], "ring_seconds": 20}),
        ("leg.ended", "anruf-annegret", {"leg": 1, "status": "answered", "answered_by": "zwiebelfisch"}),
        ("sample.odd", "", {"who": "Zwiebelfisch", "digits": 49221555021, "small": 7}),
        ("point.left", "anruf-annegret", {"exit": "key:1", "to": "anruf-annegret", "why": "Annegret Zwiebelfisch"}),
        ("note", "", {"text": f"call 00{ABROAD[1:]}"}),
    ]
    async with made.store.write() as conn:
        ended = {"ended": NOW + timedelta(seconds=30), "outcome": "human", "ended_by": "portal"}
        await conn.execute(insert(tables.call).values({**call_row(call, 1), **ended}))
        for seq, one in enumerate(told):
            event = Event(1, seq, NOW + timedelta(seconds=seq), *one)
            await conn.execute(insert(tables.event).values(event_row(call, event)))
        leg = {"call": call.id, "number": 1, "tenant": "acme", "target": TARGET, "status": "answered", "created": NOW}
        await conn.execute(insert(tables.leg).values(leg))


async def _post_and_faults(made: Administration) -> None:
    mail = {
        "tenant": "acme",
        "recipient": "zwiebel@example.org",
        "language": "de",
        "created": NOW,
        "since": NOW,
        "due": NOW,
    }
    replies = ("550 5.1.1 <zwiebel@example.org> unknown", f"no answer for {SHOWN}")
    where = 'Traceback (most recent call last):\n  File "/srv/x.py", line 12, in ring\n    raise ValueError(who)\n'
    said = f"Zwiebelfisch <zwiebel@example.org> {SHOWN}"
    faults = [("raised", "module ring"), ("too_slow", "call_arrives"), ("raised", f"/t/acme/numbers/{OURS}")]
    async with made.store.write() as conn:
        for n, reply in enumerate(replies):
            row = {**mail, "token": f"m{n}", "template": "invitation", "state": "bounced", "reply": reply}
            await conn.execute(insert(tables_post.mail).values(row))
        alert = {"tenant": "acme", "rule": "call.lost_way", "key": OURS, "de": said, "en": said, "label": said}
        await conn.execute(insert(tables_post.alert).values({**alert, "first": NOW, "last": NOW}))
        for kind, hook in faults:
            message = "more than 2 s" if kind == "too_slow" else said
            fault = {"plugin": "sample", "hook": hook, "kind": kind, "at": NOW, "message": message}
            trace = f"{where}ValueError: {said}\n"
            await conn.execute(insert(tables.fault).values({**fault, "call": "sh1-1764244800.17", "traceback": trace}))
