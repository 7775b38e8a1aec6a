"""What Asterisk writes down about calls: the CEL and CDR spools. No column holds a caller's number or name.

``BRIDGEPEER``, ``channame`` and the like name channels (``PJSIP/trunk-0000002a``), which are called after endpoints.
The application's data is left out: it holds dial strings and the portal's secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from switchhook.asterisk.conf_text import file_text, section

CEL_FILE: Final = "switchhook.csv"
"""Name of the spool in ``cel-custom`` below Asterisk's log directory."""
CDR_FILE: Final = "switchhook.csv"
"""Name of the spool in ``cdr-custom`` below Asterisk's log directory."""

CEL_COLUMNS: Final[Mapping[str, str]] = {
    "eventtype": "${eventtype}",
    "eventtime": "${eventtime}",
    "uniqueid": "${CHANNEL(uniqueid)}",
    "linkedid": "${CHANNEL(linkedid)}",
    "channel": "${CHANNEL(channame)}",
    "peer": "${BRIDGEPEER}",
    "context": "${CHANNEL(context)}",
    "exten": "${CHANNEL(exten)}",
    "application": "${CHANNEL(appname)}",
    "userdeftype": "${userdeftype}",
    "eventextra": "${eventextra}",
}
"""Column and where it comes from, in the order of the file. ``eventtime`` is seconds.microseconds since 1970 UTC;
``exten`` is the called number while a call enters; ``eventextra`` is JSON: the hang-up cause, the bridge's id."""

CDR_COLUMNS: Final[Mapping[str, str]] = {
    "uniqueid": "${CDR(uniqueid)}",
    "linkedid": "${CDR(linkedid)}",
    "sequence": "${CDR(sequence)}",
    "start": "${CDR(start,u)}",
    "answer": "${CDR(answer,u)}",
    "end": "${CDR(end,u)}",
    "duration": "${CDR(duration)}",
    "billsec": "${CDR(billsec)}",
    "disposition": "${CDR(disposition)}",
    "channel": "${CDR(channel)}",
    "dstchannel": "${CDR(dstchannel)}",
    "dcontext": "${CDR(dcontext)}",
}
"""Column and where it comes from, in the order of the file. Times are seconds.microseconds since
1970 UTC (0 where there was none), durations seconds."""

_EVENTS: Final = "CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,BLINDTRANSFER,ATTENDEDTRANSFER,LINKEDID_END,USER_DEFINED"


def record_files() -> Mapping[str, str]:
    """cel.conf, cel_custom.conf, cdr.conf and cdr_custom.conf."""
    return {
        "cel.conf": file_text(section("general", [("enable", "yes"), ("apps", ""), ("events", _EVENTS)])),
        "cel_custom.conf": _mapping(CEL_FILE, CEL_COLUMNS),
        # One record, one write: a batch in memory would die with Asterisk.
        "cdr.conf": file_text(
            section("general", [("enable", "yes"), ("unanswered", "yes"), ("congestion", "yes"), ("batch", "no")])
        ),
        "cdr_custom.conf": _mapping(CDR_FILE, CDR_COLUMNS),
    }


def _mapping(file: str, columns: Mapping[str, str]) -> str:
    described = "; Columns: " + ", ".join(columns) + "\n"
    values = ",".join(f"${{CSV_QUOTE({source})}}" for source in columns.values())
    return file_text(described, f"[mappings]\n{file} => {values}\n")
