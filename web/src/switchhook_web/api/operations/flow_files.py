"""Several flow files at once: live together, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from switchhook import Problem, setting
from switchhook.administration import SettingsRefused, Source, a_line

from ..drawings import MOST, unfit
from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import a_text, list_of
from .flow_publishing import PublishedLine, published_line
from .flows import flow_operation, work

_FILES: Final = 200


@attrs.frozen
class FlowFile:
    """The text of a flow, and the name that errors call it by."""

    text: str = setting("text", "Text (YAML)", "Text (YAML)", lines=20)
    file: str = setting(
        "text",
        "Dateiname",
        "Name of the file",
        default="flow.yaml",
        pattern=r"[^\x00-\x1f]{1,200}",
        shape=a_line(200, 1),
    )


@attrs.frozen
class ImportAsked:
    """Flow files that go live together."""

    files: tuple[FlowFile, ...] = setting("rows", "Dateien", "Files", row=FlowFile)
    message: str = setting("text", "Nachricht", "Message", default="", pattern=r"[^\x00]{0,500}", shape=a_text(500))


def operations() -> Sequence[Operation]:
    """The import."""
    body = attrs.evolve(declared_body(ImportAsked, "ImportAsked"), most=MOST)
    return [
        flow_operation(
            "import",
            "Mehrere Abläufe aus Dateien veröffentlichen",
            "Publish several flows of files",
            method="POST",
            path="/tenants/{tenant}/flow-imports",
            run=_import,
            right="flow.publish",
            body=body,
            answer=list_of(PublishedLine),
            may=("publish_refused", "flow_refused", "script", "trial_hangs", "stale_draft"),
        )
    ]


async def _import(asked: Asked) -> Answer:
    wanted: ImportAsked = asked.body
    problems = [] if 0 < len(wanted.files) <= _FILES else [Problem("files", f"must be 1 to {_FILES}")]
    for place, one in enumerate(wanted.files):
        problems += unfit(one.text, f"files[{place}].text", 0)
    if problems:
        raise SettingsRefused(problems)
    sources = [Source(one.text, one.file) for one in wanted.files]
    done = await work(asked).import_texts(sources, message=wanted.message)
    return Answer(value={"items": [published_line(one) for one in done]})
