"""The ledger of consents to be read, and proofs of it that anybody can check with the installation's public key."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import delete, select

from ..access.actor import Actor, Forbidden
from ..store.engine import Store
from ..store.tables_consent import consent as table

ALGORITHM: Final = "Ed25519"


@attrs.frozen
class ConsentLine:
    """One answer, as it was written down before anything was recorded.

    ``party`` is ``caller`` or ``called``, ``step`` that of the leg and 0 for
    what the caller said of all of them. ``who`` is a number that was shown, a
    phone, or the pseudonym of a caller whose number was not.
    """

    id: int
    call: str
    step: int
    party: str
    side: str
    who: str
    verdict: str
    mode: str
    prompt: str
    key: str
    at: datetime


@attrs.frozen
class Consents:
    """The ledger of an installation; ``secret`` are the 32 bytes its proofs are signed with."""

    store: Store
    secret: bytes

    def of(self, tenant: str, actor: Actor, right: str) -> TenantConsents:
        """The ledger of a tenant for whoever has ``right`` over everything; raises ``Forbidden``."""
        if not actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=actor.name)
        return TenantConsents(self.store, tenant)

    def signed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document with a signature: anybody can check that this installation made it, and that nothing changed."""
        key = Ed25519PrivateKey.from_private_bytes(self.secret)
        return {"document": document, "algorithm": ALGORITHM, "signature": _text(key.sign(_bytes(document)))}

    def holds(self, proof: Mapping[str, Any]) -> bool:
        """Whether this installation signed it just as it is."""
        return holds(proof, self.public_key)

    @property
    def public_key(self) -> str:
        """What proofs are checked with, in Base64."""
        key = Ed25519PrivateKey.from_private_bytes(self.secret).public_key()
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return _text(key.public_bytes(*raw))

    async def forget(self, before: datetime, calls_kept: Sequence[str]) -> int:
        """Take away answers older than ``before``, but for those of calls whose recordings are still kept."""
        old = delete(table).where(table.c.at < before, table.c.call.not_in(calls_kept)).returning(table.c.id)
        async with self.store.write() as conn:
            return len((await conn.execute(old)).all())


@attrs.frozen
class TenantConsents:
    """The ledger of one tenant."""

    store: Store
    tenant: str

    async def page(self, *, call: str = "", after: int = 0, limit: int = 50) -> Sequence[ConsentLine]:
        """Answers, newest first, older than the one with the id ``after``; of one call if wished, up to ``limit``."""
        query = select(table).where(table.c.tenant == self.tenant).order_by(table.c.id.desc()).limit(limit)
        if call:
            query = query.where(table.c.call == call)
        if after:
            query = query.where(table.c.id < after)
        async with self.store.read() as conn:
            found = (await conn.execute(query)).mappings().all()
        return [ConsentLine(**{name: row[name] for name in _FIELDS}) for row in found]


def holds(proof: Mapping[str, Any], public_key: str) -> bool:
    """Whether a proof was signed by whoever has the key to ``public_key``; False for anything that is no proof."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(proof["signature"], validate=True), _bytes(proof["document"]))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return proof.get("algorithm") == ALGORITHM


def _bytes(document: Mapping[str, Any]) -> bytes:
    """The same bytes for the same values, however their text is laid out."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


_FIELDS: Final = tuple(field.name for field in attrs.fields(ConsentLine))
