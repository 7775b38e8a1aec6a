"""What a process does with its plugins' faults."""

from __future__ import annotations

import attrs
import structlog

from ..dispatch.faults import Fault
from ..store.journal import Journal

log = structlog.get_logger(__name__)


@attrs.define
class FaultReports:
    """Logs each fault at once and keeps it in the journal, from the moment there is one."""

    _early: list[Fault] = attrs.field(factory=list)
    _journal: Journal | None = None

    def __call__(self, fault: Fault) -> None:
        """Take a fault; never waits."""
        log.error("a plugin failed", plugin=fault.plugin, hook=fault.hook, kind=fault.kind, why=fault.message)
        if self._journal is None:
            self._early.append(fault)
        else:
            self._journal.report(fault)

    def keep_in(self, journal: Journal, *, early: bool) -> None:
        """Keep what comes in a journal, and what came before if ``early``: all processes load the same plugins."""
        self._journal = journal
        for fault in self._early if early else ():
            journal.report(fault)
