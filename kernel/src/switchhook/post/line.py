"""One connection to the mail server, with a deadline on every step."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final, Literal

import attrs

from ..config.settings import Mail as MailSettings
from .message import wire_address
from .template import one_line

if TYPE_CHECKING:
    import aiosmtplib

_STEPS: Final = 6
"""Answers of the server that one mail needs at most, connecting included."""
_SLOWEST: Final = 50_000.0
"""Bytes a second of a mail that a line must take, or it counts as gone."""
_AUTHENTICATION: Final = (530, 534, 535, 538)


@attrs.frozen
class Outcome:
    """What became of one try. ``server`` tells that the server as a whole is the trouble, and not this mail."""

    state: Literal["sent", "deferred", "bounced"]
    reply: str
    server: bool = False


@attrs.define
class Line:
    """Connects when first needed, and again after a step went wrong."""

    _settings: MailSettings
    _smtp: aiosmtplib.SMTP | None = None

    async def deliver(self, message: EmailMessage, to: str) -> Outcome:
        """Hand one message over; never raises for what the server does or does not do."""
        import aiosmtplib

        try:
            async with asyncio.timeout(_STEPS * self._settings.timeout):
                smtp = await self._connected()
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            return Outcome("deferred", _said(error), server=True)
        try:
            content = await asyncio.to_thread(message.as_bytes)  # long for a large file
            patience = self._settings.timeout + len(content) / _SLOWEST
            async with asyncio.timeout(_STEPS * self._settings.timeout + patience):
                _, reply = await smtp.sendmail(self._settings.sender, [wire_address(to)], content, timeout=patience)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[0])
        except aiosmtplib.SMTPSenderRefused as refused:
            return Outcome("deferred", _said(refused), server=True)
        except aiosmtplib.SMTPResponseException as refused:
            return _refused(refused)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            return Outcome("deferred", _said(error))
        return Outcome("sent", one_line(reply)[:300])

    async def trouble(self) -> str:
        """What keeps the server from letting the portal in; empty when it does."""
        import aiosmtplib

        try:
            async with asyncio.timeout(_STEPS * self._settings.timeout):
                await self._connected()
        except (aiosmtplib.SMTPException, OSError) as error:
            return _said(error)
        finally:
            await self.close()
        return ""

    async def close(self) -> None:
        """Say goodbye if the server listens, within a second; the connection is gone in any case."""
        import aiosmtplib

        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(1):
                await smtp.quit()
        smtp.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        import aiosmtplib

        chosen = self._settings
        self._smtp = aiosmtplib.SMTP(
            hostname=chosen.host,
            port=chosen.port,
            username=chosen.user or None,
            password=chosen.secret.reveal() if chosen.secret is not None else None,
            timeout=chosen.timeout,
            use_tls=chosen.tls == "tls",
            start_tls=chosen.tls == "starttls",
        )
        await self._smtp.connect()
        return self._smtp


def _refused(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """4xx means later, 5xx never; a server that wants another password says nothing about the mail."""
    server = error.code in (*_AUTHENTICATION, 421)
    return Outcome("bounced" if error.code >= 500 and not server else "deferred", _said(error), server)


def _said(error: Exception) -> str:
    code = getattr(error, "code", None)
    text = str(getattr(error, "message", "") or error) or type(error).__name__
    return one_line(f"{code} {text}" if code else text)[:300]
