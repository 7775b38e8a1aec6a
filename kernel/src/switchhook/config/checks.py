"""What must hold between and beyond the types of the settings."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from switchhook.config.settings import Mail, Portal, Settings, Spending, Trunk, Web
from switchhook.errors import ConfigError

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
_PHONE: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_SYSTEMNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9]{0,15}")
_EXTENSION: Final = re.compile(r"[0-9]{1,15}")
_CALLER_ID: Final = re.compile(r"(\+?[0-9]{1,15})?")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_TENANT: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_AGI_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,200}")
_MODULE: Final = re.compile(r"[a-z0-9_]+\.so")
_URL: Final = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?")
_SENDER: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}")
_SUPPORT_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.-]{2,30}")
_SUPPORT_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]{0,500})?")
_AMOUNT: Final = re.compile(r"([0-9]{1,6}([.,][0-9]{1,6})?)?")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_OPERATOR: Final = "operator"
"""The tenant of those who run the portal (``access.account.OPERATOR_TENANT``, which lies above this layer)."""
_EMERGENCY: Final = ("110", "112")
_RESERVED: Final = ("trunk", "system", "global", "anonymous")
"""Names the rendered PJSIP configuration uses for itself."""

_Problem = tuple[str, str]
"""A key path and the sentence about it."""


def check(settings: Settings, file: str) -> None:
    """Raise ConfigError naming ``file`` and every key whose value cannot work."""
    problems = [f"{key}: {sentence}" for key, sentence in _problems(settings)]
    if problems:
        raise ConfigError(f"{file}: " + "; ".join(problems), file=file, problems=problems)


def _problems(settings: Settings) -> Iterator[_Problem]:
    yield from _portal(settings)
    yield from _spending(settings.spending)
    yield from _web(settings.web)
    yield from _asterisk(settings)
    yield from _phones(settings)
    if settings.trunk is not None:
        yield from _trunk(settings.trunk)
    if settings.mail is not None:
        yield from _mail(settings.mail)
    ports = list(_ports(settings))
    yield from ports or _collisions(settings)


def _portal(settings: Settings) -> Iterator[_Problem]:
    if not 1 <= settings.agi.workers <= 64:
        yield "agi.workers", "expected 1 to 64"
    if not 1 <= settings.agi.max_sessions <= 100_000:
        yield "agi.max_sessions", "expected 1 to 100000"
    if not _AGI_SECRET.fullmatch(settings.agi.secret.reveal()):
        yield "agi.secret", "expected 16 to 200 letters, digits, - and _ (`switchhook init` makes one)"
    if not _NAME.fullmatch(settings.ami.user):
        yield "ami.user", "expected a name of letters, digits, - and _"
    yield from _hosts(("agi.host", settings.agi.host), ("ami.host", settings.ami.host))
    if not _TENANT.fullmatch(settings.portal.tenant):
        yield "portal.tenant", "expected up to 40 small letters, digits, - and _, such as 'main'"
    if settings.portal.tenant == _OPERATOR:
        yield "portal.tenant", "'operator' is reserved for those who run the portal; take another name, such as 'main'"
    if not 0 <= settings.portal.keep_days <= 36_500:
        yield "portal.keep_days", "expected 0 (for good) to 36500 days"
    yield from _support(settings.portal)


def _spending(spending: Spending) -> Iterator[_Problem]:
    for name, amount in (("per_day", spending.per_day), ("per_month", spending.per_month)):
        if not _AMOUNT.fullmatch(amount):
            yield f"spending.{name}", "expected an amount such as '20' or '12.50', or '' for no limit"
    counts = {name: getattr(spending, name) for name in ("at_once", "numbers_per_hour", "new_country_calls")}
    for name, count in counts.items():
        if not 0 <= count <= 10_000:
            yield f"spending.{name}", "expected 0 (any number) to 10000"


def _support(portal: Portal) -> Iterator[_Problem]:
    if portal.support_mail and not _SENDER.fullmatch(portal.support_mail):
        yield "portal.support_mail", "expected a mail address such as help@example.org"
    if portal.support_phone and not _SUPPORT_PHONE.fullmatch(portal.support_phone):
        yield "portal.support_phone", "expected a number such as '+49 221 123456'"
    if portal.support_url and not _SUPPORT_URL.fullmatch(portal.support_url):
        yield "portal.support_url", "expected an address such as 'https://help.example.org/telephony'"


def _web(web: Web) -> Iterator[_Problem]:
    yield from _hosts(("web.host", web.host))
    if web.public_url and not _URL.fullmatch(web.public_url):
        yield "web.public_url", "expected an address such as 'https://portal.example.com', without a path"
    for proxy in web.trusted_proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            yield "web.trusted_proxies", f"{proxy!r} is no IP address and no network such as 192.0.2.0/24"


def _asterisk(settings: Settings) -> Iterator[_Problem]:
    asterisk = settings.asterisk
    if not _SYSTEMNAME.fullmatch(asterisk.systemname):
        yield "asterisk.systemname", "expected 1 to 16 letters and digits"
    yield from _hosts(("asterisk.sip_host", asterisk.sip_host))
    if asterisk.media_host:
        yield from _hosts(("asterisk.media_host", asterisk.media_host))
    if asterisk.rtp_start % 2:
        yield "asterisk.rtp_start", "expected an even port"
    if asterisk.rtp_end - asterisk.rtp_start < 3:
        yield "asterisk.rtp_end", "expected at least 4 ports from rtp_start on (a call in conversation needs them)"
    if asterisk.root and not asterisk.root.startswith("/"):
        yield "asterisk.root", "expected an absolute path"
    for module in asterisk.extra_modules:
        if not _MODULE.fullmatch(module):
            yield "asterisk.extra_modules", f"{module!r} is no name of a module such as 'codec_g722.so'"


def _phones(settings: Settings) -> Iterator[_Problem]:
    taken: dict[str, str] = {}
    for name, phone in settings.phones.items():
        if not _PHONE.fullmatch(name) or name in _RESERVED:
            # A letter first: a caller's number must never be taken for a phone's name.
            yield (
                f"phones.{name}",
                "expected a name of small letters, digits, - and _ such as 'reception', not reserved",
            )
        if not _EXTENSION.fullmatch(phone.extension) or phone.extension in _EMERGENCY:
            yield f"phones.{name}.extension", "expected 1 to 15 digits, and no emergency number"
        elif phone.extension in taken:
            yield f"phones.{name}.extension", f"{phone.extension} is already that of {taken[phone.extension]!r}"
        taken.setdefault(phone.extension, name)
        if not _CALLER_ID.fullmatch(phone.caller_id):
            yield f"phones.{name}.caller_id", "expected up to 15 digits, with or without + before them"


def _trunk(trunk: Trunk) -> Iterator[_Problem]:
    yield from _hosts(("trunk.host", trunk.host))
    if trunk.user and trunk.secret is None:
        yield "trunk.secret", "missing, though there is a user"
    if not _CALLER_ID.fullmatch(trunk.caller_id):
        yield "trunk.caller_id", "expected up to 15 digits, with or without + before them"
    for source in trunk.also_from:
        if not _is_source(source):
            yield "trunk.also_from", f"{source!r} is no IP address, address:port or network such as 192.0.2.0/24"


def _mail(mail: Mail) -> Iterator[_Problem]:
    yield from _hosts(("mail.host", mail.host))
    if mail.user and mail.secret is None:
        yield "mail.secret", "missing, though there is a user"
    if mail.user and mail.tls == "none" and mail.host not in _LOOPBACK:
        yield "mail.tls", "expected starttls or tls: a password must not cross a network in clear"
    if not _SENDER.fullmatch(mail.sender):
        yield "mail.sender", "expected a mail address such as portal@example.org"
    if not 1 <= mail.timeout <= 300:
        yield "mail.timeout", "expected 1 to 300 seconds"


def _is_source(text: str) -> bool:
    address, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    try:
        ipaddress.ip_network(address)
    except ValueError:
        return False
    return not port or (port.isdecimal() and 0 < int(port) < 65536)


def _hosts(*given: _Problem) -> Iterator[_Problem]:
    for key, host in given:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if not _HOST.fullmatch(host) or host.replace(".", "").isdigit():
                yield key, "expected a host name or an IP address"


def _ports(settings: Settings) -> Iterator[_Problem]:
    ranges = [
        ("agi.port", settings.agi.port),
        ("ami.port", settings.ami.port),
        ("web.port", settings.web.port),
        ("asterisk.sip_port", settings.asterisk.sip_port),
        ("asterisk.rtp_start", settings.asterisk.rtp_start),
        ("asterisk.rtp_end", settings.asterisk.rtp_end),
    ]
    if settings.trunk is not None:
        ranges.append(("trunk.port", settings.trunk.port))
    if settings.mail is not None:
        ranges.append(("mail.port", settings.mail.port))
    for key, port in ranges:
        if not 1 <= port <= 65535:
            yield key, f"{port} is no port: expected 1 to 65535"
    if settings.agi.port + settings.agi.workers - 1 > 65535:
        yield "agi.workers", "the last worker's port would be beyond 65535"


def _collisions(settings: Settings) -> Iterator[_Problem]:
    """Listeners of one protocol with a port in common. Addresses are not compared: that helps nobody to read logs."""
    asterisk = settings.asterisk
    tcp = {"agi.port": settings.agi.ports, "ami.port": (settings.ami.port,)}
    if settings.web.enabled:
        tcp["web.port"] = (settings.web.port,)
    udp = {"asterisk.rtp_start": tuple(range(asterisk.rtp_start, asterisk.rtp_end + 1))}
    (tcp if asterisk.transport == "tcp" else udp)["asterisk.sip_port"] = (asterisk.sip_port,)
    for protocol in (tcp, udp):
        taken: dict[int, str] = {}
        for key, ports in protocol.items():
            clash = next((port for port in ports if port in taken), None)
            if clash is not None:
                yield key, f"port {clash} is already that of {taken[clash]}"
            taken.update(dict.fromkeys(ports, key))
