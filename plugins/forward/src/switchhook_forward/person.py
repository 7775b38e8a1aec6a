"""What administrators keep: the devices of a person, and the steps in which they are rung."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from switchhook import Label, Problem, Resource, setting

from .whom import A_NAME


@attrs.frozen
class Device:
    """A phone or number where a person may be."""

    target: str = setting("target", "Telefon oder Rufnummer", "Phone or number")
    step: int = setting("integer", "Schritt", "Step", default=1, minimum=1, maximum=9)
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=20, minimum=3, maximum=120)
    active: bool = setting("boolean", "Klingelt", "Rings", default=True)


@attrs.frozen
class Person(Resource):
    """Where somebody can be reached: devices of the same step ring together, steps follow each other."""

    kind = "follow-me"
    label = Label("Folge mir", "Follow me")
    plural = Label("Folge mir", "Follow me")
    icon = "user"
    order = 330
    help = Label(
        "Die Geräte einer Person: die eines Schrittes klingeln zugleich, die Schritte nacheinander.",
        "The devices of a person: those of a step ring together, the steps one after the other.",
    )

    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=A_NAME)
    devices: tuple[Device, ...] = setting("rows", "Geräte", "Devices", row=Device, default=())

    def check(self) -> Iterable[Problem]:
        """No device rings twice in a step."""
        for place, device in enumerate(self.devices):
            if any((device.target, device.step) == (one.target, one.step) for one in self.devices[:place]):
                yield Problem(f"devices[{place}].target", f"{device.target} is there twice")
