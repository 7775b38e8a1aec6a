"""Texts nobody can guess: sessions, links and tokens are known by them. The store holds their digests alone."""

from __future__ import annotations

import hashlib
import secrets


def unguessable() -> str:
    """256 bits of chance, as it may stand in an address."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is stored of it. A fast hash will do: nobody tries through 256 bits."""
    return hashlib.sha256(text.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """What each form of a session carries: it follows from the session's token, and tells nothing of it."""
    return digest(f"csrf {token}")
