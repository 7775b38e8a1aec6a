"""A value becomes a form, the form is posted untouched, and the value comes back."""

from __future__ import annotations

import re
import string
from typing import Any

import attrs
import pytest
from browser_form import form_in
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from switchhook import Label, Money, setting
from switchhook.administration import Problem, SettingsRefused, plain_settings, read_settings, settings_of
from switchhook_web.forms import Offer, Option, form_of, html_of, posted_of, read_form, rearranged
from switchhook_web.sentences import in_language

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n"), max_size=30)
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
ID = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
NUMBER = st.from_regex(r"\+492214[0-9]{5}", fullmatch=True)
PROMPT = st.from_regex(r"[a-z]{1,4}/[a-z0-9]{1,4}", fullmatch=True)
TIME = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", fullmatch=True)
KEYS = st.lists(st.from_regex(r"[0-9*#]{1,3}", fullmatch=True), max_size=4, unique=True).map(tuple)


def lists(one: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(one, max_size=4, unique=True).map(tuple)


@attrs.frozen
class Shift:
    name: str = setting("text", "Name", "Name")
    begins: str = setting("time", "Beginnt", "Begins", default="08:00")
    open: bool = setting("boolean", "Offen", "Open", default=True)
    people: tuple[str, ...] = setting("references", "Leute", "People", to="contact", default=())


@attrs.frozen
class Week:
    name: str = setting("text", "Name", "Name", default="week")
    shifts: tuple[Shift, ...] = setting("rows", "Schichten", "Shifts", row=Shift, default=())


@attrs.frozen
class Everything:
    text: str = setting("text", "Text", "Text", default="given", help=Label("Hilfe", "Help"))
    lines: str = setting("text", "Zeilen", "Lines", default="", lines=4)
    whole: int = setting("integer", "Ganz", "Whole", default=3, minimum=-(10**15), maximum=10**15)
    seconds: float = setting("seconds", "Dauer", "Duration", default=2.5)
    yes: bool = setting("boolean", "Ja", "Yes", default=True)
    few: str = setting("choice", "Wenige", "Few", default="a", choices=("a", "", "<b>"))
    many: str = setting("choice", "Viele", "Many", default="1", choices=tuple("123456789"))
    prompt: str = setting("prompt", "Ansage", "Prompt", default="")
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", default=("a/b",))
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=("1",))
    words: tuple[str, ...] = setting("words", "Wörter", "Words", default=("one",))
    target: str = setting("target", "Ziel", "Target", default="")
    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", default=("desk",))
    number: str = setting("number", "Rufnummer", "Number", default="")
    time: str = setting("time", "Uhrzeit", "Time", default="12:00")
    date: str = setting("date", "Datum", "Date", default="2026-11-27")
    money: Money = setting("money", "Preis", "Price", default=Money(0, "EUR"))
    contact: str = setting("reference", "Kontakt", "Contact", to="contact", default="")
    contacts: tuple[str, ...] = setting("references", "Kontakte", "Contacts", to="contact", default=("kim",))
    weeks: tuple[Week, ...] = setting("rows", "Wochen", "Weeks", row=Week, default=())


SHIFT = st.builds(Shift, name=TEXT.filter(bool), begins=TIME, open=st.booleans(), people=lists(ID))
WEEK = st.builds(Week, name=TEXT, shifts=st.lists(SHIFT, max_size=2).map(tuple))
EVERYTHING = st.builds(
    Everything,
    text=TEXT,
    lines=TEXT,
    whole=st.integers(-(10**15), 10**15),
    seconds=st.floats(-1e9, 1e9) | st.integers(0, 600),
    yes=st.booleans(),
    few=st.sampled_from(("a", "", "<b>")),
    many=st.sampled_from("123456789"),
    prompt=PROMPT | st.just(""),
    prompts=lists(PROMPT),
    keys=KEYS,
    words=lists(WORD),
    target=NUMBER | ID,
    targets=lists(NUMBER | ID),
    number=NUMBER
    | st.just("")
    | st.from_regex("[1-9][0-9]{2}", fullmatch=True).filter(lambda n: n not in ("110", "112")),
    time=TIME,
    date=st.dates().map(lambda day: day.isoformat()),
    money=st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(("EUR", "CHF"))),
    contact=ID | st.just(""),
    contacts=lists(ID),
    weeks=st.lists(WEEK, max_size=2).map(tuple),
)
OFFERS = {"contact": Offer([Option("kim", "Kim"), Option("a", "A & B")])}


