import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.money import Money
from switchhook.schema import Label, SettingsRefused, plain_settings, read_settings, setting, settings_of


@attrs.frozen
class Everything:
    text: str = setting("text", "Text", "Text", default="x", pattern="[a-z]+")
    count: int = setting("integer", "Anzahl", "Count", default=1, minimum=1, maximum=9)
    at_least: int = setting("integer", "Mindestens", "At least", default=1, minimum=1)
    at_most: int = setting("integer", "Höchstens", "At most", default=1, maximum=9)
    pause: float = setting("seconds", "Pause", "Pause", default=0.5, minimum=0, maximum=60)
    early: bool = setting("boolean", "Vorab", "Early", default=False)
    policy: str = setting("choice", "Anzeige", "Policy", default="keep", choices=("keep", "suppress"))
    prompt: str = setting("prompt", "Ansage", "Prompt", default="a/b")
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", default=(), minimum=0)
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=("1",), minimum=1)
    words: tuple[str, ...] = setting("words", "Wörter", "Words", default=())
    target: str = setting("target", "Ziel", "Target", default="anna")
    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", default=())
    own: int = 7  # not declared, so not a setting


@attrs.frozen
class Needy:
    name: str = setting("text", "Name", "Name", help=Label("Wie?", "How?"), secret=True)


def refused(values: object, declared: type = Everything) -> list[tuple[str, str]]:
    with pytest.raises(SettingsRefused) as error:
        read_settings(declared, values)
    return [(problem.path, problem.message) for problem in error.value.problems]


def test_defaults_and_values():
    assert read_settings(Everything, {}) == Everything()
    read = read_settings(Everything, {"keys": ["1", "*9"], "pause": 2, "target": "+4922112345", "early": True})
    assert read == Everything(keys=("1", "*9"), pause=2, target="+4922112345", early=True)
    assert plain_settings(read) == {"keys": ["1", "*9"], "pause": 2, "target": "+4922112345", "early": True}
    assert plain_settings(Everything()) == {}


@attrs.frozen
class Optional:
    """Defaults that stand for none, and would be refused from anybody else."""

    prompt: str = setting("prompt", "Ansage", "Prompt", default="")
    target: str = setting("target", "Ziel", "Target", default="")
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=(), minimum=1)
    count: int = setting("integer", "Anzahl", "Count", default=0, minimum=1)
    shape: str = setting("text", "Form", "Shape", default="", pattern="[a-z]+")
    policy: str | None = setting("choice", "Wahl", "Choice", default=None, choices=("keep",))


@pytest.mark.parametrize(
    ("name", "value"), [("prompt", ""), ("target", ""), ("keys", []), ("count", 0), ("shape", ""), ("policy", None)]
)
def test_a_default_may_be_written_out(name, value):
    read = read_settings(Optional, {name: value})
    assert read == Optional()
    assert type(getattr(read, name)) is type(getattr(Optional(), name))


@pytest.mark.parametrize(
    ("name", "value"),
    [("prompt", " "), ("prompt", None), ("keys", [""]), ("keys", ""), ("count", False), ("policy", "")],
)
def test_what_only_resembles_the_default_is_refused(name, value):
    assert [path.partition("[")[0] for path, _ in refused({name: value}, Optional)] == [f"settings.{name}"]


def test_what_is_declared_can_be_asked():
    meta, field = settings_of(Needy)["name"]
    assert (meta.label, meta.help, meta.secret) == (Label("Name", "Name"), Label("Wie?", "How?"), True)
    assert field.default is attrs.NOTHING
    assert "own" not in settings_of(Everything)


def test_every_problem_is_named_at_once():
    assert refused({"kesy": ["1"], "count": "2", "policy": "kepe", "own": 1}) == [
        ("settings.kesy", "unknown setting (did you mean 'keys'?)"),
        ("settings.own", "unknown setting"),
        ("settings.count", "must be a whole number, not '2'"),
        ("settings.policy", "must be one of 'keep', 'suppress', not 'kepe' (did you mean 'keep'?)"),
    ]
    assert refused({}, Needy) == [("settings.name", "is missing; it holds a text")]


