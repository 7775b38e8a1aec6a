"""What the operator may say in ``[plugin.sample]``."""

from __future__ import annotations

import attrs

from switchhook import setting


@attrs.frozen
class SampleSettings:
    """The weather when no variable says it, and whether names are rewritten."""

    otherwise: str = setting(
        "choice",
        "Wetter, wenn keine Variable es sagt",
        "The weather when no variable says it",
        default="hour",
        choices=("hour", "fine", "bad"),
    )
    names: bool = setting("boolean", "Namen schreiben, wie man sie spricht", "Write names as people do", default=True)
