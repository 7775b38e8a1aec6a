"""The settings as values. Each class is one section of the file; each default is what an absent key means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from switchhook.config.secret import Secret


@attrs.frozen(kw_only=True)
class Store:
    """``[store]``: where calls and configuration are kept."""

    url: Secret
    """SQLAlchemy URL; a secret because it may hold a password. Default: SQLite in the data directory."""


@attrs.frozen(kw_only=True)
class Agi:
    """``[agi]``: where the portal's workers wait for calls. Worker k (from 0) listens on ``port + k``."""

    host: str = "127.0.0.1"
    port: int = 4573
    workers: int = 1
    max_sessions: int = 1000
    """Calls one worker serves at a time; more are sent on at once."""
    secret: Secret
    """What Asterisk shows a worker to be let in (FastAGI itself has no authentication)."""

    @property
    def ports(self) -> tuple[int, ...]:
        """The port of each worker, in their order."""
        return tuple(range(self.port, self.port + self.workers))


@attrs.frozen(kw_only=True)
class Ami:
    """``[ami]``: Asterisk's manager interface."""

    host: str = "127.0.0.1"
    port: int = 5038
    user: str = "switchhook"
    secret: Secret


@attrs.frozen(kw_only=True)
class Asterisk:
    """``[asterisk]``: the telephone exchange itself."""

    root: str = ""
    """Directory of a private Asterisk made by ``switchhook asterisk install``; empty: the host's own."""
    user: str = ""
    """Account Asterisk runs under; empty: that of the portal."""
    systemname: str = "sh1"
    """Part of every call's id: differs from node to node."""
    sip_host: str = "127.0.0.1"
    """Address SIP and RTP listen on."""
    sip_port: int = 5060
    transport: Literal["udp", "tcp"] = "udp"
    media_host: str = ""
    """Address phones are told to send their voice to; empty: ``sip_host``."""
    rtp_start: int = 10000
    rtp_end: int = 10999
    data: str = "/usr/share/asterisk"
    """Asterisk's own read-only data (documentation, sounds), as Asterisk sees it."""
    extra_modules: tuple[str, ...] = ()
    """Modules to load on top of those a call needs, e.g. ``"codec_g722.so"``."""


@attrs.frozen(kw_only=True)
class Phone:
    """``[phones.NAME]``: a telephone that registers as NAME."""

    extension: str
    secret: Secret
    caller_id: str = ""
    """Number shown when it calls out; empty: its extension."""


@attrs.frozen(kw_only=True)
class Trunk:
    """``[trunk]``: the carrier."""

    host: str
    port: int = 5060
    user: str = ""
    secret: Secret | None = None
    register: bool = True
    """Register with the carrier (only when there is a ``user``)."""
    caller_id: str = ""
    """Number shown for phones that have none of their own."""
    also_from: tuple[str, ...] = ()
    """Further addresses, ``address:port`` or networks the carrier's calls come from."""


@attrs.frozen(kw_only=True)
class Portal:
    """``[portal]``: what the portal is like."""

    language: Literal["de", "en"] = "en"
    tenant: str = "main"
    keep_days: int = 90
    """Days for which calls, Asterisk's records of them and faults are kept; 0: for good."""
    support_mail: str = ""
    """Address of whoever helps people with the portal, such as ``help@example.org``: shown to all who are signed in."""
    support_phone: str = ""
    """Number people can call for help."""
    support_url: str = ""
    """Page with help, such as ``https://help.example.org/telephony``."""


@attrs.frozen(kw_only=True)
class Web:
    """``[web]``: the portal in the browser, and its API."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """Address people reach it at, such as ``https://portal.example.com``; empty: ``http://host:port``."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies before it: their word on who asks, and whether by https, is taken."""

    @property
    def url(self) -> str:
        """What links in mails begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


@attrs.frozen(kw_only=True)
class Mail:
    """``[mail]``: how mail gets out. Without this section mails are kept in the outbox and shown to administrators."""

    host: str
    port: int = 587
    user: str = ""
    secret: Secret | None = None
    tls: Literal["none", "starttls", "tls"] = "starttls"
    """``starttls`` begins in clear and insists on encryption, ``tls`` is encrypted from the start (port 465)."""
    sender: str
    """Address mails come from, such as ``portal@example.org``."""
    timeout: int = 30
    """Seconds for each answer of the mail server."""


@attrs.frozen(kw_only=True)
class Webhooks:
    """``[webhooks]``: what events may be sent to."""

    allow_private: bool = False
    """Let webhooks reach addresses of this machine and of private networks: whoever may keep webhooks can then ask those."""


@attrs.frozen(kw_only=True)
class Spending:
    """``[spending]``: what calls of a tenant may cost, and how fast they may come, where it has no spend limit of its own."""

    per_day: str = "20"
    """An amount in the currency of the tenant's price list; empty: without a limit."""
    per_month: str = "200"
    """The same for a month."""
    at_once: int = 30
    """Calls to the outside at the same time; 0: any number."""
    numbers_per_hour: int = 100
    """Different numbers in an hour, beyond which calls to the outside are held; 0: any number."""
    new_country_calls: int = 5
    """Calls in an hour to countries nobody called for 30 days, beyond which they are held; 0: any number."""


@attrs.frozen(kw_only=True)
class PluginChoice:
    """``[plugins]``: which plugins run, and in which order they are asked."""

    disabled: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """Without one of these the portal does not start, such as one that guards what calls may cost."""
    safe: bool = False
    """Load only ``web`` and those that are ``required``, so that an operator gets in whatever another plugin does."""


@attrs.frozen(kw_only=True)
class PluginSections:
    """What the operator says to plugins, as it stands: what it means is known once they are loaded."""

    sections: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, repr=lambda given: repr(sorted(given)))
    """``[plugin.NAME]`` by name; there may be secrets in it."""
    environment: Mapping[str, str] = attrs.field(factory=dict, repr=lambda given: repr(sorted(given)))
    """The variables ``SWITCHHOOK_PLUGIN_...``."""
    file: str = attrs.field(default="the settings", eq=False)
    """Where the sections stand, for people."""
    directory: Path = Path()
    """What relative paths are below."""


@attrs.frozen(kw_only=True)
class Settings:
    """Everything the operator decides before the start."""

    data_dir: Path
    store: Store
    agi: Agi
    ami: Ami
    asterisk: Asterisk = attrs.field(factory=Asterisk)
    phones: Mapping[str, Phone] = attrs.field(factory=dict)
    trunk: Trunk | None = None
    portal: Portal = attrs.field(factory=Portal)
    web: Web = attrs.field(factory=Web)
    mail: Mail | None = None
    webhooks: Webhooks = attrs.field(factory=Webhooks)
    spending: Spending = attrs.field(factory=Spending)
    plugins: PluginChoice = attrs.field(factory=PluginChoice)
    plugin: PluginSections = attrs.field(factory=PluginSections)
    """``[plugin.NAME]``: the settings of the plugin NAME."""
