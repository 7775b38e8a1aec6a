"""What is declared, as JSON Schema says it: the same values pass."""

import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from switchhook.money import Money
from switchhook.schema import Label, SettingsRefused, plain_settings, read_settings, setting, settings_of
from switchhook.schema.json_schema import json_schema


@attrs.frozen
class Line:
    number: str = setting("number", "Rufnummer", "Number")
    groups: tuple[str, ...] = setting("references", "Gruppen", "Groups", to="group", default=())
    weight: int = setting("integer", "Gewicht", "Weight", default=1, minimum=0)


@attrs.frozen
class Everything:
    text: str = setting("text", "Text", "Text", default="", pattern=r"[a-z]{2,}")
    integer: int = setting("integer", "Anzahl", "Count", default=0, minimum=1, maximum=9)
    seconds: float = setting("seconds", "Pause", "Pause", default=0.5, minimum=0)
    boolean: bool = setting("boolean", "Vorab", "Early", default=False)
    choice: str = setting("choice", "Anzeige", "Policy", default=None, choices=("keep", "suppress"))
    prompt: str = setting("prompt", "Ansage", "Prompt", default="")
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", default=())
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=(), minimum=1)
    words: tuple[str, ...] = setting("words", "Wörter", "Words", default=("a",), minimum=0.5)
    target: str = setting("target", "Ziel", "Target", default="anna")
    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", default=())
    number: str = setting("number", "Rufnummer", "Number", default="")
    time: str = setting("time", "Uhrzeit", "Time", default="")
    date: str = setting("date", "Datum", "Date", default="")
    money: Money = setting("money", "Betrag", "Amount", default=Money(0, "EUR"))
    reference: str = setting("reference", "Gruppe", "Group", default="", to="group")
    references: tuple[str, ...] = setting("references", "Gruppen", "Groups", to="group", default=())
    rows: tuple[Line, ...] = setting("rows", "Leitungen", "Lines", row=Line, default=())
    pin: str = setting("text", "PIN", "PIN", pattern=r"\d{4}", secret=True, help=Label("Vier Ziffern.", "Four digits."))


SCHEMA = Draft202012Validator(json_schema(Everything))
TEXTS = st.sampled_from(
    [
        *("", "a", "ab", "ab\n", "a/b", "A", "1", "*9", "08:30", "24:00", "24:01", "2026-12-24", "12.5 EUR"),
        *("12,50 EUR ", "1.5", "+4922112345", "+0", "4711", "anna", "keep", "x" * 81, "9" * 17, "group-1", "Straße"),
    ]
)
PLAIN = st.one_of(
    TEXTS,
    st.integers(-2, 11),
    st.sampled_from([0.5, -0.5, 8.5, 2**53, -(2**60), 1e300]),  # no whole float: JSON does not tell 1.0 from 1
    st.booleans(),
    st.none(),
)
VALUES = st.one_of(
    PLAIN,
    st.lists(PLAIN, max_size=3),
    st.lists(TEXTS, max_size=3),
    st.lists(st.dictionaries(st.sampled_from(["number", "groups", "weight", "colour"]), PLAIN, max_size=3), max_size=2),
)


def accepted(values) -> bool:
    try:
        read_settings(Everything, values)
    except SettingsRefused:
        return False
    return True


@settings(max_examples=1500)
@given(st.sampled_from([*settings_of(Everything), "colour"]), VALUES)
def test_what_is_read_is_valid_and_what_is_refused_is_not(name, value):
    values = {"pin": "4711", name: value}
    if name == "date" and isinstance(value, str):
        return  # the form of a date is only a hint in JSON Schema
    assert accepted(values) == SCHEMA.is_valid(values)


@given(st.lists(st.tuples(st.sampled_from([*settings_of(Everything)]), VALUES), max_size=12))
def test_whatever_is_read_is_valid(pairs):
    values = {"pin": "4711"}
    values |= {name: value for name, value in pairs if accepted({"pin": "4711", name: value})}
    assert accepted(values)
    SCHEMA.validate(values)


def test_the_schema_is_one_and_says_what_a_person_needs():
    Draft202012Validator.check_schema(SCHEMA.schema)
    pin = SCHEMA.schema["properties"]["pin"]
    assert (pin["title"], pin["writeOnly"], pin["description"]) == (
        "PIN",
        True,
        r"Four digits. A text of the shape \d{4}.",
    )
    assert SCHEMA.schema["required"] == ["pin"]
    german = json_schema(Everything, "de")["properties"]
    assert (german["pin"]["description"], german["reference"]["title"]) == ("Vier Ziffern.", "Gruppe")
    assert german["reference"]["x-switchhook-to"] == german["rows"]["items"]["properties"]["groups"]["x-switchhook-to"]
    assert german["integer"]["default"] == 0
    json.dumps(german)


def test_an_answer_holds_every_field_but_secrets():
    answer = Draft202012Validator(json_schema(Everything, answer=True))
    shown = plain_settings(read_settings(Everything, {"pin": "4711", "rows": [{"number": "4711"}]}), whole=True)
    pin = shown.pop("pin")
    answer.validate(shown)
    assert not answer.is_valid({**shown, "pin": pin})
    del shown["words"]
    assert not answer.is_valid(shown)


def test_a_merge_may_leave_out_what_is_needed():
    part = Draft202012Validator(json_schema(Everything, partial=True))
    part.validate({"text": "ab"})
    assert not part.is_valid({"text": "A"})


def test_people_may_write_numbers_as_they_are_used_to():
    freely = Draft202012Validator(json_schema(Line, freely=True))
    freely.validate({"number": "0221 123-45"})
    assert not Draft202012Validator(json_schema(Line)).is_valid({"number": "0221 123-45"})


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_no_text_holds_what_a_database_cannot_keep(text):
    with pytest.raises(SettingsRefused, match="no database keeps"):
        read_settings(Everything, {"words": [text], "pin": "4711"})
