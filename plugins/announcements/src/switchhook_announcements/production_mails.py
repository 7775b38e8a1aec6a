"""The mails about produced announcements: to those who asked, and to the operator."""

from __future__ import annotations

from typing import Final

from switchhook import Label, MailTemplate, Placeholder, Wording

CUSTOMER: Final = "announcement_production"
OPERATOR: Final = "announcement_production_operator"
_PLACES: Final = {
    "name": Placeholder(Label("Name des Empfängers", "name of whoever gets it"), "Kim"),
    "tenant": Placeholder(Label("Mandant", "tenant"), "acme"),
    "title": Placeholder(Label("Name der Ansage", "name of the announcement"), "Hotline"),
    "state": Placeholder(Label("Stand", "state"), "geliefert"),
    "price": Placeholder(Label("Preis", "price"), "120.00 EUR"),
    "note": Placeholder(Label("Bemerkung", "note"), "Lieferung in drei Tagen"),
    "link": Placeholder(Label("Seite im Portal", "page of the portal"), "https://portal.example/t/acme"),
}
TEMPLATES: Final = (
    MailTemplate(
        CUSTOMER,
        Label("Produzierte Ansage: neuer Stand", "Produced announcement: what is new"),
        _PLACES,
        {
            "de": Wording(
                "Ansage „{title}“: {state}",
                "Guten Tag {name},\n\nIhre Ansage „{title}“: {state}.\n\nPreis: {price}\nBemerkung: {note}\n\n{link}",
            ),
            "en": Wording(
                "Announcement “{title}”: {state}",
                "Hello {name},\n\nyour announcement “{title}”: {state}.\n\nPrice: {price}\nNote: {note}\n\n{link}",
            ),
        },
    ),
    MailTemplate(
        OPERATOR,
        Label("Produzierte Ansage: für den Betreiber", "Produced announcement: for the operator"),
        _PLACES,
        {
            "de": Wording(
                "{tenant}: Ansage „{title}“ {state}",
                "Guten Tag {name},\n\nMandant {tenant}, Ansage „{title}“: {state}.\n\nPreis: {price}\n\n{link}",
            ),
            "en": Wording(
                "{tenant}: announcement “{title}” {state}",
                "Hello {name},\n\ntenant {tenant}, announcement “{title}”: {state}.\n\nPrice: {price}\n\n{link}",
            ),
        },
    ),
)
