"""The account Asterisk runs under, and what that account may touch."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from switchhook.errors import ConfigError

_OWN_UIDS = range(64900, 65000)
"""Numbers that neither Debian nor systemd gives to anybody; the first one free on this machine is taken."""


@attrs.frozen
class Account:
    """A user and group by number; ``reason`` says why it was not a less privileged one, empty otherwise."""

    uid: int
    gid: int
    reason: str = ""


def choose_account(wanted: str, paths: Iterable[Path]) -> Account:
    """The account for an Asterisk that has to reach ``paths``.

    Only the superuser can choose: the account named ``wanted``, else the
    host's ``asterisk`` account, else a number of its own that needs no entry
    anywhere. It stays the superuser when that account cannot get at one of
    ``paths``, and says so. Raises ConfigError for an unknown ``wanted``.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    account = _named(wanted) if wanted else _host_account() or _numbered()
    closed = next((wall for path in paths if (wall := first_closed(path, account))), None)
    if closed is not None:
        return Account(0, 0, f"{closed} is closed to other accounts, so Asterisk runs as root")
    return account


def first_closed(path: Path, account: Account) -> Path | None:
    """The first directory on the way to ``path`` that ``account`` may not pass, or None."""
    for step in reversed(path.resolve().parents):
        status = step.stat()
        if account.uid == status.st_uid:
            passable = status.st_mode & stat.S_IXUSR
        elif account.gid == status.st_gid:
            passable = status.st_mode & stat.S_IXGRP
        else:
            passable = status.st_mode & stat.S_IXOTH
        if not passable:
            return step
    return None


def hand_over(writable: Iterable[Path], readable: Iterable[Path], account: Account) -> None:
    """Give ``account`` what it needs, as the superuser; nothing happens for anybody else.

    ``writable`` become its own with all they hold; ``readable`` stay the
    superuser's and can be read by its group alone, for they hold secrets.
    Symbolic links are not followed.
    """
    if os.geteuid() != 0 or account.uid == 0:
        return
    for path in _all(writable):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    for path in _all(readable):
        if not path.is_symlink():
            os.chown(path, 0, account.gid)
            path.chmod(0o750 if path.is_dir() else 0o640)


def _named(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ConfigError(f"asterisk.user: there is no account {name!r}", key="asterisk.user", user=name) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _host_account() -> Account | None:
    entry = next((entry for entry in pwd.getpwall() if entry.pw_name == "asterisk"), None)
    return None if entry is None else Account(entry.pw_uid, entry.pw_gid)


def _numbered() -> Account:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    free = next((uid for uid in _OWN_UIDS if uid not in taken), None)
    if free is None:
        raise ConfigError("asterisk.user: no unprivileged account is free; name one", key="asterisk.user")
    return Account(free, free)


def _all(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from path.rglob("*")
