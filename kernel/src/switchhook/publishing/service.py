"""The one way to change flows: the browser, the API and commands all come here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import structlog
from sqlalchemy import select

from ..access.actor import SYSTEM, Actor
from ..errors import StoreError
from ..store import tables
from ..store.tables_publishing import flow_schedule
from .catalogue import exits_json, modules_json, template_json
from .ground import Ground
from .making import Making
from .values import Planned

EVERY = 1.0
"""Seconds between two looks at what is due."""
MOST = 20

log = structlog.get_logger(__name__)


@attrs.frozen
class Flows(Making):
    """One tenant's flows. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``.

    Rights are ``flow.view``, ``flow.change`` (drafts, expectations, deleting) and ``flow.publish``.
    """

    def modules(self) -> Sequence[Mapping[str, Any]]:
        """The catalogue of modules as JSON."""
        self.actor.need("flow.view")
        return modules_json(self.ground.modules)

    def exits(self, kind: str, settings: Mapping[str, object]) -> Sequence[Mapping[str, Any]]:
        """The exits of a module with some settings as JSON."""
        self.actor.need("flow.view")
        return exits_json(self.ground.modules, kind, settings)

    async def template_catalogue(self) -> Sequence[Mapping[str, Any]]:
        """The templates that can be used here as JSON."""
        return [template_json(one) for one in (await self.templates()).values()]


@attrs.frozen(kw_only=True)
class Publishing(Ground):
    """The flows of all tenants."""

    def of(self, tenant: str, actor: Actor) -> Flows:
        """The flows of a tenant as ``actor`` may see and change them."""
        return Flows(self, tenant, actor)

    async def publish_due(self) -> int:
        """Publish all whose moment has come; gives how many that was. Several processes may do so at once."""
        table, version = flow_schedule, tables.flow_version
        due = (
            select(table, version.c.no)
            .join(version, version.c.id == table.c.version)
            .where(table.c.state == "waiting", table.c.at <= self.keeping.clock.now())
            .order_by(table.c.at, table.c.id)
            .limit(MOST)
        )
        async with self.keeping.store.read() as conn:
            rows = (await conn.execute(due)).mappings().all()
        done = 0
        for row in rows:
            names = ("id", "flow", "no", "at", "state", "message", "author", "reason")
            actor = attrs.evolve(SYSTEM, name=row["author"] or SYSTEM.name)
            planned = Planned(**{name: row[name] for name in names})
            try:
                done += await self.of(row["tenant"], actor).carry_out(planned) is not None
            except StoreError:
                raise
            except Exception:  # one flow's trouble must not keep the others waiting
                log.exception("a scheduled flow cannot be published yet", flow=planned.flow, tenant=row["tenant"])
        return done

    async def run(self) -> None:
        """Publish what is due until cancelled, and read the live flows beside that before anybody asks for them."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._warmed(), name="reading the live flows")
            await self._watched()

    async def _warmed(self) -> None:
        try:
            log.info("the live flows were read", flows=await self.warm())
        except StoreError as error:
            log.warning("the live flows are read when they are asked for", why=str(error))
        except Exception:  # what is wrong with a flow is told where it is looked at
            log.exception("the live flows could not be read ahead")

    async def _watched(self) -> None:
        while True:
            try:
                await self.publish_due()
            except StoreError as error:
                log.warning("what is scheduled must wait", why=str(error))
            except Exception:  # whatever it was, the next look may find it mended
                log.exception("what is scheduled could not be looked at")
            await asyncio.sleep(EVERY)
