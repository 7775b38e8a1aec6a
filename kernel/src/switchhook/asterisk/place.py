"""Where a usable Asterisk is: the host's own, or a private one that was unpacked for Switchhook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import attrs

from switchhook.config import Settings
from switchhook.errors import AsteriskError

OLDEST = (20, 0, 0)
"""The oldest Asterisk whose AGI, PJSIP and dialplan functions the rendered configuration may count on."""

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_ASK_SECONDS = 10.0


class AsteriskMissing(AsteriskError):
    """No usable Asterisk; the sentence says what was looked at and how to get one."""

    code = "asterisk_missing"


@attrs.frozen
class AsteriskPlace:
    """An Asterisk that answered with its version and can be started from here.

    A private Asterisk runs through its own dynamic loader, with its own
    libraries: no chroot, no mount and no root rights, and every path keeps
    its ordinary meaning.
    """

    binary: Path
    version: tuple[int, int, int]
    modules: Path
    """What ``astmoddir`` has to say."""
    data: Path
    """What ``astdatadir`` has to say: documentation of the modules and the stock sounds."""
    loader: tuple[str, ...] = ()
    """What stands before the binary on the command line; empty for the host's own."""
    root: Path | None = None
    """The private root, None for the host's own."""

    @property
    def version_text(self) -> str:
        """The version as people write it, such as ``22.10.1``."""
        return ".".join(str(part) for part in self.version)

    def argv(self, *arguments: str) -> list[str]:
        """The command line that runs this Asterisk with ``arguments``."""
        return [*self.loader, str(self.binary), *arguments]


def default_root(environ: Mapping[str, str] | None = None, *, uid: int | None = None) -> Path:
    """Where a private Asterisk is put when nothing else is configured.

    ``SWITCHHOOK_ASTERISK_ROOT`` wins. The superuser's is below /var/cache,
    which the unprivileged account Asterisk then runs under can reach (/root
    it cannot); anyone else's is in their cache directory.
    """
    environ = os.environ if environ is None else environ
    if named := environ.get("SWITCHHOOK_ASTERISK_ROOT"):
        return Path(named).absolute()
    if (os.geteuid() if uid is None else uid) == 0:
        return Path("/var/cache/switchhook/asterisk-22")
    cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or "~").expanduser() / ".cache"
    return Path(cache) / "switchhook" / "asterisk-22"


def find_asterisk(settings: Settings | None = None, *, path: str | None = None) -> AsteriskPlace:
    """The Asterisk the settings name, else the host's when it is new enough, else the private one.

    The private one is looked for in :func:`default_root`. ``path`` replaces
    the PATH (and sbin directories) searched for the host's. Raises
    :class:`AsteriskMissing` with what was found and how to mend it.
    """
    looked: list[str] = []
    if settings is not None and settings.asterisk.root:
        root = Path(settings.asterisk.root)
    else:
        root = default_root()
        found = _host(path)
        if isinstance(found, AsteriskPlace):
            return found
        looked.append(found)
    private = private_place(root)
    if private is not None and private.version >= OLDEST:
        return private
    looked.append(f"no private Asterisk in {root}")
    raise AsteriskMissing(
        f"no usable Asterisk: {'; '.join(looked)}. Get one with: switchhook asterisk install",
        looked=looked,
        root=str(root),
    )


def _host(path: str | None) -> AsteriskPlace | str:
    """The host's Asterisk, or the words for what is wrong with it."""
    search = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin" if path is None else path
    binary = shutil.which("asterisk", path=search)
    if binary is None:
        return "no asterisk on PATH"
    place = _host_place(Path(binary))
    if place is None:
        return f"{binary} does not run, or its modules were not found"
    if place.version < OLDEST:
        return f"{binary} is {place.version_text}, {OLDEST[0]} or newer is needed"
    return place


def private_place(root: Path) -> AsteriskPlace | None:
    """The Asterisk unpacked below ``root``, or None when there is none that runs."""
    binary = root / "usr/sbin/asterisk"
    loaders = sorted(root.glob("usr/lib/*/ld-linux*.so*")) + sorted(root.glob("usr/lib/ld-linux*.so*"))
    if not binary.is_file() or not loaders:
        return None
    libraries = loaders[0].parent
    modules = libraries / "asterisk/modules"
    # --inhibit-cache: the host's /etc/ld.so.cache lists the host's libraries, built for another C library.
    loader = (str(loaders[0]), "--inhibit-cache", "--library-path", str(libraries), "--argv0", "asterisk")
    version = _ask_version([*loader, str(binary)])
    if version is None or not modules.is_dir():
        return None
    return AsteriskPlace(binary, version, modules, root / "usr/share/asterisk", loader, root)


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The version in what ``asterisk -V`` prints (``Asterisk 22.10.1+dfsg...``, ``certified-20.7-cert1``)."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def _ask_version(argv: list[str]) -> tuple[int, int, int] | None:
    try:
        answer = subprocess.run(  # noqa: S603 - argv is built from paths found on disk, no shell
            [*argv, "-V"], capture_output=True, text=True, errors="replace", timeout=_ASK_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_version(answer.stdout)


def _host_place(binary: Path) -> AsteriskPlace | None:
    version = _ask_version([str(binary)])
    prefix = binary.resolve().parent.parent
    configured = read_directories(Path("/etc/asterisk/asterisk.conf"))
    modules = _first_directory(
        [configured.get("astmoddir"), *prefix.glob("lib/*/asterisk/modules")],
        [prefix / "lib64/asterisk/modules", prefix / "lib/asterisk/modules"],
    )
    data = _first_directory([configured.get("astdatadir"), prefix / "share/asterisk"], [Path("/var/lib/asterisk")])
    if version is None or modules is None or data is None:
        return None
    return AsteriskPlace(binary, version, modules, data)


def _first_directory(*candidates: list[Path | None]) -> Path | None:
    return next((path for group in candidates for path in group if path is not None and path.is_dir()), None)


def read_directories(conf: Path) -> dict[str, Path]:
    """The ``[directories]`` of an ``asterisk.conf``; empty when the file is not there or not readable.

    ``[directories](!)`` is a template that Asterisk itself does not use, so
    it is not used here either.
    """
    try:
        lines = conf.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    section = ""
    found: dict[str, Path] = {}
    for line in (line.split(";", 1)[0].strip() for line in lines):
        if line.startswith("["):
            section = line
        elif section == "[directories]" and "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = Path(value.removeprefix(">").strip())
    return found