def posted(declared: type[Any], values: dict[str, object], **around: Any):
    return posted_of(form_in(html_of(form_of(declared, values, **around))).pairs)


@settings(max_examples=40, phases=[Phase.reuse, Phase.generate])  # making an example small takes minutes
@given(EVERYTHING, st.sampled_from(("de", "en")))
def test_a_value_comes_back_from_its_form(value, language):
    back = posted(Everything, plain_settings(value, whole=True), offers=OFFERS, language=language)
    assert read_settings(Everything, read_form(Everything, back)) == value


def test_every_kind_of_setting_has_a_value_here():
    from switchhook.schema.reading import _READERS

    assert {meta.kind for meta, _ in settings_of(Everything).values()} == set(_READERS)


def test_what_does_not_fit_is_shown_as_it_was_typed_at_the_field_that_holds_it():
    typed = {"time": ["25:99"], "money": ["1,x"], "keys": ["1", "", "x", "y"], "weeks[0].shifts[0].begins": ["soon"]}
    values = read_form(Everything, typed)
    with pytest.raises(SettingsRefused) as refused:
        read_settings(Everything, values, "everything")
    form = form_of(Everything, values, problems=refused.value.problems, root="everything")
    by_path = {field.path: field for field in form.fields}
    shift = by_path["weeks"].rows[0].fields[1].rows[0]
    begins = {field.path: field for field in shift.fields}["weeks[0].shifts[0].begins"]
    name = {field.path: field for field in shift.fields}["weeks[0].shifts[0].name"]
    assert (begins.text, len(begins.errors), len(name.errors)) == ("soon", 1, 1)
    assert (by_path["time"].text, by_path["money"].text, sorted(by_path["keys"].item_errors)) == (
        "25:99",
        "1,x",
        [1, 2],
    )
    assert form.errors == []
    page = form_in(html_of(form))
    assert set(page.described) <= set(page.ids)
    assert f"{begins.id}-error" in page.described


def test_a_problem_of_no_field_is_one_of_the_form_and_of_a_gone_row_one_of_its_group():
    problems = [
        Problem("everything", "is odd"),
        Problem("everything.other", "what?"),
        Problem("everything.weeks[7].x", "no"),
    ]
    form = form_of(Everything, {}, problems=problems, root="everything")
    assert list(form.errors) == ["is odd", "other: what?"]
    assert [field.errors for field in form.fields if field.path == "weeks"] == [["8: no"]]


@attrs.frozen
class Locked:
    pin: str = setting("text", "PIN", "PIN", secret=True, default="", pattern=r"\d{4}")


def test_a_secret_is_never_in_the_page_and_stays_unless_it_is_replaced_or_removed():
    html = html_of(form_of(Locked, {"pin": "4711"}, kept={"pin"}))
    assert "4711" not in html
    untouched = posted_of(form_in(html).pairs)
    assert read_form(Locked, untouched) == {}
    assert read_form(Locked, {**untouched, "pin": ["1234"]}) == {"pin": "1234"}
    assert read_form(Locked, {**untouched, "pin:secret": ["clear"]}) == {"pin": ""}


