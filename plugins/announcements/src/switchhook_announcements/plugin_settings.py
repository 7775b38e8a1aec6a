"""What the operator decides about announcements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from switchhook import Label, Money, setting

if TYPE_CHECKING:
    from .speech import Speaking


@attrs.define(eq=False)
class Announcements:
    """The settings of the plugin, as modules ask for them."""

    free: int = setting(
        "integer",
        "Kostenlose Generierungen je Mandant",
        "Announcements generated free of charge, for each tenant",
        default=10,
        minimum=0,
        maximum=1_000_000,
    )
    price: Money = setting("money", "Preis jeder weiteren", "Price of each further one", default=Money(490_000, "EUR"))
    piper_voices: tuple[str, ...] = setting(
        "words",
        "Stimmen für Piper",
        "Voices for Piper",
        default=(),
        help=Label("etwa de=/srv/de_DE-thorsten-medium.onnx", "such as en=/srv/en_US-joe-medium.onnx"),
    )

    def speaking(self) -> Speaking:
        """The voices that can be used here. Looks at the disk: call it in a thread."""
        from .speech import Speaking

        pairs = (one.partition("=") for one in self.piper_voices)
        return Speaking.installed({language: Path(file) for language, _, file in pairs if file})
