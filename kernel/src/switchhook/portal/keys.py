"""The installation's keys. They lie outside the database, so that a stolen copy of it tells nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

Purpose = Literal["callers", "audit", "seal", "consent"]
"""The hashes by which suppressed callers are recognised; the audit chain; secrets kept with resources; what proofs of consent are
signed with."""


def installation_key(data_dir: Path, purpose: Purpose) -> bytes:
    """32 bytes, made at the first use; readable by their owner alone."""
    path = data_dir / "secrets" / purpose
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{purpose}-{os.getpid()}-{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # the first of several processes wins, whole
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
