"""The flows of the office, one number each."""

from __future__ import annotations

PROMPTS = [
    "hello", "choose", "info", "more", "number", "bye", "wrong", "silent", "one", "two", "ext", "confirm", "sorry",
    "garbled", "removed", "hushed", "long",
]  # fmt: skip


def _tail() -> str:
    ends = ("one", "two", "ext", "wrong", "silent", "sorry", "bye")
    return "".join(
        f"  end-{name}:\n    module: announcement\n    settings: {{prompts: [{name}]}}\n    exits: {{next: hang-up}}\n"
        for name in ends
    )


def flow(name: str, points: str) -> str:
    """A flow whose first point is ``start`` and which may end in any ``end-PROMPT``."""
    return f"flow: {name}\nlabel: {name}\nlanguage: en\nstart: start\npoints:\n{points}{_tail()}"


def point(module: str, settings: str, exits: str, name: str = "start") -> str:
    return f"  {name}:\n    module: {module}\n    label: {name.title()}\n    settings: {{{settings}}}\n    exits: {{{exits}}}\n"


FORWARD = "answered_end: end-bye, busy: end-one, no_answer: end-two, unreachable: end-sorry, rejected: end-wrong{more}"


def forward(name: str, targets: str, settings: str = "ring: 4", more: str = "") -> str:
    return flow(name, point("forward", f"targets: [{targets}], {settings}", FORWARD.format(more=more)))


MENU_EXITS = '"key:1": end-one, "key:22": end-two, extension: end-ext, timeout: end-silent, invalid: end-wrong'
MENU = flow(
    "menu",
    point(
        "menu",
        'prompts: [choose], keys: ["1", "22"], direct_digits: 3, wait: 2, between: 1, tries: 2, '
        "invalid_prompt: sorry, timeout_prompt: more",
        MENU_EXITS,
    ),
)
PATIENT = flow(
    "patient",
    point(
        "menu",
        'prompts: [choose, more], keys: ["1"], wait: 2, tries: 1, barge_in: false',
        '"key:1": end-one, timeout: end-silent, invalid: end-wrong',
    ),
)
ENTRY = flow(
    "entry",
    point(
        "entry",
        "prompts: [number], variable: customer, minimum: 3, maximum: 5, check: luhn, wait: 2, between: 1, tries: 2, "
        "invalid_prompt: wrong, timeout_prompt: silent",
        "ok: end-one, invalid: end-sorry, timeout: end-two",
    ),
)
PIN = flow(
    "pin",
    point(
        "entry",
        'prompts: [number], variable: pin, minimum: 12, maximum: 12, terminator: "", secret: true, wait: 3, tries: 1',
        "ok: end-one, invalid: end-wrong, timeout: end-silent",
    ),
)
STARS = flow(
    "stars",
    point(
        "entry",
        'prompts: [number], variable: code, minimum: 1, maximum: 9, terminator: "*", wait: 3, tries: 1',
        "ok: end-one, invalid: end-wrong, timeout: end-silent",
    ),
)
ANNOUNCE = flow(
    "announce",
    point("announcement", "prompts: [hello], early: true", "next: twice")
    + point("announcement", "prompts: [info], times: 2, pause: 1", "next: cut", "twice")
    + point(
        "announcement",
        "prompts: [more, more, more, more], interruptible: true",
        "next: end-silent, key: end-one",
        "cut",
    ),
)
LONG = flow(
    "long",
    point("announcement", "prompts: [hello]", "next: menu")
    + point("menu", 'prompts: [choose], keys: ["1"], wait: 20, tries: 1',
            '"key:1": digits, timeout: end-silent, invalid: end-wrong', "menu")
    + point("entry", "prompts: [number], variable: x, wait: 20, tries: 1",
            "ok: end-one, invalid: end-wrong, timeout: end-silent", "digits"),
)  # fmt: skip

PINS = flow(
    "pins",
    point(
        "pin-entry",
        "pin_set: staff, labels: [anna], prompts: [number], wrong_prompt: wrong, wait: 3, between: 1, tries: 2",
        '"ok:anna": end-one, ok: end-two, denied: end-sorry, locked: end-sorry',
    ),
)
DIVERTED = flow(
    "diverted",
    point(
        "called-number",
        'rows: [{name: old, numbers: ["030 99887"], which: diverted_from}]',
        '"match:old": end-one, other: end-two',
    ),
)

BASE = "+49221555"
NUMBERS = {
    name: f"{BASE}{place:02}"
    for place, name in enumerate(
        [
            "menu", "patient", "entry", "pin", "stars", "announce", "long", "anna", "both", "serial", "limited",
            "confirmed", "busy", "rejects", "unknown", "gone", "rings", "silent", "talks", "nobody", "anonymous", "given",
            "confirm-nowhere", "confirm-garbled", "confirm-removed", "confirm-hushed",
            "confirm-long", "diverted", "pins", "dear", "paid", "recorded", "recorded-agent", "recorded-long",
        ]
    )
}  # fmt: skip


def recorded(name: str, settings: str = "announcement: choose, notice: confirm") -> str:
    """Asks whether to record, then rings anna."""
    ask = point("recording", f"retention: sales, {settings}", "on: dial, refused: dial, failed: dial")
    return flow(name, ask + point("forward", "targets: [anna], ring: 8", FORWARD.format(more=""), name="dial"))


_FLOWS = {
    "menu": MENU,
    "patient": PATIENT,
    "entry": ENTRY,
    "pin": PIN,
    "stars": STARS,
    "announce": ANNOUNCE,
    "long": LONG,
    "diverted": DIVERTED,
    "pins": PINS,
    "anna": forward("anna", "anna", "ring: 8"),
    "both": forward("both", "anna, berta", "ring: 8"),
    "serial": forward("serial", "anna, berta", "ring: 3, strategy: serial"),
    "limited": forward("limited", "anna", "ring: 8, limit: 3", ", limit: end-ext"),
    "confirmed": forward("confirmed", "anna", "ring: 8, confirm: confirm"),
    **{
        f"confirm-{prompt}": forward(f"confirm-{prompt}", "anna", f"ring: 8, confirm: {prompt}")
        for prompt in ("nowhere", "garbled", "removed", "hushed", "long")
    },
    "busy": forward("busy", '"+4922190001"'),
    "rejects": forward("rejects", '"+4922190002"'),
    "dear": forward("dear", '"+499001123456"'),
    "unknown": forward("unknown", '"+4922190003"'),
    "gone": forward("gone", '"+4922190004"'),
    "rings": forward("rings", '"+4922190005"'),
    "silent": forward("silent", '"+4922190006"'),
    "talks": forward("talks", '"+4922190007"', "ring: 8"),
    "paid": forward("paid", '"+4922190008"', "ring: 8, limit: 4", ", limit: end-ext"),
    "recorded": recorded("recorded"),
    "recorded-agent": recorded("recorded-agent", "consent: agent_only, notice: confirm"),
    "recorded-long": recorded("recorded-long", "announcement: choose, notice: long"),
    "nobody": forward("nobody", "carl"),
    "anonymous": forward("anonymous", '"+4922190007"', "ring: 8, caller_id: anonymous"),
    "given": forward("given", '"+4922190007"', 'ring: 8, caller_id: "+4922155500"'),
}
FLOWS = {NUMBERS[name]: text for name, text in _FLOWS.items()}