@pytest.mark.parametrize(
    ("button", "names"),
    [
        ({":add": ["weeks"]}, [["x", "y"], []]),
        ({":add": ["weeks[0].shifts"]}, [["x", "y", None]]),
        ({":remove": ["weeks[0].shifts[0]"]}, [["y"]]),
        ({":up": ["weeks[0].shifts[1]"]}, [["y", "x"]]),
        ({":remove": ["weeks[9]"]}, [["x", "y"]]),
        ({":remove": ["nonsense"]}, [["x", "y"]]),
    ],
)
def test_rows_are_added_removed_and_moved_without_script(button, names):
    week = Week(shifts=(Shift(name="x"), Shift(name="y")))
    back = posted(Everything, plain_settings(Everything(weeks=(week,)), whole=True))
    changed: Any = rearranged(Everything, {**back, **button})
    assert [[shift.get("name") for shift in one.get("shifts", [])] for one in changed["weeks"]] == names
    assert rearranged(Everything, back) is None


def test_entries_of_few_fields_are_lines_and_each_names_its_fields_to_a_screen_reader():
    @attrs.frozen
    class Wide:
        a: str = setting("text", "A", "A", default="")
        b: str = setting("text", "B", "B", default="")
        c: str = setting("text", "C", "C", default="")
        d: str = setting("text", "D", "D", default="")
        e: str = setting("text", "E", "E", default="")
        f: str = setting("text", "F", "F", default="")

    @attrs.frozen
    class Lists:
        weeks: tuple[Week, ...] = setting("rows", "Wochen", "Weeks", row=Week, default=())
        wides: tuple[Wide, ...] = setting("rows", "Weite", "Wide ones", row=Wide, default=())

    html = html_of(form_of(Lists, {"weeks": [{"name": "x"}, {"name": "y"}], "wides": [{}]}))
    lists = re.findall(r'name="(weeks|wides)" value="">\s*<div class="form-rows( form-rows-line)?"', html)
    assert lists == [("weeks", " form-rows-line"), ("wides", "")]
    assert re.findall(r'<label class="form-label" for="([^"]+-name)"', html) == ["f-weeks-0-name", "f-weeks-1-name"]


def test_numbers_may_be_typed_as_people_write_them():
    typed = {"number": ["0221 / 4710-0"], "targets": ["0221 47100", "desk"], "time": ["8:30"], "money": ["12,5"]}
    values = read_form(Everything, typed)
    assert values == {"number": "+4922147100", "targets": ["+4922147100", "desk"], "time": "08:30", "money": "12,5 EUR"}


def test_labels_are_in_the_language_of_the_reader_and_markup_is_text():
    form = form_of(Everything, {"text": '"><script>alert(1)</script>'}, language="de")
    html = html_of(form)
    assert "<script" not in html
    assert ">Rufnummer<" in html
    assert "Hinzufügen" in html


WRONG: dict[str, Any] = {
    "integer": "x", "seconds": "x", "boolean": "x", "choice": "x", "prompt": "X!", "prompts": ["X!"], "keys": ["x"],
    "words": "x", "target": "X!", "targets": ["X!"], "number": "x", "time": "x", "date": "x", "money": "x",
    "reference": "X!", "references": ["X!"], "rows": "x", "text": 1,
}  # fmt: skip


def test_what_is_wrong_is_said_in_german_too():
    values = {name: WRONG[meta.kind] for name, (meta, _) in settings_of(Everything).items()}
    values |= {"whole": 10**16, "weeks": [{"shifts": [{}]}], "nonsense": 1}
    with pytest.raises(SettingsRefused) as refused:
        read_settings(Everything, values, "everything")
    more = [
        Problem("x", "needs at least 2"),
        Problem("x", "'1' is there twice"),
        Problem("x", "there is no contact 'kim'"),
    ]
    english = [one.message for one in (*refused.value.problems, *more)]
    assert len(english) > 20
    assert [one for one in english if in_language(one, "de") == one] == []
    assert in_language("must be fun", "de") == "must be fun"
    form = form_of(Everything, values, problems=refused.value.problems, root="everything", language="de")
    assert any("verlangt ist eine Uhrzeit" in error for _id, _label, error in form.problems())
