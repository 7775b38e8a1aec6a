"""Help: whom people ask, and what an operator hands to those who help him."""

from __future__ import annotations

from importlib.metadata import version

import attrs

from ..access.actor import Actor, Forbidden
from ..asterisk.live import LiveCalls
from ..clock import Clock
from ..config import Settings
from ..store.engine import Store
from .diagnosis.bundle import Ground, bundle
from .diagnosis.doctor import Installed, examinations
from .diagnosis.examined import Check, examine
from .plugging import Plugged


@attrs.frozen
class SupportContact:
    """How those who run the portal can be reached; each is empty where the settings do not say it."""

    mail: str = ""
    phone: str = ""
    url: str = ""

    def __bool__(self) -> bool:
        """Whether there is any way at all."""
        return bool(self.mail or self.phone or self.url)


@attrs.frozen
class Support:
    """Help with this portal."""

    settings: Settings
    store: Store
    clock: Clock
    plugged: Plugged
    live: LiveCalls

    @property
    def contact(self) -> SupportContact:
        """Whom everybody who is signed in may ask."""
        portal = self.settings.portal
        return SupportContact(portal.support_mail, portal.support_phone, portal.support_url)

    @property
    def version(self) -> str:
        """Of the portal."""
        return version("switchhook")

    async def bundle(self, actor: Actor) -> bytes:
        """An archive (zip) that tells how the installation is, without anybody's secrets, numbers, names or addresses.

        For the operator: whoever else asks is ``Forbidden``. Takes up to a
        minute, as the doctor also asks what is slow to answer.
        """
        if actor.role != "operator":
            raise Forbidden("the installation is the operator's", actor=actor.name)
        answers = await self.plugged.hooks.collect("migrations")
        installed = Installed(self.plugged.plugins, self.plugged.unclaimed, [answer.value for answer in answers])

        def examined() -> list[Check]:
            return examine(self.settings, examinations(lambda: installed))

        return await bundle(
            Ground(
                settings=self.settings,
                clock=self.clock,
                store=self.store,
                installed=installed,
                modules=self.plugged.modules,
                examined=examined,
                suspended=lambda name: self.plugged.breaker.suspended(name) is not None,
                exchange=self._exchange,
            )
        )

    def _exchange(self) -> dict[str, object]:
        live = self.live
        started = live.started.isoformat() if live.started else None
        return {"why_uncertain": live.stale, "started": started, "calls": len(live.snapshot())}
