"""What goes wrong on the manager interface, besides its being unreachable."""

from __future__ import annotations

from switchhook.errors import AsteriskError


class AsteriskRefused(AsteriskError):
    """Asterisk understood an action and declined it; ``data`` holds ``action`` and Asterisk's ``answer``."""

    code = "asterisk_refused"


class AsteriskLoginRefused(AsteriskRefused):
    """The manager account is unknown, its secret wrong, or this address not permitted (manager.conf)."""

    code = "asterisk_login_refused"
