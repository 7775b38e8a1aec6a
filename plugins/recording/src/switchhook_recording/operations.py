"""The recordings in the API."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import attrs

from switchhook import Label, setting
from switchhook.administration import ConsentLine
from switchhook_web.extending import (
    ANY,
    Answer,
    Asked,
    NumberedQuery,
    Operation,
    a_page,
    list_of,
    page_of,
    values_of,
)

from .archive import DELETE, DOWNLOAD, HOLD, VIEW, Archive
from .recordings import Recording, Run


def number_of(text: str) -> int:
    """A recording's number as it stands in an address; 0, which no recording has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


@attrs.frozen
class RecordingQuery(NumberedQuery):
    """Which recordings."""

    search: str = setting("text", "Suche", "Search", default="")


@attrs.frozen
class ConsentQuery(NumberedQuery):
    """Which answers."""

    call: str = setting("text", "Anruf", "Call", default="")


@attrs.frozen
class Holding:
    """Whether a recording is kept from being deleted."""

    held: bool = setting("boolean", "Gesperrt", "Held")


@attrs.frozen
class Proven:
    """A proof as text, just as it was given out."""

    proof: str = setting("text", "Nachweis", "Proof", lines=12)


@attrs.frozen
class Checked:
    """Whether a proof holds: this installation signed it, and nothing in it was changed."""

    holds: bool
    public_key: str


@attrs.frozen
class Proof:
    """A recording and everybody's answers, signed. ``public_key`` checks ``signature`` over the document's JSON with
    sorted keys and without spaces.
    """

    document: dict[str, Any]
    algorithm: str
    signature: str
    public_key: str


def _of(asked: Asked) -> Archive:
    return Archive(asked.administration, asked.tenant, asked.actor)


async def _one(asked: Asked) -> Recording:
    return await _of(asked).get(number_of(asked.path["id"]))


async def _list(asked: Asked) -> Answer:
    query: RecordingQuery = asked.query
    found, after = await _of(asked).page(search=query.search, after=query.after, limit=query.limit)
    return Answer(value=a_page(found, after))


async def _get(asked: Asked) -> Answer:
    return Answer(value=await _one(asked))


async def _sound(asked: Asked) -> Answer:
    sounding = await _of(asked).sounding(await _one(asked), save=True)
    return Answer(value=await asyncio.to_thread(sounding.path.read_bytes), file=f"{sounding.file.id}.wav")


async def _hold(asked: Asked) -> Answer:
    mine, id = _of(asked), number_of(asked.path["id"])  # noqa: A001 - the domain's own word
    await mine.hold([id], held=asked.body.get("held") is True)
    return Answer(value=await mine.get(id))


async def _delete(asked: Asked) -> Answer:
    await _of(asked).delete([number_of(asked.path["id"])])
    return Answer()


async def _proof(asked: Asked) -> Answer:
    signed = await _of(asked).proof(await _one(asked))
    return Answer(value=Proof(**signed, public_key=asked.administration.consents.public_key))


async def _check(asked: Asked) -> Answer:
    consents = asked.administration.consents
    return Answer(value=Checked(consents.holds(read_proof(str(asked.body["proof"]))), consents.public_key))


def read_proof(text: str) -> dict[str, Any]:
    """A proof from its text; an empty one, which never holds, for what is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _ledger(asked: Asked) -> Answer:
    query: ConsentQuery = asked.query
    found = await _of(asked).consents(call=query.call, after=query.after, limit=query.limit)
    return Answer(value=a_page(found, found[-1].id if len(found) == query.limit else 0))


async def _runs(asked: Asked) -> Answer:
    return Answer(value={"items": await _of(asked).runs()})


ALL: Final = "/tenants/{tenant}/recordings"
ONE: Final = f"{ALL}/{{id}}"


def _operation(id: str, method: Any, path: str, de: str, en: str, run: Any, right: str, **more: Any) -> Operation:  # noqa: A002
    said = Label(de, en)
    return Operation(
        id=f"recording.{id}", method=method, path=path, tag="recording", summary=said, run=run, right=right, **more
    )


OPERATIONS: Final = (
    _operation("list", "GET", ALL, "Mitschnitte", "Recordings", _list, VIEW, query=RecordingQuery,
               answer=page_of(Recording, "integer")),
    _operation("get", "GET", ONE, "Ein Mitschnitt", "One recording", _get, VIEW, answer=Recording),
    _operation("sound", "GET", f"{ONE}/sound", "Einen Mitschnitt laden", "The sound of a recording", _sound, DOWNLOAD,
               media=ANY),
    _operation("hold", "PUT", f"{ONE}/hold", "Vor dem Löschen sperren oder freigeben", "Hold back, or release", _hold,
               HOLD, body=values_of(Holding), answer=Recording),
    _operation("delete", "DELETE", ONE, "Einen Mitschnitt löschen", "Delete a recording", _delete, DELETE, status=204),
    _operation("proof", "GET", f"{ONE}/proof", "Signierter Nachweis der Einwilligungen", "Signed proof of the consents",
               _proof, VIEW, answer=Proof),
    _operation("check", "POST", "/tenants/{tenant}/recording-proofs", "Einen Nachweis prüfen", "Check a proof", _check,
               VIEW, body=values_of(Proven), answer=Checked, status=200),
    _operation("consents", "GET", "/tenants/{tenant}/consents", "Einwilligungen", "Consents", _ledger, VIEW,
               query=ConsentQuery, answer=page_of(ConsentLine, "integer")),
    _operation("runs", "GET", "/tenants/{tenant}/recording-runs", "Löschläufe", "Deletions by age", _runs, VIEW,
               answer=list_of(Run)),
)  # fmt: skip
