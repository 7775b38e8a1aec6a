"""No secret lies in clear where the portal keeps or tells things (SEC32)."""

from __future__ import annotations

import base64
import logging
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import argon2
import attrs
import pyotp
import pytest
from administered import administered
from argon2.profiles import RFC_9106_LOW_MEMORY

from switchhook import Label, Resource, hookimpl, setting
from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.people.door import SecondFactorNeeded, SignInRefused
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.keys import installation_key
from switchhook.store.engine import Store

from .conftest import CHEAP, NOW

OLGA = Actor("olga", ALL_RIGHTS, "operator")
FROM = {"address": "192.0.2.1", "agent": "Firefox"}
FIRST, SECOND = "Kaffee trinken um 9", "Lieber Tee um halb 11"
MISTYPED, AS_NAME = "Kafee trinken um neun", "wortgewandt-um-8"
PIN, LATER_PIN = "739184265", "518273946"
SIGNS = "signs-what-is-sent-to-the-crm"


@attrs.frozen
class Safe(Resource):
    kind = "safe"
    label = Label("Tresor", "Safe")
    plural = Label("Tresore", "Safes")
    name: str = setting("text", "Name", "Name")
    pin: str = setting("text", "PIN", "PIN", secret=True)


@pytest.fixture
async def dear(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Administration]:
    """A portal as it is made for people: its passwords' hashes take their time."""
    shutil.copy(sqlite_template, tmp_path / "db")
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    made = await administered(store, SetClock(NOW), tmp_path, resources=hookimpl(lambda: [Safe]))
    yield made
    made.door.passwords.close()
    await store.close()


@pytest.fixture
def portal(dear: Administration) -> Iterator[Administration]:
    """The same with hashes that cost nothing."""
    live = LiveCalls(dear.clock)
    made = administration_of(dear.settings, dear.store, dear.clock, dear.plugged, live, cost=CHEAP)
    yield made
    made.door.passwords.close()


async def mailed(portal: Administration, tenant: str) -> str:
    """The token of the link in the latest mail."""
    mails = portal.post.of(tenant, OLGA)
    _, letter = await mails.read((await mails.page()).mails[0].id)
    (token,) = re.findall(r"/set-password/(\S+)", letter.text)
    return token


async def invited(portal: Administration, username: str, tenant: str, role: str) -> tuple[str, str]:
    """A new account and the token of its invitation."""
    values = {"username": username, "email": f"{username}@example.org", "name": username.title(), "role": role}
    made = await portal.people.of(tenant, OLGA).create(values)
    return made.id, await mailed(portal, tenant)


