"""Secrets at rest: a stolen database or back-up shows none (SEC32)."""

from __future__ import annotations

import base64
import hashlib
import hmac

import attrs
from cryptography.fernet import Fernet, InvalidToken

from ..errors import StoreError


@attrs.frozen
class Seal:
    """Closes secrets with a ``key`` of 32 bytes that is kept outside the database."""

    key: bytes = attrs.field(repr=False)

    @property
    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.key))

    def close(self, secret: str) -> str:
        """The secret as it may be stored."""
        return self._fernet.encrypt(secret.encode()).decode()

    def digest(self, text: str) -> str:
        """What a text can be known again by without being kept; nobody without the key can try texts against it."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def open(self, sealed: str) -> str:
        """The secret again; raises ``StoreError`` when it was closed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise StoreError(
                "a secret in the store was closed with another key; restore the file secrets/seal of this installation"
            ) from error
