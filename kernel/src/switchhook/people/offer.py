"""An offer as a value: what a customer is asked to accept before a demo becomes a customer's tenant (S04)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final, Literal

import attrs

from ..errors import SwitchhookError
from ..schema import Label, Problem, SettingsRefused, a_line, setting

OfferState = Literal["open", "accepted", "declined", "withdrawn", "expired"]
Part = Literal["document", "scan"]
MOST: Final = 5 << 20
"""Bytes a file of an offer may have."""
PDF: Final = "application/pdf"
_BEGINS: Final[Mapping[bytes, str]] = {
    b"%PDF-": PDF,
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
SCANS: Final = tuple(_BEGINS.values())
"""What a signed offer may be scanned as."""
ENDINGS: Final[Mapping[str, str]] = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png"}


class OfferFileRefused(SwitchhookError):
    """A file that is too large or none of those that are taken, by what it holds and not by its name."""

    code = "offer_file"


class OfferClosed(SwitchhookError):
    """An offer that can no longer be accepted, declined or withdrawn: it was before, or its time is over."""

    code = "offer_closed"


@attrs.frozen
class OfferDetails:
    """What an operator says of an offer beside its PDF."""

    title: str = setting("text", "Titel", "Title", pattern=r"[^\x00-\x1f\x7f]{1,120}", shape=a_line(120, 1))
    price: str = setting(
        "text",
        "Preise",
        "Prices",
        default="",
        lines=3,
        pattern=r"[^\x00-\x08\x0b-\x1f\x7f]{0,2000}",
        shape=Label("ein Text mit höchstens 2000 Zeichen", "a text of at most 2000 characters"),
        help=Label("Kurz in Worten; was gilt, steht im PDF.", "In short; what counts is in the PDF."),
    )
    valid_until: str = setting("date", "Gültig bis einschließlich", "Good until, that day included")


@attrs.frozen
class Signature:
    """What a superadmin types to accept an offer."""

    name: str = setting(
        "text", "Vor- und Nachname", "Full name", pattern=r"[^\x00-\x1f\x7f]{1,120}", shape=a_line(120, 1)
    )


@attrs.frozen
class Refusal:
    """Why an offer is declined."""

    reason: str = setting(
        "text",
        "Grund",
        "Reason",
        lines=3,
        pattern=r"[^\x00-\x08\x0b-\x1f\x7f]{1,2000}",
        shape=Label("ein Text mit 1 bis 2000 Zeichen", "a text of 1 to 2000 characters"),
    )


@attrs.frozen(kw_only=True)
class Offer:
    """An offer to a tenant. What was offered, the PDF and its ``sha256``, never changes after it was made.

    ``expired`` is an open one whose last day is over. ``decided_by`` is who
    accepted, declined or withdrew it; an accepted one tells ``how``: by
    ``click``, with the full name of the ``signer``, or by the ``scan`` of a
    signed copy, whose ``scan_sha256`` is kept as well. ``version`` grows with the decision.
    """

    id: str
    tenant: str
    title: str
    price: str
    valid_until: date
    state: OfferState
    sha256: str
    size: int
    author: str
    created: datetime
    version: int = 1
    decided: datetime | None = None
    decided_by: str = ""
    how: Literal["", "click", "scan"] = ""
    signer: str = ""
    address: str = ""
    scan_sha256: str = ""
    reason: str = ""

    @property
    def kind(self) -> str:
        """What the audit calls it."""
        return "offer"


@attrs.frozen
class OfferFile:
    """A file of an offer, as it was brought."""

    part: Part
    media: str
    content: bytes = attrs.field(repr=False)

    def name(self, offer: str) -> str:
        """What it is called when it is saved: nothing that somebody chose."""
        return f"{'offer' if self.part == 'document' else 'signed'}-{offer}.{ENDINGS[self.media]}"


@attrs.frozen
class OfferProof:
    """Whether a file of an offer is what it was.

    ``kept`` is the hash that stands beside it, ``audited`` the one the audit
    tells, ``found`` that of the bytes as they lie there now.
    """

    part: Part
    kept: str
    audited: str
    found: str
    whole: bool


def media_of(content: bytes, taken: Collection[str]) -> str:
    """What a file is by its first bytes; raises :class:`OfferFileRefused` for what is not ``taken`` and for too much."""
    if len(content) > MOST:
        raise OfferFileRefused(f"the file has {len(content)} bytes, at most {MOST} are taken", size=len(content))
    found = next((media for begin, media in _BEGINS.items() if content.startswith(begin)), "")
    if found not in taken:
        wanted = " or ".join(ENDINGS[one].upper() for one in taken)
        raise OfferFileRefused(f"the file is no {wanted}, whatever it is called", found=found)
    if found == PDF and b"%%EOF" not in content[-1024:]:
        raise OfferFileRefused("the PDF does not end as one does; it did not come whole", found=found)
    return found


def last_day(text: str, today: date) -> date:
    """The day an offer is good until; raises ``SettingsRefused`` for one that is over."""
    day = date.fromisoformat(text)
    if day < today:
        raise SettingsRefused([Problem("offer.valid_until", f"{day} is over already")])
    return day
