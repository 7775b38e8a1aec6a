"""Recording a caller, as a module sees it, in the simulator."""

from __future__ import annotations

import attrs
import pytest

from switchhook import Exit, Label, Module, Session
from switchhook.calls.recording import NoTape, RecordPlan, StorageFull
from switchhook.testing import call


@attrs.frozen
class Records(Module):
    kind = "records"
    label = Label("Nimmt auf", "Records")

    def exits(self) -> tuple[str, ...]:
        return ("kept", "empty", "full")

    async def run(self, session: Session) -> Exit:
        await session.play("greeting", interruptible=True)
        try:
            taken = await session.record_voice("message", owner=("mailbox", "box"), longest=60)
        except StorageFull as full:
            return Exit("full", str(full))
        await session.play(f"media/{taken.media}" if taken.media else "nothing")
        return Exit("empty" if taken.empty else "kept", f"{taken.seconds:g} {taken.ended_by}")


@pytest.mark.parametrize(
    ("keys", "exit", "why", "seconds"),
    [
        ("say:12", "kept", "12 silence", 2 + 12 + 4 + 2),
        ("say:12#", "kept", "12 key", 2 + 12 + 2),
        ("wait,say:90", "kept", "60 full", 2 + 60 + 2),
        ("wait", "empty", "0 silence", 2 + 5 + 2),
        ("wait,#", "empty", "0 key", 2 + 2),
    ],
)
async def test_a_simulated_caller_speaks(keys: str, exit: str, why: str, seconds: float) -> None:  # noqa: A002
    done = await call(Records(), keys)
    assert (done.exit, done.why, done.seconds) == (exit, why, seconds)
    assert done.heard[-1] == ("nothing" if exit == "empty" else "media/simulated-2")
    assert "records a message" in str(done)


async def test_who_hangs_up_after_speaking_is_kept() -> None:
    done = await call(Records(), "say:3,hangup")
    ended = next(event for event in done.events if event.kind == "recording.ended")
    assert (ended.data["seconds"], ended.data["ended_by"], bool(ended.data["media"])) == (3.0, "hangup", True)
    assert done.events[-1].data["by"] == "caller"


async def test_full_storage_is_an_exit_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> str:
        raise StorageFull("the storage is full; delete files or order more storage")

    monkeypatch.setattr(NoTape, "begin", full)
    done = await call(Records(), "say:3")
    assert done.exit == "full"
    assert "may not record a message: the storage is full" in str(done)


@pytest.mark.parametrize("wrong", [{"longest": 0}, {"longest": 9000}, {"first_silence": 0}, {"closing": "5"}])
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="recording"):
        RecordPlan(**wrong)  # type: ignore[arg-type]
