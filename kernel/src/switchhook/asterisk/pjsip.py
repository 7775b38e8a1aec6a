"""PJSIP: the phones, the carrier, and how their voice and keys reach us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from switchhook.asterisk.conf_text import Lines, file_text, safe_value, section
from switchhook.asterisk.lamps import HINTS, box_of
from switchhook.config import Phone, Settings, Trunk

_WILDCARDS: Final = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to

_ENDPOINT: Final = (
    ("type", "endpoint"),
    ("transport", "transport-main"),
    ("disallow", "all"),
    ("allow", "ulaw,alaw"),
    ("direct_media", "no"),
    ("ice_support", "no"),
    ("rtp_symmetric", "yes"),
    ("timers", "no"),
    # RFC 4733 where the other side offers it, else tones in the voice; INFO is understood in both cases.
    ("dtmf_mode", "auto"),
    ("inband_progress", "no"),
    ("allow_overlap", "no"),
    ("allow_transfer", "no"),
    # A redirect (SIP 3xx) must reach Dial, which ignores it; uri_pjsip would follow it without asking anybody.
    ("redirect_method", "user"),
    ("send_diversion", "no"),
    ("allow_subscribe", "no"),
)
_LAMPS: Final = {"allow_subscribe": "yes"}
"""What phones alone may: ask for lamps, in a context that holds nothing else."""


def pjsip_conf(settings: Settings) -> str:
    """The text of pjsip.conf. Raises ConfigError for a value that would break a line."""
    media = _media(settings)
    parts = [*_common(settings)]
    for name, phone in settings.phones.items():
        parts += _phone(name, phone, settings.trunk, media)
    if settings.trunk is not None:
        parts += _trunk(settings.trunk, media)
    return file_text(*parts)


def _common(settings: Settings) -> Iterator[str]:
    yield section(
        "global",
        [
            ("type", "global"),
            ("user_agent", "Switchhook"),
            # A phone says who it is. By address alone only the carrier is known, which may share one with phones.
            ("endpoint_identifier_order", "username,ip"),
            ("default_from_user", "anonymous"),
            ("send_contact_status_on_update_registration", "no"),
        ],
    )
    yield section("system", [("type", "system"), ("disable_rport", "no")])
    asterisk = settings.asterisk
    host = f"[{asterisk.sip_host}]" if ":" in asterisk.sip_host else asterisk.sip_host
    yield section(
        "transport-main",
        [("type", "transport"), ("protocol", asterisk.transport), ("bind", f"{host}:{asterisk.sip_port}")],
    )


def media_host(settings: Settings) -> str:
    """The one address voice is sent to and from; empty: Asterisk finds out for each call."""
    chosen = settings.asterisk.media_host or settings.asterisk.sip_host
    return "" if chosen in _WILDCARDS else chosen


def _media(settings: Settings) -> Lines:
    # Without media_address each call looks up the host's own name: with a slow DNS every call waits for it.
    address = media_host(settings)
    bound = "yes" if settings.asterisk.sip_host not in _WILDCARDS and not settings.asterisk.media_host else "no"
    return [("media_address", address), ("bind_rtp_to_media_address", bound if address else "")]


def _phone(name: str, phone: Phone, trunk: Trunk | None, media: Lines) -> Iterator[str]:
    secret = safe_value(phone.secret.reveal(), f"phones.{name}.secret")
    number = phone.caller_id or phone.extension
    outside = phone.caller_id or (trunk.caller_id if trunk else "") or phone.extension
    yield section(
        name,
        [
            *({**dict(_ENDPOINT), **_LAMPS}.items()),
            *media,
            ("context", "from-phone"),
            ("subscribe_context", HINTS),
            ("mailboxes", box_of(name)),
            ("mwi_subscribe_replaces_unsolicited", "yes"),
            ("auth", name),
            ("aors", name),
            ("identify_by", "username"),
            ("callerid", f"<{number}>"),
            ("set_var", f"SH_OUTSIDE={outside}"),
            ("trust_id_inbound", "no"),
            ("trust_id_outbound", "no"),
            ("force_rport", "yes"),
            ("rewrite_contact", "yes"),
            ("send_pai", "no"),
        ],
    )
    yield section(name, [("type", "auth"), ("auth_type", "userpass"), ("username", name), ("password", secret)])
    yield section(
        name,
        [
            ("type", "aor"),
            ("max_contacts", "5"),
            ("remove_existing", "yes"),
            ("qualify_frequency", "0"),
            ("mailboxes", box_of(name)),
        ],
    )


def _trunk(trunk: Trunk, media: Lines) -> Iterator[str]:
    user = safe_value(trunk.user, "trunk.user")
    address = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    yield section(
        "trunk",
        [
            *_ENDPOINT,
            *media,
            ("context", "from-trunk"),
            ("aors", "trunk"),
            ("outbound_auth", "trunk" if user else ""),
            ("identify_by", "ip"),
            # No callerid here: it would replace the number of every caller who sends no P-Asserted-Identity.
            ("from_user", user),
            ("from_domain", trunk.host if user else ""),
            # The carrier has checked the numbers it passes on, and needs ours even where it is not to be shown.
            ("trust_id_inbound", "yes"),
            ("trust_id_outbound", "yes"),
            ("send_pai", "yes"),
            ("send_connected_line", "no"),
            ("user_eq_phone", "yes"),
        ],
    )
    yield section("trunk", [("type", "aor"), ("contact", f"sip:{address}:{trunk.port}"), ("qualify_frequency", "0")])
    yield section(
        "trunk-address",
        [
            ("type", "identify"),
            ("endpoint", "trunk"),
            ("match", ",".join((_match(trunk, address), *trunk.also_from))),
            ("srv_lookups", "no"),
        ],
    )
    if user:
        yield from _account(trunk, user, address)


def _match(trunk: Trunk, address: str) -> str:
    """Whom to take for the carrier. On loopback many peers share the address: there the port tells them apart."""
    try:
        loopback = ipaddress.ip_address(trunk.host).is_loopback
    except ValueError:
        loopback = trunk.host == "localhost"
    return f"{address}:{trunk.port}" if loopback else trunk.host


def _account(trunk: Trunk, user: str, address: str) -> Iterator[str]:
    secret = safe_value(trunk.secret.reveal() if trunk.secret else "", "trunk.secret")
    yield section("trunk", [("type", "auth"), ("auth_type", "userpass"), ("username", user), ("password", secret)])
    if trunk.register:
        yield section(
            "trunk-registration",
            [
                ("type", "registration"),
                ("transport", "transport-main"),
                ("outbound_auth", "trunk"),
                ("server_uri", f"sip:{address}:{trunk.port}"),
                ("client_uri", f"sip:{user}@{address}:{trunk.port}"),
                ("contact_user", user),
                ("retry_interval", "30"),
                ("forbidden_retry_interval", "300"),
                ("max_retries", "1000000"),
            ],
        )
