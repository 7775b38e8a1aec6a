"""From a declaration and its values to the fields of a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from switchhook.administration import Problem, Setting, settings_of

from ..sentences import in_language
from .field import Control, Field, Form, Offer, Option, Row, said

_CONTROLS: Final[Mapping[str, Control]] = {
    "integer": "number",
    "seconds": "number",
    "boolean": "switch",
    "words": "lines",
    "prompts": "items",
    "keys": "items",
    "targets": "items",
    "money": "money",
    "reference": "pick",
    "references": "picks",
    "rows": "rows",
}
_RADIOS: Final = 4
"""Up to so many choices are seen at once."""
_HEAD: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\.?(.*)", re.DOTALL)
_PLACE: Final = re.compile(r"\[(\d+)\]\.?(.*)", re.DOTALL)
Wrong = Sequence[tuple[str, str]]
"""Problems by their path from here on, and what each says."""


def form_of(
    declared: type[Any],
    values: Mapping[str, object],
    *,
    problems: Iterable[Problem] = (),
    root: str = "",
    offers: Mapping[str, Offer] = {},
    kept: Collection[str] = (),
    language: str = "en",
    scope: str = "f",
) -> Form:
    """The form of a declared class.

    ``values`` are plain, as documents hold them or as :func:`read_form` gave
    them, right or wrong; what is not there shows its default. Paths of
    ``problems`` may begin with ``root`` and a dot; one that leads to no field
    is an error of the whole form. ``offers`` says what can be chosen, by what
    a reference leads to, ``prompt`` and ``target`` included. ``kept`` names
    secrets that are there. ``scope`` keeps ids apart from those of other
    forms in the page.
    """
    wrong = [(_without(root, one.path), in_language(one.message, language)) for one in problems]
    fields, rest = _fields(declared, values, wrong, "", _Around(offers, kept, language, scope))
    return Form(fields, language, [f"{path}: {said}" if path else said for path, said in rest])


@attrs.frozen
class _Around:
    offers: Mapping[str, Offer]
    kept: Collection[str]
    language: str
    scope: str


def _without(root: str, path: str) -> str:
    return "" if path == root else path.removeprefix(f"{root}.")


def _fields(
    declared: type[Any], values: Mapping[str, object], wrong: Wrong, at: str, around: _Around
) -> tuple[list[Field], Wrong]:
    """The fields, and those problems that belong to none of them."""
    known = settings_of(declared)
    of_field: dict[str, list[tuple[str, str]]] = {name: [] for name in known}
    rest: list[tuple[str, str]] = []
    for path, said_ in wrong:
        found = _HEAD.fullmatch(path)
        if found and found[1] in known:
            of_field[found[1]].append((found[2], said_))
        else:
            rest.append((path, said_))
    fields = []
    for name, (meta, field) in known.items():
        held = values[name] if name in values else _default(field)
        needed = field.default is attrs.NOTHING
        fields.append(_field(f"{at}{name}", meta, held, needed, of_field[name], around))
    return fields, rest


def _default(field: attrs.Attribute[Any]) -> object:
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        return cast(Any, field.default).factory()
    return None if field.default is attrs.NOTHING else field.default


def _field(path: str, meta: Setting, held: object, required: bool, wrong: Wrong, around: _Around) -> Field:
    texts = _texts(meta, held)
    control = _control(meta, texts)
    if meta.secret:
        texts = ()
    offer = around.offers.get(meta.to or meta.kind.removesuffix("s"), Offer())
    field = Field(
        path,
        meta,
        control,
        around.language,
        required,
        texts,
        options=_options(meta, control, texts, offer, around.language),
        offer=offer,
        kept=meta.secret and path in around.kept,
        scope=around.scope,
    )
    if control == "money":
        field = attrs.evolve(field, texts=[_amount(texts, around.language)], currency=_currency(texts))
    if control == "rows":
        field = attrs.evolve(field, rows=_rows(path, meta, held, wrong, around))
    return _with_errors(field, wrong)


def _control(meta: Setting, texts: Sequence[str]) -> Control:
    if meta.secret:
        return "secret"
    if meta.kind == "choice":
        return "radios" if len(meta.choices) <= _RADIOS else "select"
    if meta.kind == "text" and (meta.lines > 1 or any("\n" in text for text in texts)):
        return "lines"
    return _CONTROLS.get(meta.kind, "line")


def _texts(meta: Setting, held: object) -> Sequence[str]:
    """A value as texts; also one that does not fit, as somebody typed it."""
    if meta.kind == "rows" or held is None:
        return ()
    if isinstance(held, bool):
        return ["true" if held else "false"]
    if isinstance(held, list | tuple):
        return [str(one) for one in held]
    return [str(held)]


def _options(meta: Setting, control: Control, texts: Sequence[str], offer: Offer, language: str) -> Sequence[Option]:
    """What can be chosen, with what is chosen already before everything else that is offered."""
    if meta.kind == "choice":
        return [Option(one, said(meta.name_of(one), language)) for one in meta.choices]
    if control not in ("pick", "picks"):
        return ()
    known = {one.value: one for one in offer.options}
    chosen = [known.get(text, Option(text, text)) for text in texts if text]
    if control == "pick":
        return [*(one for one in chosen if one.value not in known), *offer.options]
    return [*chosen, *(one for one in offer.options if one.value not in texts)]


def _amount(texts: Sequence[str], language: str) -> str:
    amount = texts[0].rpartition(" ")[0] if texts and " " in texts[0] else "".join(texts)
    return amount.replace(".", ",") if language.startswith("de") else amount


def _currency(texts: Sequence[str]) -> str:
    return texts[0].rpartition(" ")[2] if texts and " " in texts[0] else "EUR"


def _rows(path: str, meta: Setting, held: object, wrong: Wrong, around: _Around) -> Sequence[Row]:
    rows = []
    for place, row in enumerate(held if isinstance(held, list | tuple) else ()):
        values = row if isinstance(row, Mapping) else {one: getattr(row, one) for one in settings_of(type(row))}
        of_row = [(m[2], said_) for at, said_ in wrong if (m := _PLACE.fullmatch(at)) and int(m[1]) == place]
        at = f"{path}[{place}]"
        fields, rest = _fields(cast(type[Any], meta.row), values, of_row, f"{at}.", around)
        rows.append(Row(at, fields, [f"{where}: {said_}" if where else said_ for where, said_ in rest]))
    return rows


def _with_errors(field: Field, wrong: Wrong) -> Field:
    """The field with the problems that are not those of a row."""
    errors: list[str] = []
    items: dict[int, list[str]] = {}
    for at, said_ in wrong:
        found = _PLACE.fullmatch(at)
        place = int(found[1]) if found else 0
        if found and field.control == "rows" and place < len(field.rows):
            continue
        if found and field.control == "items" and place < len(field.texts):
            items.setdefault(place, []).append(said_)
        else:
            errors.append(f"{place + 1}: {said_}" if found else said_)
    return attrs.evolve(field, errors=errors, item_errors=items)
