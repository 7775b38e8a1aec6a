"""The way into the demonstration's portal: who it is made for, and how a password is set."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import attrs

from ..access.actor import SYSTEM
from ..config import Web
from ..people.people import nobody_is_told
from ..portal.administration import Administration
from .site import TENANT

USERNAME: Final = "demo"
EMAIL: Final = "demo@switchhook.invalid"
"""An address that no mail can leave for (RFC 2606)."""


@attrs.frozen
class WayIn:
    """Where the portal is and how one gets in: ``link`` sets the password, once; it is empty when one was set.

    ``username`` is empty where others run the demo tenant, and its account is gone.
    """

    url: str
    username: str
    link: str = attrs.field(repr=False)
    mails_go_out: bool

    def as_json(self) -> Mapping[str, object]:
        """The same for programs."""
        link = {"set_password": self.link, "good_for_hours": 72} if self.link else {"set_password": None}
        return {"url": self.url, "username": self.username, **link, "mails_go_out": self.mails_go_out}

    def as_text(self, command: str) -> str:
        """The same in words; ``command`` is how the demonstration's ``switchhook`` is called."""
        words = [f"The portal in the browser:   {self.url}"]
        if self.link:
            words += [
                f"    You are the superadmin {self.username!r}. Set your password here (good for 72 hours, and once):",
                f"    {self.link}",
            ]
        elif self.username:
            words += [
                f"    Sign in as {self.username!r} with the password you set. Forgotten? This prints a link for a new one:",
                f"    {command} people set-password-link {self.username}",
            ]
        if not self.mails_go_out:
            words += [
                "    No mail goes out, for the settings file has no section [mail]. Read what would:",
                f"    {command} mail list",
                f"    {command} mail show NUMBER",
            ]
        return "\n".join(words)


async def pages_are_there(web: Web) -> bool:
    """Whether something listens for browsers, after at most 20 s: a link that is followed must lead somewhere."""
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection(web.host, web.port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return True
    return False


async def way_in(administration: Administration) -> WayIn:
    """Make the demo tenant's superadmin where it has none, and a link while its password is not set."""
    people = attrs.evolve(administration.people, invite=nobody_is_told).of(TENANT, SYSTEM)
    found = (await people.page(role="superadmin")).accounts
    if not found:
        values = {"username": USERNAME, "email": EMAIL, "name": "Demo", "role": "superadmin", "language": "en"}
        found = [await people.create(values)]
    settings, mine = administration.settings, next((one for one in found if one.username == USERNAME), None)
    waits = mine is not None and mine.state == "invited"
    link = await administration.helping.of(TENANT, SYSTEM).make_link(mine.id) if mine is not None and waits else ""
    return WayIn(settings.web.url, USERNAME if mine is not None else "", link, settings.mail is not None)
