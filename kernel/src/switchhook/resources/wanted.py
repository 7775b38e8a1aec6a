"""What is wanted to be kept, and the steps from what is kept to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from .record import Action, Record
from .resource import secrets_of, shown


@attrs.frozen
class Wanted:
    """A record as it should be: its fields whole, but for secrets, which stay if they are not given."""

    kind: str
    id: str
    values: Mapping[str, object]


@attrs.frozen
class Difference:
    """A field that changes; None stands for a field that was not, or is no more."""

    field: str
    before: object
    after: object


@attrs.frozen
class Step:
    """One record on the way: made, changed, brought back from the trash, or deleted; and its fields that differ."""

    action: Action
    kind: str
    id: str
    title: str
    differences: Sequence[Difference] = ()


def step(action: Action, before: Record | None, after: Record) -> Step:
    """A step from one state of a record to another, secrets told as changed only."""
    old = dict(shown(before.value)) if before is not None and before.deleted is None else {}
    new = dict(shown(after.value)) if after.deleted is None else {}
    for name in secrets_of(type(after.value)):
        earlier = getattr(before.value, name, "") if before is not None else ""
        if getattr(after.value, name) != earlier:
            old[name], new[name] = "(secret)" if earlier else "", "(another secret)"
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return Step(
        action,
        after.kind,
        after.id,
        after.title,
        [Difference(name, old.get(name), new.get(name)) for name in differing],
    )
