"""How the portal logs: one line an event, as JSON unless a person is watching."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_log(level: int = logging.INFO) -> None:
    """Log to standard error: coloured for a terminal, JSON lines for anything else."""
    person = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if person else [structlog.processors.format_exc_info]),
            # The plain traceback: the default one draws every frame's variables, for seconds, while callers wait.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if person
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
