"""What a line of the audit is called: codes for files and programs, words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from switchhook import Label

ACTIONS: Final[Mapping[str, Label]] = {
    "create": Label("angelegt", "made"),
    "change": Label("geändert", "changed"),
    "delete": Label("gelöscht", "deleted"),
    "restore": Label("wiederhergestellt", "brought back"),
    "purge": Label("endgültig gelöscht", "deleted for good"),
    "disable": Label("gesperrt", "disabled"),
    "enable": Label("entsperrt", "enabled"),
    "invite": Label("erneut eingeladen", "invited again"),
    "invitation_renewed": Label("neue Einladung angefordert", "new invitation asked for"),
    "invitation_taken": Label("Einladung angenommen", "invitation taken up"),
    "reset_renewed": Label("neuen Passwort-Link angefordert", "new password link asked for"),
    "password_reset": Label("Passwort neu gesetzt", "password set anew"),
    "password_forgotten": Label("Passwort vergessen", "password forgotten"),
    "password_changed": Label("Passwort geändert", "password changed"),
    "password_link_sent": Label("Passwort-Link gesendet", "password link sent"),
    "password_link_made": Label("Passwort-Link angezeigt", "password link shown"),
    "username_told": Label("Benutzername mitgeteilt", "user name told"),
    "sign_in": Label("angemeldet", "signed in"),
    "sign_in_refused": Label("Anmeldung abgelehnt", "signing in refused"),
    "session_ended": Label("Sitzung beendet", "session ended"),
    "sessions_ended": Label("alle Sitzungen beendet", "all sessions ended"),
    "second_factor_set": Label("zweiten Faktor eingerichtet", "second factor set up"),
    "second_factor_removed": Label("zweiten Faktor entfernt", "second factor removed"),
    "token_made": Label("API-Token angelegt", "API token made"),
    "token_revoked": Label("API-Token widerrufen", "API token revoked"),
    "demo": Label("zum Testkunden gemacht", "made a trial customer"),
    "active": Label("aktiviert", "activated"),
    "suspended": Label("ausgesetzt", "suspended"),
    "closed": Label("geschlossen", "closed"),
    "unlock": Label("entsperrt", "unlocked"),
    "end_rest": Label("Ruhezeit beendet", "rest ended"),
    "draft": Label("Entwurf begonnen", "draft begun"),
    "discard": Label("Entwurf verworfen", "draft discarded"),
    "publish": Label("veröffentlicht", "published"),
    "schedule": Label("Veröffentlichung geplant", "publishing planned"),
    "unschedule": Label("geplante Veröffentlichung zurückgenommen", "planned publishing taken back"),
    "expect": Label("Erwartung geändert", "expectation changed"),
    "restart": Label("Neustart verlangt", "restart asked for"),
    "accept": Label("angenommen", "accepted"),
    "decline": Label("abgelehnt", "declined"),
    "quote": Label("Preis genannt", "price named"),
    "refuse": Label("abgelehnt", "refused"),
    "deliver": Label("geliefert", "delivered"),
    "withdraw": Label("zurückgezogen", "withdrawn"),
}
KINDS: Final[Mapping[str, Label]] = {
    "account": Label("Benutzer", "Person"),
    "tenant": Label("Mandant", "Tenant"),
    "number": Label("Rufnummer", "Number"),
    "free-number": Label("Freie Rufnummer", "Free number"),
    "flow": Label("Ablauf", "Call flow"),
    "offer": Label("Angebot", "Offer"),
    "media": Label("Datei", "File"),
    "pin": Label("PIN", "PIN"),
    "message": Label("Nachricht", "Message"),
    "storage": Label("Speicher", "Storage"),
    "produced-announcement": Label("Produzierte Ansage", "Produced announcement"),
    "rate": Label("Preis", "Rate"),
}
"""What is no resource, which has a name of its own."""
FIELDS: Final[Mapping[str, Label]] = {
    "state": Label("Status", "State"),
    "address": Label("Adresse", "Address"),
    "agent": Label("Browser", "Browser"),
    "why": Label("Grund", "Reason"),
    "failed": Label("Gescheitert", "Failed"),
    "token": Label("Token", "Token"),
    "name": Label("Name", "Name"),
    "label": Label("Name", "Name"),
    "version": Label("Version", "Version"),
    "based_on": Label("Nach Version", "Based on version"),
    "message": Label("Was sich ändert", "What changes"),
    "hash": Label("Prüfsumme", "Checksum"),
    "at": Label("Zeitpunkt", "Moment"),
    "title": Label("Titel", "Title"),
    "price": Label("Preise", "Prices"),
    "valid_until": Label("Gültig bis", "Good until"),
    "size": Label("Größe in Byte", "Size in bytes"),
    "sha256": Label("Prüfsumme (SHA-256)", "Checksum (SHA-256)"),
    "scan_sha256": Label("Prüfsumme der unterschriebenen Kopie", "Checksum of the signed copy"),
    "how": Label("Wie", "How"),
    "signer": Label("Voller Name", "Full name"),
    "account": Label("Zugang", "Account"),
    "class": Label("Art", "Class"),
    "owner": Label("Gehört zu", "Belongs to"),
    "steps": Label("Bestellte Stufen zu 10 GB", "Steps of 10 GB ordered"),
    "free": Label("Kostenlos", "Free of charge"),
    "extra": Label("Zusätzlicher Speicher in Byte", "Extra storage in bytes"),
    "reason": Label("Grund", "Reason"),
    "expectation": Label("Erwartung", "Expectation"),
}
"""What is in no form of the thing that was changed."""
VALUES: Final[Mapping[tuple[str, str], Label]] = {
    ("why", "password"): Label("Benutzername oder Passwort falsch", "wrong user name or password"),
    ("why", "code"): Label("Code falsch", "wrong code"),
}
PORTAL: Final = Label("das Portal", "the portal")
UNKNOWN: Final = Label("unbekannt", "unknown")
