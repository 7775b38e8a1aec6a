"""What changed between two versions of a flow, in sentences for people, German and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from ..schema import Label, Setting, settings_of
from .drawing import Drawing
from .flow import HANG_UP
from .registry import ModuleRegistry

Change = tuple[str, str, Label]
"""The point (empty for the flow itself), the path such as ``points.menu.exits.key:2``, and the sentence."""

EXITS: Final[Mapping[str, Label]] = {
    "next": Label("Weiter", "next"),
    "key": Label("Taste gedrückt", "key pressed"),
    "timeout": Label("Keine Eingabe", "no entry"),
    "invalid": Label("Falsche Eingabe", "wrong entry"),
    "error": Label("Störung", "fault"),
    "ok": Label("Eingabe vollständig", "entry complete"),
    "extension": Label("Durchwahl", "direct dialling"),
    "answered_end": Label("Gespräch beendet", "conversation ended"),
    "answered": Label("Angenommen", "answered"),
    "busy": Label("Besetzt", "busy"),
    "no_answer": Label("Keine Antwort", "no answer"),
    "unreachable": Label("Nicht erreichbar", "not reachable"),
    "rejected": Label("Abgelehnt", "rejected"),
    "declined_by_key": Label("Mit Taste abgelehnt", "declined by key"),
    "limit": Label("Höchstdauer erreicht", "longest talk reached"),
}
_FLOW: Final[Mapping[str, Label]] = {
    "label": Label("Name des Ablaufs", "name of the flow"),
    "description": Label("Beschreibung", "description"),
    "language": Label("Sprache", "language"),
}
_POINT: Final[Mapping[str, Label]] = {
    "label": Label("Name", "name"),
    "cost_centre": Label("Kostenstelle", "cost centre"),
}


def exit_label(name: str, registry: ModuleRegistry | None = None, kind: str = "") -> Label:
    """What people call an exit: by its module, else ``Taste 2`` for ``key:2``, a common word, or the name itself."""
    declared = registry.get(kind) if registry is not None else None
    if declared is not None and name in declared.exit_labels:
        return declared.exit_labels[name]
    if name.startswith("key:"):
        return Label(f"Taste {name[4:]}", f"key {name[4:]}")
    return EXITS.get(name, Label(name, name))


def difference_in_words(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    registry: ModuleRegistry,
    flows: Mapping[str, str],
) -> list[Change]:
    """The changes from one drawing to the other; ``flows`` are names of flows by id. Where points stand plays no part."""
    old = before or {"points": []}
    new = after or {"points": []}
    return list(_Words(old, new, registry, flows).all())


@attrs.frozen
class _Words:
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    registry: ModuleRegistry
    flows: Mapping[str, str]

    def all(self) -> Iterator[Change]:
        for name, label in _FLOW.items():
            yield from self._value("", name, label, self.old.get(name, ""), self.new.get(name, ""))
        yield from self._way("start", Label("Der Ablauf beginnt", "the flow begins"), Label("mit", "with"))
        yield from self._way(
            "last_resort", Label("Der letzte Ausweg führt", "the last resort leads"), Label("zu", "to")
        )
        old, new = ({point["id"]: point for point in one["points"]} for one in (self.old, self.new))
        for name in dict.fromkeys([*old, *new]):
            if name not in new:
                yield self._about(name, f"points.{name}", "wurde entfernt", "was removed", old[name])
            elif name not in old:
                what = self._module(new[name])
                yield self._about(name, f"points.{name}", f"ist neu ({what.de})", f"is new ({what.en})", new[name])
                yield from self._exits(name, {}, new[name])
            else:
                yield from self._point(name, old[name], new[name])

    def _point(self, name: str, old: Drawing, new: Drawing) -> Iterator[Change]:
        for field, label in _POINT.items():
            yield from self._value(name, field, label, old[field], new[field])
        path = f"points.{name}"
        if old["module"] != new["module"]:
            was, now = self._module(old), self._module(new)
            de, en = f"ist jetzt {now.de} statt {was.de}", f"is now {now.en} instead of {was.en}"
            yield self._about(name, f"{path}.module", de, en, new)
        settings = self._settings(new["module"])
        for field in dict.fromkeys([*old["settings"], *new["settings"]]):
            before, after = old["settings"].get(field), new["settings"].get(field)
            if before != after:
                meta = settings.get(field)
                label = meta.label if meta is not None else Label(field, field)
                hidden = meta is not None and meta.secret
                yield from self._value(name, f"settings.{field}", label, before, after, hidden=hidden)
        yield from self._exits(name, old["exits"], new)

    def _exits(self, name: str, old: Mapping[str, str], point: Drawing) -> Iterator[Change]:
        new = point["exits"]
        for exit_name in dict.fromkeys([*old, *new]):
            before, after = old.get(exit_name), new.get(exit_name)
            if before == after:
                continue
            called = exit_label(exit_name, self.registry, point["module"])
            path = f"points.{name}.exits.{exit_name}"
            if after is None:
                yield self._about(
                    name, path, f"{called.de} führt nirgends mehr hin", f"{called.en} leads nowhere now", point
                )
                continue
            to = self._target(after, self.new)
            again = Label("jetzt ", "now ") if before is not None else Label("", "")
            de, en = f"{called.de} führt {again.de}zu {to.de}", f"{called.en} {again.en}leads to {to.en}"
            if before is not None:
                was = self._target(before, self.old)
                de, en = f"{de} (bisher {was.de})", f"{en} (so far {was.en})"
            yield self._about(name, path, de, en, point)

    def _way(self, field: str, said: Label, word: Label) -> Iterator[Change]:
        before, after = self.old.get(field, ""), self.new.get(field, "")
        if before != after and after:
            to = self._target(after, self.new)
            yield "", field, Label(f"{said.de} jetzt {word.de} {to.de}", f"{said.en} {word.en} {to.en} now")
        elif before != after:
            yield "", field, Label(f"{said.de} nirgends mehr hin", f"{said.en} nowhere now")

    def _value(
        self, name: str, field: str, label: Label, before: object, after: object, *, hidden: bool = False
    ) -> Iterator[Change]:
        if before == after:
            return
        de, en = (
            (f"{label.de} wurde geändert", f"{label.en} was changed")
            if hidden
            else (
                f"{label.de}: {_shown(before).de} → {_shown(after).de}",
                f"{label.en}: {_shown(before).en} → {_shown(after).en}",
            )
        )
        if not name:
            yield "", field, Label(de, en)
            return
        points = (point for side in (self.new, self.old) for point in side["points"])
        point = next(point for point in points if point["id"] == name)
        yield self._about(name, f"points.{name}.{field}", de, en, point)

    def _about(self, name: str, path: str, de: str, en: str, point: Drawing) -> Change:
        called = point["label"] or name
        return name, path, Label(f"{called}: {de}", f"{called}: {en}")

    def _target(self, target: str, side: Mapping[str, Any]) -> Label:
        if target == HANG_UP:
            return Label("Auflegen", "hang-up")
        if target.startswith("flow:"):
            flow = target.removeprefix("flow:")
            called = self.flows.get(flow) or flow
            return Label(f"Ablauf {called}", f"flow {called}")
        labels = {point["id"]: point["label"] for point in side["points"]}
        return Label(labels.get(target) or target, labels.get(target) or target)

    def _module(self, point: Drawing) -> Label:
        declared = self.registry.get(point["module"])
        return declared.label if declared is not None else Label(point["module"], point["module"])

    def _settings(self, kind: str) -> Mapping[str, Setting]:
        declared = self.registry.get(kind)
        return {} if declared is None else {name: meta for name, (meta, _) in settings_of(declared).items()}


def _shown(value: object) -> Label:
    if value in (None, "", []):
        return Label("nichts", "nothing")
    if isinstance(value, bool):
        return Label("ja" if value else "nein", "yes" if value else "no")
    if isinstance(value, list):
        text = ", ".join(_shown(one).en for one in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{key} {_shown(one).en}" for key, one in value.items())
    else:
        text = f"“{value}”" if isinstance(value, str) else str(value)
    return Label(text, text)