@pytest.mark.parametrize(
    ("name", "value", "path", "message"),
    [
        ("text", 3, "text", "must be a text"),
        ("text", "A", "text", "does not have the shape"),
        ("count", 0, "count", "must lie between 1 and 9, not 0"),
        ("count", 10, "count", "must lie between 1 and 9, not 10"),
        ("count", True, "count", "must be a whole number"),
        ("count", 1.5, "count", "must be a whole number"),
        ("at_least", 0, "at_least", "must be at least 1, not 0"),
        ("at_most", 10, "at_most", "must be at most 9, not 10"),
        ("pause", 61, "pause", "must lie between 0 and 60"),
        ("pause", float("nan"), "pause", "must be a number of seconds"),
        ("pause", "1", "pause", "must be a number of seconds"),
        ("early", 1, "early", "must be true or false"),
        ("early", "true", "early", "must be true or false"),
        ("policy", ["keep"], "policy", "must be one of"),
        ("prompt", "../etc/passwd", "prompt", "must be the id of a prompt"),
        ("prompt", "http://x", "prompt", "must be the id of a prompt"),
        ("prompt", "a/b\n", "prompt", "must be the id of a prompt"),
        ("prompt", "a" * 81, "prompt", "must be the id of a prompt"),
        ("prompts", "a/b", "prompts", "must be a list of prompt ids"),
        ("prompts", ["a", "/b"], "prompts[1]", "must be a list of prompt ids"),
        ("prompts", {"a": 1}, "prompts", "must be a list of prompt ids"),
        ("keys", [], "keys", "needs at least 1"),
        ("keys", ["1", "1"], "keys[1]", "'1' is there twice"),
        ("keys", ["1a"], "keys[0]", "must be a list of key sequences"),
        ("keys", [1], "keys[0]", "must be a list of key sequences"),
        ("words", [["a"]], "words[0]", "must be a list of texts"),
        ("target", "+49 221", "target", "must be a phone name or a number"),
        ("target", "022112345\n", "target", "must be a phone name or a number"),
        ("target", "+4922\u0661\u0662\u0663", "target", "must be a phone name or a number"),
        ("target", "Anna&Otto", "target", "must be a phone name or a number"),
        ("targets", ["anna", "${X}"], "targets[1]", "must be a list of phone names"),
        ("targets", None, "targets", "must be a list of phone names"),
    ],
)
def test_refuses(name, value, path, message):
    ((found, said),) = refused({name: value})
    assert found == f"settings.{path}"
    assert message in said


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from(sorted(settings_of(Everything))) | st.text(max_size=4), json_values, max_size=4))
def test_any_value_is_read_or_refused_and_reads_back(values):
    try:
        read = read_settings(Everything, values)
    except SettingsRefused:
        return
    assert read_settings(Everything, plain_settings(read)) == read


@attrs.frozen
class Tariff:
    price: Money = setting("money", "Preis", "Price")


@attrs.frozen
class Kept:
    number: str = setting("number", "Rufnummer", "Number", default="")
    opens: str = setting("time", "Von", "From", default="00:00")
    day: str = setting("date", "Tag", "Day", default="2026-01-01")
    price: Money = setting("money", "Preis", "Price", default=Money(0, "EUR"))
    group: str = setting("reference", "Gruppe", "Group", to="group", default="")
    groups: tuple[str, ...] = setting("references", "Gruppen", "Groups", to="group", default=())
    tariffs: tuple[Tariff, ...] = setting("rows", "Tarife", "Tariffs", row=Tariff, default=())


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("number", ["+4922112345", "12"], ["0221 12345", "+0", "1", 12]),
        ("opens", ["00:00", "23:59", "24:00"], ["24:01", "8:00", "08:60", 8]),
        ("day", ["2028-02-29"], ["2026-02-29", "29.02.2028", "", 3]),
        ("price", ["12 EUR", "0,0125 EUR", "-1.5 CHF"], ["12", "12 euro", "1.1234567 EUR", "EUR 1", 12]),
        ("group", ["sales", "a_b-1"], ["Sales", "a b", "x" * 41]),
        ("groups", [["a", "b"]], ["a", [3], ["A"]]),
        ("tariffs", [[{"price": "1 EUR"}], []], [{}, [3], [{}], [{"price": "1"}], [{"price": "1 EUR", "x": 1}]]),
    ],
)
def test_fields_of_resources(name, good, bad):
    for value in good:
        kept = read_settings(Kept, {name: value})
        assert read_settings(Kept, plain_settings(kept, whole=True)) == kept
    for value in bad:
        with pytest.raises(SettingsRefused) as refused:
            read_settings(Kept, {name: value})
        assert all(problem.path.startswith(f"settings.{name}") for problem in refused.value.problems)


@given(st.integers(-(10**17), 10**17))
def test_money_is_exact(micro):
    assert Money.read(str(Money(micro, "EUR"))) == Money(micro, "EUR")


def test_money_is_written_as_people_do():
    assert [str(Money(micro, "EUR")) for micro in (12_500_000, 12_500, -1, 0)] == [
        "12.50 EUR",
        "0.0125 EUR",
        "-0.000001 EUR",
        "0.00 EUR",
    ]
