"""Whether a module keeps its contract, tried with many settings, callers and parties."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from .calls.prompts import SAID
from .calls.recording import MEDIA
from .flows.flow import Point
from .flows.module import Finding, Module, Reference
from .flows.references import references_of
from .flows.registry import ModuleRegistry
from .prompts.catalogue import stock_texts
from .resources.resource import Resource
from .schema import Label, Setting, plain_settings, read_settings, settings_of
from .simulator.script import Action, Party

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from .testing import Tried

_EXIT: Final = re.compile(r"[a-z0-9][a-z0-9_:*#+-]{0,39}")
_NO_REFERENCES: Final = ("stock/", MEDIA, SAID)
"""What the ids of prompts begin with that no administrator chooses."""
_PROMPTS: Final = ("a", "b", "house/c", "stock/goodbye")
_TARGETS: Final = ("anna", "bert", "+4930123456")
_NUMBERS: Final = ("+4922112345", "+491711234567", "12")


@attrs.frozen
class _World:
    """What a call of the module under test finds."""

    plugins: Sequence[object]
    resources: Mapping[str, Resource]
    typed: Sequence[str] = ()


def assert_module_conforms(
    module: type[Module],
    *,
    settings: Mapping[str, Sequence[object]] | None = None,
    variables: Sequence[Mapping[str, str]] = ({},),
    unreached: Sequence[str] = (),
    examples: int = 200,
    plugins: Sequence[object] = (),
    resources: Mapping[str, Resource] | None = None,
    typed: Sequence[str] = (),
) -> None:
    """Fail with ``AssertionError`` where ``module`` breaks what every module promises.

    Its labels are there in both languages, it is frozen, each field is a
    declared setting, settings survive being written and read, every prompt
    it plays is among its references, it never raises, takes each exit it
    declares and no other, and the same call twice goes the same way.

    That is tried with ``examples`` calls, always the same ones. ``settings``
    gives the values to try for settings whose kind does not say enough,
    ``variables`` those a flow may have set before, ``unreached`` the exits
    that no simulated call can take, each without what follows a colon,
    ``plugins`` those the module asks its session for, ``resources`` what the
    tenant keeps by id, which references are drawn from, ``typed`` what callers
    press at times beside the keys that settings name, such as a whole number.
    Needs the package hypothesis.
    """
    world = _World(plugins, resources or {}, tuple(typed))
    _declaration(module)
    reached, declared = _try_calls(module, settings or {}, variables, world, examples)
    if missing := declared - reached - set(unreached):  # rare ways deserve more calls before they are said to be none
        found, _ = _try_calls(module, settings or {}, variables, world, 5 * examples, missing)
        reached |= found
    never = declared - reached - set(unreached)
    _must(not never, f"{module.kind}: no call ever took the exit {_list(never)} that its settings declare")
    stale = set(unreached) & reached
    _must(not stale, f"{module.kind}: {_list(stale)} is said to be unreached and was taken")


def _declaration(module: type[Module]) -> None:
    ModuleRegistry([("the plugin under test", module)])
    known = settings_of(module)
    undeclared = {field.name for field in attrs.fields(module)} - set(known)
    _must(not undeclared, f"{module.kind}: {_list(undeclared)} is no setting; declare it with switchhook.setting")
    _label(module.label, f"module {module.kind}")
    for text, what in [(module.help, f"the help of {module.kind}")] + [
        (text, f"setting {name}") for name, (meta, _) in known.items() for text in (meta.label, meta.help)
    ]:
        if text is not None:
            _label(text, what)


def _must(holds: bool, otherwise: str) -> None:
    """An assertion that holds under ``python -O`` as well."""
    if not holds:
        raise AssertionError(otherwise)


def _label(label: Label, what: str) -> None:
    _must(bool(label.de.strip()), f"{what} has no German text")
    _must(bool(label.en.strip()), f"{what} has no English text")


def _try_calls(
    module: type[Module],
    given: Mapping[str, Sequence[object]],
    variables: Sequence[Mapping[str, str]],
    world: _World,
    examples: int,
    wanted: Set[str] | None = None,
) -> tuple[set[str], set[str]]:
    """The exits taken and those declared, over all calls or until all ``wanted`` were taken, without what follows a colon."""
    import hypothesis
    from hypothesis import strategies as st

    reached: set[str] = set()
    declared: set[str] = set()
    unwanted = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much]

    settings, script = st.composite(_settings), st.composite(_script)
    runner = asyncio.Runner()

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=unwanted,
    )
    @hypothesis.given(settings(module, given, world.resources), st.sampled_from(list(variables)), st.data())
    def calls(plain: Mapping[str, object], known: Mapping[str, str], data: Any) -> None:
        instance = _instance(module, plain)
        hypothesis.assume(not any(finding.severity == "error" for finding in _findings(instance)))
        names = _names(instance)
        declared.update(map(_stem, instance.exits()))
        drawn = data.draw(script(instance, world.typed))
        if wanted is not None and wanted <= reached:
            return
        tried = [runner.run(_call(instance, known, world, *drawn)) for _ in range(2)]
        _must(tried[0].events == tried[1].events, f"{module.kind}: the same call twice went two ways")
        reached.update(_stem(way) for way in _taken(instance, names, tried[0]))

    with runner:
        calls()
    return reached, declared


def _instance(module: type[Module], plain: Mapping[str, object]) -> Module:
    instance = read_settings(module, plain)
    again = read_settings(module, plain_settings(instance))
    _must(again == instance, f"{module.kind}: settings change when written and read again: {instance} to {again}")
    try:
        instance.kind = "other"  # type: ignore[misc]
    except attrs.exceptions.FrozenInstanceError:
        return instance
    raise AssertionError(f"{module.kind}: is not frozen; one instance serves many calls at once")


def _findings(instance: Module) -> list[Finding]:
    findings = list(instance.lint())
    known = settings_of(type(instance))
    for finding in findings:
        path = re.fullmatch(r"(settings\.(\w+).*|exits.*|)", finding.path)
        fits = path is not None and (path[2] is None or path[2] in known)
        _must(fits, f"{instance.kind}: the finding {finding.rule} points at {finding.path!r}, which is not there")
    return findings


def _names(instance: Module) -> set[str]:
    every = [*instance.exits(), *instance.optional_exits()]
    for name in every:
        _must(_EXIT.fullmatch(name) is not None, f"{instance.kind}: {name!r} cannot be the name of an exit")
    _must(len(set(instance.exits())) == len(instance.exits()), f"{instance.kind}: an exit is there twice: {every}")
    return set(every)


def _taken(instance: Module, names: set[str], done: Tried) -> list[str]:
    for fault in done.faults:
        raise AssertionError(f"{instance}: {fault.message}\n{fault.trace}")
    said: list[Reference] = references_of(Point("it", instance))
    prompts = {reference.id for reference in said if reference.kind == "prompt"}
    stock = stock_texts("en").keys()
    unsaid = {one for one in done.heard if one not in prompts | stock and not one.startswith(_NO_REFERENCES)}
    _must(not unsaid, f"{instance.kind}: plays {_list(unsaid)}, which is not among its references")
    taken = [way for _, way in done.ways]
    odd = set(taken) - names
    _must(not odd, f"{instance.kind}: took the exit {_list(odd)}, which is none of {_list(names)}")
    return taken


async def _call(
    instance: Module,
    variables: Mapping[str, str],
    world: _World,
    keys: Sequence[Action],
    parties: Sequence[Party],
    why: str,
    at: datetime,
) -> Tried:
    from .testing import call

    return await call(
        instance,
        keys,
        parties=parties,
        variables=variables,
        plugins=world.plugins,
        resources=world.resources,
        refuse=why,
        at=at,
    )


# -- what is tried ----------------------------------------------------------------------------------


def _settings(
    draw: DrawFn, declared: type[Any], given: Mapping[str, Sequence[object]], resources: Mapping[str, Resource]
) -> dict[str, object]:
    from hypothesis import strategies as st

    plain: dict[str, object] = {}
    for name, (meta, field) in settings_of(declared).items():
        if name in given:
            plain[name] = draw(st.sampled_from(list(given[name])))
        elif field.default is attrs.NOTHING or draw(st.booleans()):
            plain[name] = draw(_values(meta, resources))
    return plain


def settings_strategy(
    declared: type[Any], given: Mapping[str, Sequence[object]], resources: Mapping[str, Resource]
) -> SearchStrategy[dict[str, object]]:
    """Plain settings of a declared class; ``given`` are values for what cannot be drawn."""
    from hypothesis import strategies as st

    return st.composite(_settings)(declared, given, resources)


def _values(meta: Setting, resources: Mapping[str, Resource]) -> SearchStrategy[object]:
    from hypothesis import strategies as st

    low, high = meta.minimum, meta.maximum
    keys = st.one_of(st.text("123", min_size=1, max_size=1), st.text("0123456789*#", min_size=1, max_size=3))
    lists: dict[str, SearchStrategy[Any]] = {
        "prompts": st.sampled_from(_PROMPTS),
        "targets": st.sampled_from(_TARGETS),
        "keys": keys,
        "words": st.text(max_size=10),
        "references": _ids(meta, resources),
        "rows": st.composite(_settings)(meta.row or object, {}, resources) if meta.row else st.nothing(),
    }
    if meta.kind in lists:
        least = int(low or 0)
        return st.lists(lists[meta.kind], min_size=least, max_size=max(least, 4), unique=meta.kind == "keys")
    text = st.from_regex(meta.pattern, fullmatch=True) if meta.pattern else st.text(max_size=20)
    single: dict[str, SearchStrategy[Any]] = {
        "text": text,
        "integer": st.integers(None if low is None else int(low), None if high is None else int(high)),
        "seconds": st.floats(low, high, allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "choice": st.sampled_from(meta.choices or ("",)),
        "prompt": st.sampled_from(_PROMPTS),
        "target": st.sampled_from(_TARGETS),
        "number": st.sampled_from(_NUMBERS),
        "time": st.from_regex("([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True),
        "date": st.dates().map(str),
        "money": st.builds("{} EUR".format, st.integers(0, 10**6)),
        "reference": _ids(meta, resources),
    }
    return single[meta.kind]


def _ids(meta: Setting, resources: Mapping[str, Resource]) -> SearchStrategy[str]:
    """The ids of the kind a setting refers to; a test that names none is told so where one is needed."""
    from hypothesis import strategies as st

    named = [id for id, resource in resources.items() if resource.kind == meta.to]  # noqa: A001
    return st.sampled_from(named or ["nothing"])


def _script(draw: DrawFn, instance: Module, more: Sequence[str]) -> tuple[list[Action], list[Party], str, datetime]:
    """A caller who mostly presses keys that the settings name, and parties."""
    from hypothesis import strategies as st

    named = [
        key
        for name, (meta, _) in settings_of(type(instance)).items()
        if meta.kind == "keys"
        for key in getattr(instance, name)
    ]
    typed = st.one_of(
        st.sampled_from([*named, *more] or ["1"]),
        st.text("0123456789", min_size=1, max_size=8),
        st.text("0123456789*#", min_size=1, max_size=20),
    )
    action = st.one_of(typed.map(lambda keys: Action("keys", keys)), st.just(Action("wait")))
    stubborn = action.map(lambda one: [one] * 25)  # whoever does the same until all tries are used
    keys = draw(st.one_of(st.lists(action, max_size=8), stubborn))
    if draw(st.integers(0, 4)) == 4:
        keys.append(Action("hang_up"))
    if draw(st.integers(0, 5)) == 5:  # whoever is recorded; where nobody is, a caller who presses nothing
        keys.insert(0, Action("say", "", draw(st.sampled_from([0.5, 12.0, 10_000.0]))))
    ends = ["busy", "no_answer", "unreachable", "rejected", "failed", "declined_by_key"]
    statuses = st.sampled_from(["answered", "answered", "answered", *ends])
    talk = st.sampled_from([0.0, 10.0, 90_000.0])
    party = st.builds(Party, statuses, st.sampled_from([0.0, 2.0, 2.0, 1e6]), talk, caller_hangs_up=st.booleans())
    parties = draw(st.lists(party, max_size=5))
    why = draw(st.sampled_from(["", "", "", "no money left"]))
    at = draw(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
    return keys, parties, why, at


def _stem(name: str) -> str:
    return name.partition(":")[0]


def _list(names: set[str]) -> str:
    return ", ".join(sorted(map(repr, names)))
