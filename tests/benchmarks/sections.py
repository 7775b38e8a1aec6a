"""The page docs/benchmarks.md: a head, and sections that are measured and written each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

TITLES = {
    "calls": "The call",
    "waiting": "Callers who wait",
    "kernel": "Inside the kernel",
    "pages": "Pages of the portal",
    "mailbox": "A message in a mailbox",
    "conference": "A hundred in a conference",
}
HEAD = (
    "# Speed\n\nWritten by `./dev bench`, which measures all of it, about 20 minutes; `./dev bench --mailbox` measures and"
    " writes one section anew, and so do `--calls`, `--waiting`, `--kernel`, `--pages` and `--conference`.\n\n"
    "Machines are shared: **only ratios mean something**, milliseconds do not compare with another machine's or another"
    " day's. A speed probe, a fixed piece of pure Python, runs beside calls; their milliseconds of CPU are brought to its"
    " median.\n"
)


@attrs.frozen
class Stamp:
    """When a section was measured, on what, and how much else ran there just before it began."""

    when: datetime
    machine: str
    load: float
    cores: int

    def __str__(self) -> str:
        """One paragraph."""
        busy = self.load > self.cores / 2
        beside = f" Other work ran beside it: a load of {self.load:.1f} before it began." if busy else ""
        return f"Measured on {self.when:%Y-%m-%d}: {self.machine}.{beside}\n"


def section(name: str, stamp: Stamp, body: str) -> str:
    """One section with its heading."""
    return f"## {TITLES[name]}\n\n{stamp}\n{body.rstrip()}\n"


def renewed(page: str, written: Mapping[str, str]) -> str:
    """The page with these sections instead of its own, by name; all others stay as they are, in the order of the titles."""
    _, *old = page.split("\n## ")
    there = {text.split("\n", 1)[0]: f"## {text.rstrip()}\n" for text in old}
    there |= {TITLES[name]: text for name, text in written.items()}
    return "\n".join([HEAD, *(there[title] for title in TITLES.values() if title in there)])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "".join(f"| {' | '.join(line)} |\n" for line in [head, ["---"] * len(head), *rows])


def aims(rows: Sequence[tuple[str, str, str, bool]]) -> str:
    """What was to be reached: what, wanted, measured, and whether it was."""
    return table(("", "wanted", "measured", ""), [(*row[:3], "reached" if row[3] else "**missed**") for row in rows])
