"""Runs in the environment made of wheels: a simulated call through a flow of three distributions' modules."""

import asyncio
import json

import switchhook
from switchhook import Caller
from switchhook.testing import call

FLOW = """
flow: hotline
start: menu
points:
  menu:
    module: menu
    settings: {prompts: [house/menu], keys: ["1", "2"]}
    exits: {"key:1": weather, "key:2": anna, timeout: hang-up, invalid: hang-up}
  weather:
    module: weather
    settings: {fine: house/fine, bad: house/bad}
    exits: {fine: anna, bad: hang-up}
  anna:
    module: forward
    settings: {targets: [anna]}
    exits: {answered_end: hang-up, busy: hang-up, no_answer: hang-up, unreachable: hang-up, rejected: hang-up}
"""

done = asyncio.run(call(FLOW, "1", parties="answered:7", caller=Caller("+4930123456", "MÜLLER, ANNA")))
told = {
    "from": switchhook.__file__,
    "ways": done.ways,
    "heard": done.heard,
    "name": done.call.caller.name,
    "outcome": done.outcome,
    "faults": [fault.message for fault in done.faults],
}
print(json.dumps(told))
