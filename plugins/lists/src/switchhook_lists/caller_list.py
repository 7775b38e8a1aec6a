"""The resource ``caller-list`` (Anruferliste): a list of callers that by itself means neither good nor bad."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from switchhook import Label, Resource, setting


@attrs.frozen
class CallerList(Resource):
    """A list of callers. Its entries are kept beside it; whether they are let through or denied, a flow says.

    With ``shadow`` it only tells what it would do. An entry of a caller who
    suppressed the number ends after ``suppressed_days``.
    """

    kind = "caller-list"
    label = Label("Anruferliste", "Caller list")
    plural = Label("Anruferlisten", "Caller lists")
    help = Label(
        "Rufnummern und Vorwahlen, nach denen ein Ablauf Anrufer sperrt oder durchlässt.",
        "Numbers and prefixes by which a flow denies callers or lets them through.",
    )
    icon = "list-check"
    order = 140

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"),
    )
    shadow: bool = setting(
        "boolean",
        "Nur beobachten",
        "Only watch",
        default=False,
        help=Label(
            "Im Verlauf steht, was die Liste getan hätte; getan wird nichts.",
            "The course of a call says what the list would have done; nothing is done.",
        ),
    )
    suppressed_days: int = setting(
        "integer",
        "Tage für Anrufer mit unterdrückter Rufnummer",
        "Days for callers who suppress their number",
        default=90,
        minimum=1,
        maximum=730,
        help=Label(
            "So lange werden sie wiedererkannt, ohne dass jemand ihre Rufnummer sieht; danach wird der Eintrag gelöscht.",
            "They are recognised so long without anybody seeing their number; then the entry is deleted.",
        ),
    )

    def ending(self, now: datetime, wanted: datetime | None) -> datetime:
        """When an entry of a caller who suppressed the number ends: as wished, but no later than the list says."""
        last = now + timedelta(days=self.suppressed_days)
        return min(wanted, last) if wanted is not None else last
