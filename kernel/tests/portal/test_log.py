"""What the portal logs for programs: one line of JSON an event, whatever is in it (SEC37)."""

from __future__ import annotations

import json
import subprocess
import sys

HOSTILE = 'x\n{"event": "made up"}\r\n\x1b[31m\u2028"quoted" \\ Ärger'
CODE = """
import structlog, sys
from switchhook.portal.log import configure_log
configure_log()
log = structlog.get_logger()
log.warning("a caller", name=sys.argv[1])
try:
    raise ValueError(sys.argv[1])
except ValueError:
    log.exception("it failed")
"""


def test_one_line_of_json_an_event_whatever_a_caller_calls_himself() -> None:
    done = subprocess.run([sys.executable, "-c", CODE, HOSTILE], capture_output=True, text=True, check=True, timeout=60)
    lines = [json.loads(line) for line in done.stderr.split("\n")[:-1]]
    assert [(line["event"], line["level"]) for line in lines] == [("a caller", "warning"), ("it failed", "error")]
    assert lines[0]["name"] == HOSTILE
    assert HOSTILE.splitlines()[0] in lines[1]["exception"]
    assert "\x1b" not in done.stderr
