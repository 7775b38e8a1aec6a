"""The password policy of a tenant: four levels, of which each shows its rules, and what else is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from quart import Blueprint, Response, g

from switchhook import Label, MenuEntry, Problem
from switchhook.administration import INTERVALS, LEVELS, PasswordPolicy, rules, shown

from ..access import right
from ..frame import administration, render
from ..kept.desks import PolicyDesk
from ..kept.saving import Edited, Saving
from ..kept.shared import answer
from ..messages import leave
from ..sentences import in_language
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("password_policy", __name__)
MENU: Final = (
    MenuEntry(
        Label("Passwort-Regeln", "Password policy"), "/password-policy", "policy.change", icon="shield-lock", order=85
    ),
)


@blueprint.get("/t/<tenant>/password-policy")
@right("policy.change")
async def show(tenant: str) -> str:
    """The slider with the rules of every level."""
    return await _show(tenant)


@blueprint.post("/t/<tenant>/password-policy")
@right("policy.change")
async def keep(tenant: str) -> Response:
    """Raise the level, or change what else is asked for; where somebody else did meanwhile, both sides are shown."""
    policy = administration().policies.of(tenant, g.actor)

    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        said = "; ".join(in_language(one.message, language()) for one in problems)
        return answer(await _show(tenant, said, version=version, given=values), 422)

    base = f"/t/{tenant}/password-policy"
    trail = [(_("Password policy"), base)]
    first = shown(PasswordPolicy())
    return await Saving(tenant, base, PolicyDesk(policy), again, trail, first=first, done=_is_saved).take()


def _is_saved(policy: Edited) -> None:
    leave(_("The password policy is saved. It counts for new passwords."))


async def _show(
    tenant: str, problem: str = "", *, version: int | None = None, given: Mapping[str, object] | None = None
) -> str:
    kept = await administration().policies.of(tenant, g.actor).get()
    return await render(
        "pages/password_policy.html",
        version=kept.version if version is None else version,
        lowest=shown(kept.value)["level"],
        value={**shown(kept.value), **(given or {})},
        levels=[(level, rules(level)) for level in LEVELS],
        intervals=INTERVALS,
        problem=problem,
        crumbs=[],
    )
