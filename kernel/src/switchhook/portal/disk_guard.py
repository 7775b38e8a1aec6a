"""Watches the disk below the data directory, and keeps a reserve for the calls that are on when it is full."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, Literal

import attrs
import structlog

from ..clock import Clock

Level = Literal["ample", "low", "scarce", "full"]
"""How much is free: from ``scarce`` on nothing is to be kept that calls can do without."""

LIMITS: Final[tuple[tuple[float, int, Level], ...]] = (
    (0.02, 1 << 29, "full"),
    (0.05, 2 << 30, "scarce"),
    (0.10, 10 << 30, "low"),
)
"""A level is reached when less than this part of the disk *and* less than these bytes are free."""
BALLAST: Final = 64 << 20
"""Bytes of the reserve: laid down while there is room, given up when there is none."""
AGAIN: Final = 3600.0
"""Seconds after which the same alert is given again."""

log = structlog.get_logger(__name__)


@attrs.define
class DiskGuard:
    """Looks at one disk whenever it is asked to, and alerts through the log."""

    _directory: Path
    _clock: Clock
    level: Level = attrs.field(default="ample", init=False)
    _alerted: float = attrs.field(default=0.0, init=False)

    @property
    def ballast(self) -> Path:
        """The reserve."""
        return self._directory / "ballast"

    def look(self) -> Level:
        """Find out the level, alert when it is not ample, and lay down or give up the reserve.

        Raises ``OSError`` when the disk cannot be looked at.
        """
        usage = shutil.disk_usage(self._directory)
        before, self.level = self.level, level_of(usage.total, usage.free)
        if self.level == "full":
            self.ballast.unlink(missing_ok=True)
        elif self.level == "low" and not self.ballast.exists():
            self._lay_down()
        self._alert(before, usage.free)
        return self.level

    def _alert(self, before: Level, free: int) -> None:
        now = self._clock.monotonic()
        if self.level == before and (self.level == "ample" or now - self._alerted < AGAIN):
            return
        self._alerted = now
        told = {"directory": str(self._directory), "free": free}
        match self.level:
            case "ample":
                log.info("the disk has room again", **told)
            case "low":
                log.warning("the disk fills: free some space, or move data_dir to a larger disk", **told)
            case "scarce":
                log.error("the disk is nearly full: what calls can do without is given up; free some space", **told)
            case "full":
                log.critical("the disk is full: the reserve was given up for calls; free some space at once", **told)

    def _lay_down(self) -> None:
        part = self.ballast.with_suffix(".part")
        try:
            with part.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST)
            part.replace(self.ballast)
        except OSError as error:
            part.unlink(missing_ok=True)
            log.warning("no reserve can be kept for a full disk", why=str(error))


def level_of(total: int, free: int) -> Level:
    """The level of a disk of ``total`` bytes with ``free`` bytes left."""
    for part, size, level in LIMITS:
        if free < total * part and free < size:
            return level
    return "ample"
