from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchhook.resources.apply import apply, everything
from switchhook.resources.files import FileRefused, read_file, write_file
from switchhook.resources.record import InUse
from switchhook.resources.table import TableRefused, read_table, write_table
from switchhook.resources.wanted import Wanted
from switchhook.schema import SettingsRefused

FILE = """\
# people of the company
contact:
  kim:
    name: Kim
    number: 0221 12345
    group: sales
    lines:
      - number: "+4917112345"
        groups: [sales, support]
group:
  sales: {name: Vertrieb}
  support: {name: Hilfe}
"""


async def kept(resources):
    return await everything(resources, ["contact", "group"])


def wanted(resources, text):
    return read_file(text, resources.keeping.kinds, "people.yaml").wanted


async def test_a_plan_says_what_applying_would_do_and_does_nothing(acme, watcher):
    steps = await apply(acme, wanted(acme, FILE), only_plan=True)
    assert [(one.action, one.kind, one.id) for one in steps] == [
        ("create", "contact", "kim"),
        ("create", "group", "sales"),
        ("create", "group", "support"),
    ]
    assert await kept(acme) == {}
    assert watcher.made == []
    assert await acme.keeping.audit.broken(acme.keeping.store) is None


async def test_what_is_applied_is_kept_whole_and_applying_it_again_does_nothing(acme, watcher):
    steps = await apply(acme, wanted(acme, FILE))
    assert len(steps) == len(watcher.made) == 3
    records = await kept(acme)
    assert records["contact", "kim"].value.number == "+4922112345"
    assert await apply(acme, wanted(acme, FILE)) == []
    assert await apply(acme, wanted(acme, write_file("acme", records.values()))) == []


async def test_changes_are_told_field_by_field_without_secrets(acme):
    await apply(acme, [Wanted("contact", "kim", {"name": "Kim", "pin": "4711"})])
    (told,) = await apply(acme, [Wanted("contact", "kim", {"name": "Kim B", "age": 3, "pin": "815815"})])
    assert [(d.field, d.before, d.after) for d in told.differences] == [
        ("name", "Kim", "Kim B"),
        ("age", 0, 3),
        ("pin", "(secret)", "(another secret)"),
    ]
    assert await apply(acme, [Wanted("contact", "kim", {"name": "Kim B", "age": 3})]) == []
    assert "815815" not in write_file("acme", (await kept(acme)).values())


async def test_records_a_file_leaves_out_stay_unless_pruned_and_come_back_from_the_trash(acme):
    await apply(acme, wanted(acme, FILE))
    assert await apply(acme, wanted(acme, "contact: {kim: {name: Kim}}")) != []
    with pytest.raises(InUse):
        await apply(acme, wanted(acme, FILE.replace("  sales: {name: Vertrieb}\n", "")), prune=["group"])
    (gone,) = await apply(acme, wanted(acme, "group: {sales: {name: Vertrieb}}"), prune=["group"])
    assert (gone.action, gone.id) == ("delete", "support")
    back = await apply(acme, wanted(acme, FILE))
    assert ("restore", "support") in [(one.action, one.id) for one in back]


async def test_one_wrong_field_keeps_all_from_being_changed_and_every_problem_has_its_place(acme):
    text = FILE.replace("group: sales", "group: gone").replace("name: Kim", "nmae: Kim")
    file = read_file(text, acme.keeping.kinds, "people.yaml")
    with pytest.raises(SettingsRefused) as refused:
        await apply(acme, file.wanted)
    said = str(file.refused(refused.value.problems))
    assert "people.yaml:4:" in said
    assert "did you mean 'name'" in said
    file = read_file(FILE.replace("group: sales", "group: gone"), acme.keeping.kinds, "people.yaml")
    with pytest.raises(SettingsRefused) as refused:
        await apply(acme, file.wanted)
    assert str(file.refused(refused.value.problems)).startswith("people.yaml:6:")
    assert await kept(acme) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contcat: {}", "did you mean 'contact'"),
        ("- 1", "holds no kinds"),
        ("contact: 3", "holds no records"),
        ("contact: {kim: 3}", "has no fields"),
        ("contact: {kim: {name: a", "is not YAML"),
        ("contact: !!python/object:os.system {}", "contact"),
    ],
)
async def test_a_file_that_is_none_is_refused_with_the_place(acme, text, said):
    with pytest.raises(FileRefused, match=said) as refused:
        read_file(text, acme.keeping.kinds, "x.yaml")
    assert str(refused.value).startswith("x.yaml:1:")


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
NUMBERS = st.sampled_from(["", "+4922112345", "+491711234567", "12"])
GROUPS = st.sampled_from(["a", "b", "c"])
LINES = st.lists(
    st.fixed_dictionaries({"number": NUMBERS.filter(bool), "groups": st.lists(GROUPS, unique=True, max_size=3)}),
    max_size=2,
)
CONTACTS = st.fixed_dictionaries(
    {
        "name": TEXT,
        "number": NUMBERS,
        "age": st.integers(0, 10**9),
        "active": st.booleans(),
        "group": st.sampled_from(["", "a", "b"]),
        "lines": LINES,
    }
)


@given(st.dictionaries(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True), CONTACTS, max_size=4))
@settings(max_examples=40)
def test_export_then_import_is_the_identity(contacts):
    """Both as a file and as a table; seen without a store: what is written is what is read."""
    from .conftest import NOW, Contact, Group, kinds_only

    resources = kinds_only()
    records = []
    for name, fields in contacts.items():
        value = resources.read("contact", fields)
        assert isinstance(value, Contact)
        records.append(resources.record("contact", name, value))
    records += [resources.record("group", name, Group(name=name.upper())) for name in "abc"]
    read = read_file(write_file("acme", records), resources.keeping.kinds)
    again = {(one.kind, one.id): resources.read(one.kind, one.values) for one in read.wanted}
    assert again == {(one.kind, one.id): one.value for one in records}
    mine = [one for one in records if one.kind == "contact"]
    rows = read_table(resources, "contact", write_table(Contact, mine))
    assert [row.problems for row in rows] == [[] for _ in rows]
    table = {row.wanted.id: resources.read("contact", row.wanted.values) for row in rows}
    assert table == {one.id: one.value for one in mine}
    assert NOW


async def test_a_table_shows_what_would_be_refused_before_anything_is_kept(acme):
    text = "\ufeffname;number;age\nKim;0221 12345;3\nLee;abc;-1\nKim;;\n;;;;\n\n"
    rows = read_table(acme, "contact", text)
    assert [(row.no, row.wanted.id, [p.path for p in row.problems]) for row in rows] == [
        (2, "kim", []),
        (3, "", ["number", "age"]),
        (4, "kim", ["id"]),
    ]
    steps = await apply(acme, [row.wanted for row in rows if not row.problems])
    assert [one.id for one in steps] == ["kim"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("nmae\nx", "did you mean 'name'"),
        ('name\n"x', "row 2"),
        ("name\n" + "x\n" * 20_001, "20000 rows"),
    ],
)
async def test_a_table_that_is_none_is_refused(acme, text, said):
    with pytest.raises(TableRefused, match=said):
        read_table(acme, "contact", text)


async def test_no_cell_is_a_formula_for_a_spreadsheet(acme):
    """SEC37."""
    await apply(acme, [Wanted("contact", "kim", {"name": "=HYPERLINK(1)", "number": "+4922112345"})])
    text = write_table(acme.declared("contact"), (await kept(acme)).values())
    assert "kim,'=HYPERLINK(1),'+4922112345,0,true" in text
