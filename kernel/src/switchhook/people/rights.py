"""Every right there is: the kernel's own, those of what is kept, and those plugins declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from ..access.right import EVERY_SCOPE, Right
from ..dispatch.dispatcher import Answer
from ..errors import PluginError, near_match
from ..resources.resource import NUMBER, Resource
from ..schema import Kinds, Label, settings_of

_NUMBERS: Final = ("all", "group", "number")
KERNEL_RIGHTS: Final = (
    Right("number.view", Label("Rufnummern ansehen", "See numbers"), _NUMBERS),
    Right("number.change", Label("Rufnummern ändern", "Change numbers"), _NUMBERS),
    Right("flow.view", Label("Anrufabläufe ansehen", "See call flows"), _NUMBERS),
    Right("flow.change", Label("Anrufabläufe ändern", "Change call flows"), _NUMBERS),
    Right("flow.publish", Label("Anrufabläufe veröffentlichen", "Publish call flows"), _NUMBERS),
    Right("call.view", Label("Anrufe ansehen", "See calls"), _NUMBERS),
    Right("live.view", Label("Laufende Anrufe ansehen", "See live calls"), _NUMBERS),
    Right("people.view", Label("Benutzer ansehen", "See people")),
    Right("people.change", Label("Benutzer ändern", "Change people")),
    Right("policy.change", Label("Passwort-Regeln ändern", "Change the password policy")),
    Right("audit.view", Label("Änderungsprotokoll ansehen", "See the audit")),
    Right("alert.view", Label("Meldungen ansehen", "See alerts")),
    Right("alert.handle", Label("Meldungen bearbeiten", "Handle alerts")),
    Right("media.view", Label("Gespeicherte Dateien ansehen und anhören", "See and hear stored files")),
    Right("media.delete", Label("Gespeicherte Dateien anlegen und löschen", "Add and delete stored files")),
    Right("charge.view", Label("Kosten ansehen", "See charges")),
    Right("pin.unlock", Label("Gesperrte PINs ansehen und entsperren", "See and unlock locked PINs")),
    Right("mail.view", Label("E-Mails ansehen", "See mails")),
    Right("mail.change", Label("E-Mails erneut senden", "Send mails again")),
    Right("offer.view", Label("Angebote ansehen", "See offers")),
    Right("tenant.change", Label("Angaben zum Mandanten ändern", "Change the tenant")),
)
"""What can be granted. What only an operator may do (plugins, other tenants) is no right of a tenant."""


@attrs.frozen
class Rights(Mapping[str, Right]):
    """All rights by word, each with the plugin that brings it (``kernel`` for the kernel's own)."""

    _known: Mapping[str, tuple[str, Right]]

    def __getitem__(self, word: str) -> Right:
        return self._known[word][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def plugin_of(self, word: str) -> str:
        """Who brings a right; raises ``KeyError``."""
        return self._known[word][0]

    def hint(self, word: str) -> str:
        """A near match for a right that is not there, or nothing."""
        return near_match(word, self)


def rights_catalogue(kinds: Kinds[Resource], brought: Iterable[Answer[Right]] = ()) -> Rights:
    """Every right in order: the kernel's, those of each kind that is kept, those that plugins declare.

    Raises ``PluginError`` when two bring the same word, naming both.
    """
    known: dict[str, tuple[str, Right]] = {}
    derived = [(kinds.plugin_of(kind), right) for kind in kinds for right in _of_kind(kinds, kind)]
    for plugin, right in [
        *(("kernel", one) for one in KERNEL_RIGHTS),
        *derived,
        *((a.plugin, a.value) for a in brought),
    ]:
        if right.word in known and known[right.word] != (plugin, right):
            raise PluginError(
                f"plugins {known[right.word][0]!r} and {plugin!r} both bring the right {right.word!r}; "
                "disable one of them",
                right=right.word,
            )
        known.setdefault(right.word, (plugin, right))
    return Rights(known)


def _of_kind(kinds: Kinds[Resource], kind: str) -> Iterator[Right]:
    declared = kinds.get(kind)
    if declared is None:
        return
    scopes = EVERY_SCOPE if refers_to_numbers(declared) else ("all", "own")
    plural = declared.plural
    yield Right(f"{kind}.view", Label(f"{plural.de} ansehen", f"See {plural.en.lower()}"), scopes)
    yield Right(f"{kind}.change", Label(f"{plural.de} ändern", f"Change {plural.en.lower()}"), scopes)
    yield Right(f"{kind}.delete", Label(f"{plural.de} löschen", f"Delete {plural.en.lower()}"), scopes)


def refers_to_numbers(declared: type[attrs.AttrsInstance]) -> bool:
    """Whether a kind can belong to numbers: a field of it, or of its rows, refers to them."""
    return any(
        (meta.kind in ("reference", "references") and meta.to == NUMBER)
        or (meta.kind == "rows" and meta.row is not None and refers_to_numbers(meta.row))
        for meta, _ in settings_of(declared).values()
    )
