"""Asking other programs: signed like webhooks, nobody inside, one answer of bounded time and size (SEC12)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import attrs

from ..calls.programs import Unanswered
from ..clock import Clock
from .target import Resolve, TargetRefused, system_resolve, target_of

if TYPE_CHECKING:
    from .wire import Answer

MOST: Final = 8192
"""Bytes of an answer."""


@attrs.frozen
class AskedPrograms:
    """Those of a running portal; see :class:`switchhook.calls.programs.Programs`."""

    clock: Clock
    allow_private: bool = False
    resolve: Resolve = system_resolve

    async def ask(
        self, url: str, question: Mapping[str, object], *, secret: str = "", seconds: float = 3.0
    ) -> Mapping[str, object]:
        """See :meth:`switchhook.calls.programs.Programs.ask`. With ``secret`` it is signed as a webhook is."""
        import aiohttp  # it takes its time, and callers of a portal that starts again wait

        from .wire import SIGNATURE, deliver, signature

        body = json.dumps(dict(question), ensure_ascii=False)
        sign = {SIGNATURE: signature(secret, int(self.clock.now().timestamp()), body)} if secret else {}
        try:
            async with asyncio.timeout(seconds):
                target = await target_of(url, self.resolve, allow_private=self.allow_private)
                answer = await deliver(target, body, sign, timeout=seconds, most=MOST)
        except TargetRefused as refused:
            raise Unanswered(str(refused)) from refused
        except TimeoutError as error:
            raise Unanswered(f"the program did not answer within {seconds:g} s") from error
        except (OSError, aiohttp.ClientError) as error:
            raise Unanswered("the program cannot be reached") from error
        return _object(answer)


def _object(answer: Answer) -> Mapping[str, object]:
    if not answer.taken:
        raise Unanswered(f"the program answered with the status {answer.status}")
    try:
        found = json.loads(answer.text or "{}")
    except (ValueError, RecursionError) as error:
        raise Unanswered("the program's answer is no JSON object") from error
    if not isinstance(found, dict):
        raise Unanswered("the program's answer is no JSON object")
    return found
