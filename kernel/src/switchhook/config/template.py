"""The settings file that ``switchhook init`` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_TEXT: Final = """\
# The settings of Switchhook. What is commented out shows the default.
# Every key can be set from outside as SWITCHHOOK_<SECTION>_<KEY>, e.g. SWITCHHOOK_AGI_WORKERS=2.
# Secrets: a text, or {{ file = "path" }}; the path is relative to this file.

data_dir = {data_dir}

[store]
# url = "postgresql+asyncpg://user@host/database"   # default: SQLite in the data directory

[agi]                        # the portal's workers; worker k listens on port + k
# host = "127.0.0.1"
port = {agi_port}
# workers = 1
# max_sessions = 1000
# secret = {{ file = "..." }} # default: secrets/agi in the data directory

[ami]                        # Asterisk's manager interface
# host = "127.0.0.1"
port = {ami_port}
# user = "switchhook"
# secret = {{ file = "..." }} # default: secrets/ami in the data directory

[asterisk]
root = {root}
# user = ""                  # account Asterisk runs under; empty: that of the portal
systemname = {systemname}
# sip_host = "127.0.0.1"     # "0.0.0.0" lets phones and carriers from elsewhere in
sip_port = {sip_port}
# transport = "udp"          # or "tcp"
# media_host = ""            # address for voice when it is not sip_host
rtp_start = {rtp_start}
rtp_end = {rtp_end}
# extra_modules = []

[portal]
language = {language}
# tenant = "main"
# keep_days = 90             # how long calls are kept; 0: for good
# support_mail = ""          # who helps people with the portal: shown to all who are signed in
# support_phone = ""
# support_url = ""

[web]                        # the portal in the browser, and its API
# enabled = true
# host = "127.0.0.1"         # "0.0.0.0" lets browsers from elsewhere in; then use https, see public_url
port = {web_port}
# public_url = ""            # address people reach it at when a proxy stands before it: "https://portal.example.com"
# trusted_proxies = []       # addresses of such proxies, e.g. ["127.0.0.1"]

[plugins]
# disabled = []
# order = []
# required = []              # without one of these the portal does not start
# safe = false               # true loads only web and those that are required

# [phones.reception]
# extension = "100"
# secret = {{ file = "secrets/reception" }}
# caller_id = "+4930123456"

# [trunk]
# host = "sip.example.net"
# port = 5060
# user = "account"
# secret = {{ file = "secrets/trunk" }}
# register = true
# also_from = ["192.0.2.0/24"]   # where else the carrier's calls come from
# caller_id = "+4930123456"

# [mail]                     # without it, mails are kept and shown to administrators
# host = "mail.example.net"
# port = 587
# user = "account"
# secret = {{ file = "secrets/mail" }}
# tls = "starttls"           # or "tls" (port 465), or "none"
# sender = "portal@example.org"
# timeout = 30

# [webhooks]
# allow_private = false      # true lets webhooks reach this machine and private networks

# [spending]                 # what calls of a tenant may cost that has no spend limit of its own
# per_day = "20"             # in the currency of its price list; "": without a limit
# per_month = "200"
# at_once = 30               # calls to the outside at the same time; 0: any number
# numbers_per_hour = 100     # different numbers, beyond which calls to the outside are held; 0: any number
# new_country_calls = 5      # calls an hour to countries not called for 30 days, beyond which they are held

# [plugin.NAME]              # settings of the plugin NAME, see: switchhook plugins settings
"""


def default_toml(
    data_dir: Path,
    *,
    root: str = "",
    systemname: str = "sh1",
    language: str = "en",
    agi_port: int = 4573,
    ami_port: int = 5038,
    sip_port: int = 5060,
    rtp_start: int = 10000,
    rtp_end: int = 10999,
    web_port: int = 8080,
) -> str:
    """The text of a settings file with every key explained; ports differ from the defaults for a second instance."""
    return _TEXT.format(
        data_dir=_quoted(str(data_dir)),
        root=_quoted(root),
        systemname=_quoted(systemname),
        language=_quoted(language),
        agi_port=agi_port,
        ami_port=ami_port,
        sip_port=sip_port,
        rtp_start=rtp_start,
        rtp_end=rtp_end,
        web_port=web_port,
    )


def _quoted(text: str) -> str:
    """``text`` as a TOML basic string."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'
