"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import Job, Label, MenuEntry, Module, Pages, PluginMigrations, Resource, Right, Service, hookimpl

from . import work
from .recording import RecordTalks
from .retention import RecordingClass
from .sentences import SENTENCES


@hookimpl
def modules() -> list[type[Module]]:
    """Having talks recorded."""
    return [RecordTalks]


@hookimpl
def resources() -> list[type[Resource]]:
    """How long recordings are kept."""
    return [RecordingClass]


@hookimpl
def jobs() -> list[Job]:
    """Noting a talk that was kept."""
    return [Job(work.KEPT, work.kept)]


@hookimpl
def services() -> list[Service]:
    """Deleting recordings that are old."""
    return [Service("recording-retention", work.keep_watch)]


@hookimpl
def migrations() -> list[PluginMigrations]:
    """The tables of recordings."""
    return [PluginMigrations("recording", Path(__file__).parent / "migrations")]


@hookimpl
def rights() -> list[Right]:
    """Hearing recordings, saving them, holding them back, and deleting them."""
    return [
        Right("recording.view", Label("Mitschnitte anhören", "Hear recordings")),
        Right("recording.download", Label("Mitschnitte speichern", "Save recordings")),
        Right("recording.hold", Label("Mitschnitte vor dem Löschen sperren", "Hold recordings back")),
        Right("recording.delete", Label("Mitschnitte löschen", "Delete recordings")),
    ]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """The recordings, and beside them who agreed and how long they are kept."""
    return [
        MenuEntry(
            Label("Mitschnitt", "Recording"),
            "/x/recording/recordings",
            "recording.view",
            "record-mail",
            46,
            area="daily",
            tab=Label("Mitschnitte", "Recordings"),
            tabs=("/x/recording/consents", "/x/recording/retention", f"/r/{RecordingClass.kind}"),
        ),
        MenuEntry(Label("Einwilligungen", "Consents"), "/x/recording/consents", "recording.view", "shield-check", 47),
        MenuEntry(
            Label("Löschungen & Nachweise", "Deletions & proofs"),
            "/x/recording/retention",
            "recording.view",
            "trash",
            48,
        ),
    ]


@hookimpl
def pages() -> list[Pages]:
    """The pages of recordings."""
    return [Pages("switchhook_recording.pages")]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