async def lived_in(portal: Administration) -> Mapping[str, str]:
    """A portal after some days of use; every secret that somebody was given or gave meanwhile."""
    clock, door, links = portal.clock, portal.door, portal.links
    assert isinstance(clock, SetClock)
    _, operators = await invited(portal, "root", "operator", "operator")
    await links.set_password(operators, FIRST, address="192.0.2.1")
    operator = await door.sign_in("root", FIRST, **FROM)
    kim, taken = await invited(portal, "kim", "acme", "superadmin")
    await links.set_password(taken, SECOND, address="192.0.2.1")
    for name, password in (("kim", MISTYPED), (AS_NAME, FIRST)):
        with pytest.raises(SignInRefused):
            await door.sign_in(name, password, **FROM)
    await portal.forgetting.ask(AS_NAME, address="192.0.2.1")
    first = await door.sign_in("kim", SECOND, **FROM)
    own = door.own(first.seat)
    enrolment = await own.enrol()
    telephone = pyotp.TOTP(enrolment.secret)
    recovery = await own.confirm_factor(telephone.at(clock.now()))
    token = await own.make_token("crm")
    clock.advance(60)
    with pytest.raises(SecondFactorNeeded) as needed:
        await door.sign_in("kim", SECOND, **FROM)
    second = await door.sign_in("kim", SECOND, code=telephone.at(clock.now()), **FROM)
    assert await door.bearer(token.text) is not None
    _, waiting = await invited(portal, "lee", "acme", "user")
    await portal.helping.of("acme", OLGA).send_link(kim)
    kept = portal.keeping.of("acme", OLGA)
    values = {"name": "crm", "url": "https://crm.example/in", "secret": SIGNS, "events": ["*"]}
    await kept.create("webhook", values)
    safe = await kept.create("safe", {"name": "Keller", "pin": PIN})
    changed = await kept.change("safe", safe.id, safe.version, {"name": "Keller", "pin": LATER_PIN})
    await kept.delete("safe", safe.id, changed.version)
    return {
        "operator's password": FIRST,
        "user's password": SECOND,
        "mistyped password": MISTYPED,
        "password typed as a name": AS_NAME,
        "used invitation": taken,
        "waiting invitation": waiting,
        "reset": await mailed(portal, "acme"),
        "operator's session": operator.token,
        "first session": first.token,
        "second session": second.token,
        "second session's forms": second.seat.csrf,
        "second factor": enrolment.secret,
        **{f"recovery code {n}": code for n, code in enumerate(recovery)},
        **{f"recovery code {n} without dashes": code.replace("-", "") for n, code in enumerate(recovery)},
        "challenge": needed.value.challenge,
        "API token": token.text,
        "webhook's secret": SIGNS,
        "resource's secret": PIN,
        "resource's later secret": LATER_PIN,
    }


def columns(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every column of every row that is kept, by its name."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    tables = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            for name in row.keys():  # noqa: SIM118 - a row is no mapping
                value = row[name]
                yield f"{table}.{name}", value if isinstance(value, bytes) else str(value).encode()
    connection.close()


def files(directory: Path) -> Iterator[tuple[str, bytes]]:
    """The database's files as they lie on the disk."""
    yield from ((file.name, file.read_bytes()) for file in sorted(directory.glob("db*")))


def shapes(secret: bytes) -> Iterator[bytes]:
    """A secret in clear, and in what only looks as if it were not."""
    yield from (secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"="))


async def test_no_secret_lies_in_clear(
    portal: Administration,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {name: one.encode() for name, one in (await lived_in(portal)).items()}
    assert all(len(one) > 7 for one in secrets.values())
    keys = {f"key {name}": installation_key(portal.settings.data_dir, name) for name in ("seal", "audit")}
    printed = "".join(capfd.readouterr())
    said = "".join(one.getMessage() for one in caplog.records if one.levelno >= logging.INFO)
    # Beyond what a portal logs (WARNING): what the database was asked for, the name of an account among it.
    driver = caplog.text.replace(AS_NAME, "").encode()
    places = [("log", (said + printed).encode()), ("driver", driver), *columns(tmp_path / "db"), *files(tmp_path)]
    found = {
        (name, place)
        for name, one in {**secrets, **keys}.items()
        for place, text in places
        if any(shape in text for shape in shapes(one))
    }
    assert found == set()
    # What is no secret is found, in all of them: this search sees what is there.
    seen = {place for place, text in places if b"kim@example.org" in text or b"192.0.2.1" in text}
    assert {"driver", "db-wal", "account.email", "mail.recipient", "session.address", "audit.after"} <= seen


async def test_passwords_are_hashed_at_the_cost_that_argon2s_authors_recommend(
    dear: Administration, tmp_path: Path
) -> None:
    _, token = await invited(dear, "kim", "acme", "superadmin")
    await dear.links.set_password(token, FIRST, address="192.0.2.1")
    (hashed,) = [text.decode() for place, text in columns(tmp_path / "db") if text.startswith(b"$argon2")]
    parameters = argon2.extract_parameters(hashed)
    assert parameters == RFC_9106_LOW_MEMORY
    assert (parameters.type, parameters.time_cost, parameters.memory_cost) == (argon2.Type.ID, 3, 65536)
    assert not argon2.PasswordHasher().check_needs_rehash(hashed)
