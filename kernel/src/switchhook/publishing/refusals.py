"""Why something cannot be done with a flow."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import FlowError, SwitchhookError
from ..flows.drawing import Drawing
from ..flows.merging import Merged
from ..flows.module import Finding
from .values import Use


class StaleDraft(SwitchhookError):
    """Somebody else saved or published meanwhile.

    ``theirs`` is what ``author`` has kept meanwhile under ``revision``, ``base`` what was
    edited, if it is still known, and ``merged`` both changes together, to be
    saved with ``revision`` and ``based_on`` once collisions are decided.
    """

    code = "stale_draft"

    def __init__(
        self,
        flow: str,
        revision: int,
        based_on: int,
        author: str,
        base: Drawing | None,
        theirs: Drawing,
        merged: Merged | None,
    ) -> None:
        super().__init__(
            f"flow {flow!r} was changed meanwhile by {author or 'somebody'}; look at both changes and save again",
            flow=flow,
            revision=revision,
        )
        self.revision = revision
        self.based_on = based_on
        self.author = author
        self.base = base
        self.theirs = theirs
        self.merged = merged


class WarningsUnseen(FlowError):
    """The linter warns; whoever publishes must have seen that. ``findings`` are the warnings."""

    code = "warnings_unseen"

    def __init__(self, findings: Sequence[Finding]) -> None:
        said = "; ".join(f"{one.rule} {one.path}: {one.message}" for one in findings)
        super().__init__(f"there are warnings; publish with them accepted, or mend them: {said}")
        self.findings = tuple(findings)


class FlowInUse(FlowError):
    """A flow that something leads to cannot be deleted; ``uses`` names each."""

    code = "flow_in_use"

    def __init__(self, flow: str, uses: Sequence[Use]) -> None:
        where = ", ".join(f"{use.kind} {use.title!r}" for use in uses[:5])
        more = f" and {len(uses) - 5} more" if len(uses) > 5 else ""
        super().__init__(f"flow {flow!r} is used by {where}{more}; lead them elsewhere first", flow=flow)
        self.uses = tuple(uses)


class TrialHangs(SwitchhookError):
    """A tried call did not end: a plugin hangs."""

    code = "trial_hangs"


class NothingToDiscard(FlowError):
    """A flow that was never published has nothing but its draft."""

    code = "nothing_to_discard"
