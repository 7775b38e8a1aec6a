"""The key behind the hashes by which suppressed callers are recognised; it lies outside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def caller_secret(data_dir: Path) -> bytes:
    """The installation's key, made at the first use; readable by its owner alone."""
    path = data_dir / "secrets" / "callers"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".callers-{os.getpid()}-{secrets.token_hex(4)}")
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
