"""The module ``follow-me`` (Folge mir): looks for a person at one device after the other."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Label, Session, setting

from .connecting import Attempt, Connecting, own_first
from .person import Person
from .whom import target


@attrs.frozen(field_transformer=own_first)
class FollowMe(Connecting):
    """Rings the devices of ``person`` step by step until somebody answers; the last step decides the exit."""

    kind = "follow-me"
    label = Label("Folge mir", "Follow me")
    help = Label("Sucht eine Person an ihren Geräten.", "Looks for a person at her devices.")

    person: str = setting("reference", "Person", "Person", to=Person.kind)

    async def run(self, session: Session) -> Exit:
        """Ring; see the class."""
        person = await session.resource(Person, self.person)
        attempts = list(_attempts(person))
        if not attempts:
            return Exit("unreachable", f"{person.name} has no device that rings")
        way, _ = await self.connect(session, attempts)
        return way


def _attempts(person: Person) -> Iterator[Attempt]:
    active = [device for device in person.devices if device.active]
    for step in sorted({device.step for device in active}):
        devices = [device for device in active if device.step == step]
        yield Attempt(tuple(target(device.target) for device in devices), max(device.ring for device in devices))
