"""The session: everything a flow can do with a caller, recorded as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeVar, cast

import attrs

from ..clock import Clock
from ..errors import CallEnded, CallTaken, FlowError, PluginError
from .asking import ask_caller, prepared, record_what_came
from .call import Call
from .event import Event
from .making import Maker, NoMaker
from .network_number import NetworkNumber
from .pins import USUAL, NoPinBook, PinAttempt, PinBook, PinLimits, PinVerdict, fits
from .port import DialPlan, DialResult, Keys, LegSounds, Listen, PhoneState, Place, Port, Target
from .programs import NoPrograms, Programs
from .prompts import Prompt, PromptMissing
from .recording import MEDIA, MediaClass, NoTape, Recorded, RecordedBy, RecordPlan, StorageFull, Tape, Wish
from .room import ROOM_SOUNDS, RoomPlan, RoomState, Stay
from .served import InCall, NoInCall, Served, Talk
from .surroundings import Books, Desk, Gate, LegRefused, NoBooks, NoDesk, NothingKept, Prompts, Recorder, Shelf
from .talk import NoTalks, TalkAnswer, TalkBook, TalkPlan
from .variables import pack_variables

T = TypeVar("T")
JSON_VALUES: Final = (str, int, float, list, tuple, dict, type(None))  # what is in them is the journal's to refuse
LONGEST_THOUGHT: Final = 60  # seconds
LONGEST_WAIT: Final = 3600  # seconds
LONGEST_MAKING: Final = 30  # seconds
LONGEST_LOOK: Final = 5.0  # seconds
LONGEST_QUESTION: Final = 10.0  # seconds


_LAST_WORDS: Final = ("call.ended", "call.taken")
"""What no earlier session of a call can have recorded, whatever this one is going through again."""


@attrs.define
class Session:
    """A caller on the line, as a module sees it.

    Every operation raises ``CallEnded`` when the caller hangs up and may be
    cancelled; both mean that nothing more can be done with the caller. What
    is done is recorded with the point it happened at.
    """

    call: Call
    _port: Port
    _recorder: Recorder
    _prompts: Prompts
    _gate: Gate
    _clock: Clock
    number: int = 1
    language: str = "de"
    variables: dict[str, str] = attrs.field(factory=dict)
    place: Place = attrs.field(factory=Place)
    answered: bool = False
    keys_pressed: int = 0
    _plugins: Sequence[object] = ()
    _shelf: Shelf = NothingKept()  # noqa: RUF009 - a value that never changes
    _tape: Tape = attrs.field(factory=NoTape)
    _books: Books = NoBooks()  # noqa: RUF009 - a value that never changes
    label: str = attrs.field(default="", init=False)
    """What people call the present point."""
    flow: str = attrs.field(default="", init=False)
    """The id of the flow it is in."""
    _desk: Desk = NoDesk()  # noqa: RUF009 - a value that never changes
    _programs: Programs = NoPrograms()  # noqa: RUF009 - a value that never changes
    _pins: PinBook = NoPinBook()  # noqa: RUF009 - a value that never changes
    _maker: Maker = NoMaker()  # noqa: RUF009 - a value that never changes
    network: NetworkNumber = attrs.field(factory=NetworkNumber)
    """The caller's number as the network knows it, for comparing alone; also of a caller who shows none."""
    _in_call: InCall = NoInCall()  # noqa: RUF009 - a value that never changes
    _talked: float = attrs.field(default=0.0, init=False)
    _talks: TalkBook = NoTalks()  # noqa: RUF009 - a value that never changes
    _recorded_as: TalkPlan | None = attrs.field(default=None, init=False)
    _made: dict[str, Prompt] = attrs.field(factory=dict, init=False)
    hung_up: bool = attrs.field(default=False, init=False)  # by the flow itself
    _seq: int = 0
    _replay_to: int = attrs.field(default=0, init=False)
    _remembered: dict[str, str] = attrs.field(factory=dict, init=False)
    _answered_recorded: bool = attrs.field(default=False, init=False)
    _changed: dict[tuple[object, str], object] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Variables taken over from the channel need not be written again."""
        self._remembered = dict(self.variables)
        self._answered_recorded = self.answered

    def now(self) -> datetime:
        """The present moment in UTC, from the kernel's clock."""
        return self._clock.now()

    def plugin(self, kind: type[T]) -> T:
        """The active plugin that is a ``kind``, with the settings the operator gave it.

        Raises ``PluginError`` when there is none, as in a test that does not plug it in.
        """
        for plugin in self._plugins:
            if isinstance(plugin, kind):
                return plugin
        raise PluginError(f"no active plugin is a {kind.__name__}; a test names it: call(..., plugins=[...])")

    async def resource(self, kind: type[T], id: str) -> T:  # noqa: A002 - the domain's own word
        """What the call's tenant keeps as a ``kind`` (a subclass of ``Resource``) under ``id``.

        It comes from memory but for the first time after a change. Raises
        ``NotFound`` when it was deleted: the linter and the trash prevent that
        for what a live flow names.
        """
        if (kind, id) in self._changed:
            return cast(T, self._changed[kind, id])
        return await self._shelf.find(self.call.tenant, kind, id)

    async def change(self, kind: type[T], id: str, *, by: str = "", **fields: object) -> T:  # noqa: A002
        """Change fields of what the call's tenant keeps, for this call at once and for every later one.

        It is a new version like any other, in the audit trail under the name
        of the call, with ``by`` for who it was as far as the call knows, such
        as the label of a PIN. A call that is taken up again changes nothing
        twice. A simulated call changes only what it sees itself. Gives the
        resource as it is then; raises ``NotFound``, and ``SettingsRefused``
        for fields that do not fit.
        """
        place = await self._next()
        before = await self.resource(kind, id)
        await self._port.keep_alive(LONGEST_LOOK)
        kept = await self._desk.change(self.call, kind, id, fields, by, f"{self.call.id}/{place.step}")
        after = kept if kept is not None else cast(T, attrs.evolve(cast(Any, before), **fields))
        self._changed[kind, id] = after
        self.record("resource.changed", resource=getattr(kind, "kind", ""), id=id, fields=sorted(fields), by=by)
        return after

    async def stored(self, work: Callable[[Any], Awaitable[T]], *, otherwise: T) -> T:
        """What ``work`` gives, which gets a connection to look into and change the plugin's own tables.

        It is one short transaction, at most 5 s long; no caller may be waited
        for in it. A simulated call keeps nothing: there it gives ``otherwise``.
        A call that is taken up again asks again, and must not go another way
        for another answer: keep what the way depends on in ``variables``.
        """
        self._must_be_on_the_line()
        await self._port.keep_alive(LONGEST_LOOK)
        return await self._books.work(work, otherwise)

    async def looked_up(self, look: Callable[[Any], Awaitable[T]], *, otherwise: T) -> T:
        """What ``look`` gives, which gets a connection to read the plugin's own tables, at most 5 s long.

        It waits for nobody who writes. A call that is tried in the portal looks
        as well; where nothing is kept, it gives ``otherwise``. Raises
        ``StoreAway`` while the database is away. A call that is taken up again
        looks again.
        """
        self._must_be_on_the_line()
        await self._port.keep_alive(LONGEST_LOOK)
        return await self._books.look(look, otherwise)

    async def order(
        self, kind: str, payload: Mapping[str, object], *, due: datetime | None = None, once: str = ""
    ) -> None:
        """Have the plugin that has a ``Job`` of this kind do something, now or once ``due`` has come.

        The caller waits only until it is written down, and what is written down
        is done whatever ends meanwhile. A call that is taken up again orders
        nothing twice; nor do two calls with the same ``once``. A simulated call
        only says so in its course. Raises ``ValueError`` for a payload that is
        no JSON or longer than 64 KiB.
        """
        place = await self._next()
        await self._port.keep_alive(LONGEST_LOOK)
        await self._desk.order(self.call, kind, payload, due, once or f"{self.call.id}/{place.step}")
        self.record("order.given", order=kind)

    async def check_pin(
        self, purpose: str, subject: str, given: str, expected: Sequence[str], *, limits: PinLimits = USUAL
    ) -> PinVerdict:
        """Whether ``given`` is one of the PINs expected: ``ok``, ``wrong``, or ``locked`` after too many wrong ones.

        ``purpose`` is a word of the caller's own such as ``mailbox``,
        ``subject`` whose PIN it is, such as the mailbox' id, also where there
        is none: what is unknown is to be asked with nothing ``expected``, so
        that it takes as long and is counted alike. Wrong ones are counted for
        the subject, the caller and the call, whatever ends meanwhile; a locked
        subject refuses the right PIN as well. Let a caller hear the same for
        ``wrong`` and ``locked``. PINs are kept nowhere: read them with
        ``secret=True`` and put them into no variable. A simulated call
        counts its own alone.
        """
        place = await self._next()
        await self._port.keep_alive(LONGEST_LOOK)
        attempt = PinAttempt(self.call, place.step, purpose, subject, limits)
        verdict = await self._pins.judge(attempt, right=fits(given, expected))
        self.record("pin.checked", purpose=purpose, subject=subject, verdict=verdict)
        return verdict

    async def ask(
        self, url: str, question: Mapping[str, object], *, secret: str = "", seconds: float = 3.0
    ) -> Mapping[str, object]:
        """What another program answers, a JSON object each way, while the caller hears silence for at most ``seconds``.

        It is a POST to an address of the Internet, unless the operator allows
        inner ones; signed with ``secret`` as webhooks are. Raises
        ``Unanswered`` for every answer that cannot be used, and in simulated
        calls; ``ValueError`` for more than 10 seconds. A call that is taken up
        again asks again.
        """
        if not 0 < seconds <= LONGEST_QUESTION:
            raise ValueError(f"a program is asked for above 0 and up to {LONGEST_QUESTION:g} s, not {seconds!r} s")
        self._must_be_on_the_line()
        await self._port.keep_alive(seconds + 2)
        return await self._programs.ask(url, question, secret=secret, seconds=seconds)

    async def admit(self, group: str, most: int) -> bool:
        """Whether the call is one of at most ``most`` calls of its tenant in a group, a short word, at this moment.

        Asterisk counts, for all workers alike. A call that is admitted counts
        until it ends, also when it is asked again; one that is not does not
        count. Two that come at the same moment may both be refused, never both
        admitted beyond ``most``. A simulated call is alone.
        """
        self._must_be_on_the_line()
        return await self._port.admit(f"{self.call.tenant}-{group}", most)

    # -- what happened --------------------------------------------------------------------------

    def record(self, kind: str, **data: object) -> None:
        """Record an event at the present point; raises ``TypeError`` for what is no JSON value."""
        for name, value in data.items():
            if not isinstance(value, JSON_VALUES):
                raise TypeError(f"{name!r} of an event {kind!r} is {value!r}; give a text, number, list or mapping")
        if self.place.step < self._replay_to and kind not in _LAST_WORDS:
            return
        event = Event(self.number, self._seq, self._clock.now(), kind, self.place.point, data)
        self._seq += 1
        self._recorder.record(self.call, event)

    def note(self, text: str, **data: object) -> None:
        """Record a reason in words, shown in the call's course."""
        self.record("note", text=text, **data)

    # -- where the call stands ------------------------------------------------------------------

    def at_point(self, version: str, point: str, returns: tuple[tuple[str, str], ...] = ()) -> None:
        """Say which point the following operations belong to, and where flows wait for this one to return."""
        step = self.place.step
        self.place = Place(version, point, step + 1, step, returns)

    def resume_at(self, place: Place) -> None:
        """Go on in the point a former session of this call had reached.

        What that session did there is gone through again without being
        recorded again, up to its last step.
        """
        self._replay_to = place.step
        self.place = attrs.evolve(place, step=place.first_step - 1)

    async def _next(self) -> Place:
        # Whether an operation takes a step must depend on nothing that may differ when it is gone through again.
        self._must_be_on_the_line()
        if self.variables != self._remembered:
            await self._port.remember(self._packed())
            self._remembered = dict(self.variables)
        self.place = attrs.evolve(self.place, step=self.place.step + 1)
        return self.place

    def _must_be_on_the_line(self) -> None:
        if self.hung_up:
            raise CallEnded("the flow has hung up")

    def _packed(self) -> str:
        """Variables that cannot be kept are given up, so that the call can still be served without them."""
        try:
            return pack_variables(self.variables)
        except FlowError:
            self.variables = dict(self._remembered)
            raise

    # -- what a caller hears and presses --------------------------------------------------------

    async def answer(self) -> None:
        """Answer the call if it is not answered yet."""
        place = await self._next()
        if not self.answered:
            await self._port.answer(place)
            self._mark_answered()

    async def play(self, *prompts: str, interruptible: bool = False, early: bool = False) -> str:
        """Play prompts by id, in order; gives the key that interrupted them or an empty string.

        Answers first unless ``early``, which plays before the answer (and has
        no effect once answered). A prompt without a sound is recorded as
        missing and passed over.
        """
        self._must_be_on_the_line()
        sounds = await self._find(prompts)
        early = early and not self.answered
        if not sounds:
            return ""
        self._started(sounds)
        place = await self._next()
        if not early:
            self._mark_answered()  # the port does so first of all, and the caller may leave during the prompt
        key = await self._port.play(sounds, interruptible=interruptible, early=early, place=place)
        self.record("prompt.finished", prompts=[sound.id for sound in sounds], interrupted=bool(key))
        if key:
            self.keys_pressed += 1
            self.record("keys", keys=key)
        return key

    async def read(self, *prompts: str, listen: Listen, secret: bool = False) -> Keys:
        """Play prompts and read keys according to ``listen``; answers first.

        With ``secret`` only the count of keys is recorded.
        """
        self._must_be_on_the_line()
        sounds = await self._find(prompts)
        self._started(sounds)
        place = await self._next()
        self._mark_answered()
        keys = await self._port.read(sounds, listen, place=place)
        self.keys_pressed += len(keys.pressed)
        shown: dict[str, object] = {"count": len(keys.pressed)} if secret else {"keys": keys.pressed}
        self.record("keys", **shown, ended_by=keys.ended_by)
        return keys

    async def made(self, key: str, make: Callable[[], bytes], *, within: float = 4.0) -> str:
        """The id by which a sound can be played in this call that is made for it, such as a spoken text.

        ``key`` (small letters and digits) stands for all that shapes the
        sound: what is there under it is played again, for this tenant alone,
        else ``make`` gives it as a mono 16-bit WAV file, in a thread. Raises
        ``TimeoutError`` after ``within`` seconds, at most 30, while the making
        goes on for the next call, and whatever ``make`` raises.
        """
        self._must_be_on_the_line()
        if not 0 < within <= LONGEST_MAKING:
            raise ValueError(f"a sound is made within above 0 and up to {LONGEST_MAKING} s, not {within!r} s")
        await self._port.keep_alive(within + 2)
        async with asyncio.timeout(within):
            prompt = await self._maker.make(self.call.tenant, self.language, key, make)
        self._made[prompt.id] = prompt
        return prompt.id

    async def wait(self, seconds: float) -> None:
        """Stay silent on the line for ``seconds``, 0 to 3600; raises ``ValueError``."""
        if not 0 <= seconds <= LONGEST_WAIT:
            raise ValueError(f"a wait lasts 0 to {LONGEST_WAIT} s, not {seconds!r} s")
        await self._port.wait(seconds, place=await self._next())

    async def keep_alive(self, seconds: float) -> None:
        """Announce a decision that takes up to ``seconds``, at most 60; without it, 3 s of silence to
        Asterisk hand the call to another worker or the number's fallback. Raises ``ValueError``.
        """
        if not 0 < seconds <= LONGEST_THOUGHT:
            raise ValueError(
                f"a caller can be kept waiting for above 0 and up to {LONGEST_THOUGHT} s, not {seconds!r} s"
            )
        await self._port.keep_alive(seconds)

    # -- what a caller leaves -------------------------------------------------------------------

    async def record_voice(
        self,
        of: MediaClass,
        *,
        owner: tuple[str, str],
        longest: int = 180,
        first_silence: float = 5.0,
        last_silence: float = 4.0,
        closing: Literal["#", "*", ""] = "#",
        facts: Mapping[str, object] | None = None,
    ) -> Recorded:
        """Record the caller and keep it as something ``of`` a class that belongs to ``owner`` (kind and id).

        Answers first; plays no tone before it. See :class:`RecordPlan` for what ends it. A caller who hangs up
        ends it as well: it is kept, then ``CallEnded`` is raised. Once begun it is kept whatever dies, the portal
        or Asterisk: its owner's plugin gets an order ``KIND.kept`` for the owner's kind, once, whose payload has ``media``,
        ``owner`` and ``call``. ``facts`` are JSON values shown beside it.
        Raises ``ValueError``, and ``StorageFull`` before anything is recorded.
        """
        plan = RecordPlan(longest, first_silence, last_silence, closing)
        place = await self._next()
        again = await self._port.recorded(place)
        try:
            wish = Wish(of, *owner, longest, {"label": self.label, **(facts or {})})
            media = await self._tape.begin(self.call, place.step, wish, again=again)
        except StorageFull as full:
            self.record("recording.refused", of=of, why=str(full))
            raise
        self._mark_answered()
        self.record("recording.started", of=of, media=media)
        try:
            ended_by = await self._port.record(media, plan, place=place)
        except CallTaken:
            raise
        except CallEnded as gone:
            if "unsaid" not in gone.data:  # otherwise Asterisk may be at it still, and somebody finishes it later
                await self._recorded(media, "hangup")
            raise
        return await self._recorded(media, ended_by)

    async def _recorded(self, media: str, ended_by: RecordedBy | Literal["hangup"]) -> Recorded:
        seconds = await self._tape.finish(self.call.tenant, media)
        self.record("recording.ended", media=media if seconds else "", seconds=seconds, ended_by=ended_by)
        return Recorded(media if seconds else "", seconds, "silence" if ended_by == "hangup" else ended_by, not seconds)

    async def record_talks(self, plan: TalkPlan | None, question: str = "") -> TalkAnswer:
        """Ask the caller by the prompt ``question`` whether talks may be recorded, and have those that follow recorded.

        Only a question heard to its end and the key of the plan are a consent,
        or staying on the line where its mode says so; with ``agent_only`` the
        caller is not asked, for only whoever is called is recorded. Whoever is
        called is asked by the plan's notice before being connected. A talk is
        recorded from its beginning once all agreed, and who agreed is written
        down before. Whoever refuses is connected unrecorded. ``None`` has
        nothing recorded from now on. A call that is taken up again, because
        the portal died, is not recorded. ``failed`` means that nobody could be
        asked, or nothing be written down: then talks are not recorded either.
        """
        self._recorded_as = None
        if plan is None:
            return "refused"
        answer = await ask_caller(self, self._talks, plan, question)
        if answer == "granted":
            self._recorded_as = plan
        return answer

    async def sound_of(self, prompt: str) -> Prompt | None:
        """The sound behind a prompt's id, None where there is none; its course tells of one that is missing."""
        return await self._found(prompt)

    # -- other parties --------------------------------------------------------------------------

    async def dial(self, plan: DialPlan) -> DialResult:
        """Dial after every guard agreed; raises ``LegRefused`` with the reason otherwise."""
        place = await self._next()
        again = await self._port.recorded(place)
        if not again:
            plan = await self._allowed(plan, place)
        sounds = LegSounds(
            await self._found(plan.confirm), await self._found(plan.whisper), await self._found(plan.waiting)
        )
        names = list(map(str, plan.targets))
        self.record("leg.created", leg=place.step, targets=names, ring_seconds=plan.ring_seconds, **_heard(sounds))
        keys = await self._in_call.keys(self.call, self.flow) if plan.in_call else ()
        how = self._recorded_as
        notice = await self._found(how.notice) if how is not None else None
        talk = await prepared(self, self._talks, how, place, notice, again=again)
        try:
            result = await self._port.dial(plan, sounds, place=place, keys=keys, talk=talk)
            if result.pressed is not None:
                result = await self._talk(plan).to_the_end(result)
        except CallEnded as gone:
            if talk is not None and "unsaid" not in gone.data:
                await record_what_came(self, self._talks, place)
            self._leg_left(place, names, gone)
            raise
        self._talked += result.talk_seconds
        if talk is not None or again:  # an earlier session may have had it recorded
            await record_what_came(self, self._talks, place)
        self.record(
            "leg.ended",
            leg=place.step,
            targets=names,
            status=result.status,
            cause=result.cause,
            talk_seconds=result.talk_seconds,
            answered_by=result.answered_by,
            limit_reached=result.limit_reached,
        )
        return result

    def _talk(self, plan: DialPlan) -> Talk:
        return Talk(
            self._port,
            plan,
            Served(self, self._port, self._next, self._find, self.record),
            self._in_call.act,
            self._next,
            self.record,
            lambda: self._clock.now().timestamp(),
            lambda: self._talked,
        )

    async def phone_states(self, *targets: Target) -> tuple[PhoneState, ...]:
        """What each target does at this moment: ``free``, ``engaged`` (it talks or rings), or ``offline``.

        Only of phones anything is known; a number counts as ``free``.
        """
        phones = [target.address for target in targets if target.kind == "phone"]
        place = await self._next()
        told = dict(zip(phones, await self._port.phone_states(phones, place=place), strict=True))
        return tuple(told[one.address] if one.kind == "phone" else "free" for one in targets)

    async def may_dial(self, plan: DialPlan) -> None:
        """Raise ``LegRefused`` with the reason when this leg may not be dialled now, by whoever dials it.

        It is for a call that is to be placed meanwhile, whose placing asks again. A call that is taken up again gets
        the same answer.
        """
        place = await self._next()
        kept = f"_leg_{place.step}"
        if self.variables.get(kept) == "refused":
            raise LegRefused("the leg was refused before the call was taken up again")
        if kept in self.variables:
            return
        try:
            await self._gate.check(self.call, plan, None)
        except LegRefused as refusal:
            self.variables[kept] = "refused"
            self.record("leg.refused", targets=[str(t) for t in plan.targets], why=str(refusal))
            raise
        self.variables[kept] = "allowed"

    async def room(self, owner: tuple[str, str]) -> RoomState:
        """How the room of what a tenant keeps, by its kind and id, stands at this moment."""
        return await self._port.room(self.call.tenant, owner, place=await self._next())

    async def join(self, plan: RoomPlan) -> Stay:
        """Join a room and stay in it; answers first. See :class:`RoomPlan` for what is heard and pressed there.

        All who join the same room of a tenant hear one another, whatever flow
        brought them. Those for whom it is ``full`` or ``locked`` hear nothing
        of that. The room and everybody in it go on without the portal.
        """
        state = await self.room(plan.owner)
        if why := state.refuses(plan):
            self.record("room.refused", of=plan.owner[0], room=plan.owner[1], why=why)
            return Stay(why)
        sounds = await self._room_sounds(plan)
        digits = [await self._quietly(f"digits/{digit}") for digit in range(10)]
        told = [digit for digit in digits if digit is not None]
        place = await self._next()
        self._mark_answered()
        self.record("room.joined", of=plan.owner[0], room=plan.owner[1], moderator=plan.moderator)
        try:
            tenant, ten = self.call.tenant, told if len(told) == len(digits) else []
            stay = await self._port.join(tenant, plan, sounds, ten, place=place)
        except CallTaken:
            raise
        except CallEnded as gone:
            if "unsaid" not in gone.data:
                self.record("room.left", of=plan.owner[0], room=plan.owner[1], ended_by="hangup")
            raise
        told_key = {"key": stay.key} if stay.key else {}
        self.record(
            "room.left",
            of=plan.owner[0],
            room=plan.owner[1],
            ended_by=stay.ended_by,
            seconds=stay.seconds,
            **told_key,
        )
        return stay

    async def _room_sounds(self, plan: RoomPlan) -> dict[str, Prompt]:
        wished = {told: plan.sounds[told] for told in ROOM_SOUNDS if plan.sounds.get(told)}
        found = {told: await self._quietly(id) for told, id in {**wished, "music": plan.music}.items() if id}  # noqa: A001
        return {told: prompt for told, prompt in found.items() if prompt is not None}

    async def _quietly(self, id: str) -> Prompt | None:  # noqa: A002 - the domain's own word
        try:
            return self._prompts.find(id, self.language, self.call.tenant)
        except PromptMissing:
            return None

    async def _allowed(self, plan: DialPlan, place: Place) -> DialPlan:
        if place.step < self._replay_to:
            raise LegRefused("the leg was refused before the call was taken up again")
        try:
            await self._port.keep_alive(LONGEST_LOOK)
            return await self._gate.check(self.call, plan, place.step)
        except LegRefused as refusal:
            self.record("leg.refused", targets=[str(t) for t in plan.targets], why=str(refusal))
            raise

    def _leg_left(self, place: Place, names: list[str], gone: CallEnded) -> None:
        """Record how a leg ended with its caller, as far as the port knows; else Asterisk's own log tells later."""
        if status := gone.data.get("leg_status"):
            told: dict[str, object] = {"status": status, "talk_seconds": gone.data.get("talk_seconds", 0.0)}
            if answered_by := gone.data.get("answered_by"):
                told["answered_by"] = answered_by
            self.record("leg.ended", leg=place.step, targets=names, **told)

    async def hang_up(self, cause: int = 16) -> None:
        """End the call with a Q.850 cause, 1 to 127: 16 normal, 17 busy, 21 rejected.

        The flow ends here, whatever exit the module gives. Raises ``ValueError``.
        """
        if isinstance(cause, bool) or not isinstance(cause, int) or not 1 <= cause <= 127:
            raise ValueError(f"a call ends with a Q.850 cause from 1 to 127, not {cause!r}")
        if not self.hung_up:
            await self._port.hang_up(cause)
            self.hung_up = True

    # -- inside ---------------------------------------------------------------------------------

    async def _find(self, ids: Sequence[str]) -> list[Prompt]:
        found = []
        for id in ids:  # noqa: A001 - the domain's own word
            try:
                if id in self._made:
                    found.append(self._made[id])
                elif id.startswith(MEDIA):
                    found.append(await self._tape.find(self.call.tenant, id.removeprefix(MEDIA)))
                else:
                    found.append(self._prompts.find(id, self.language, self.call.tenant))
            except PromptMissing as missing:
                self.record("prompt.missing", prompt=id, why=str(missing))
        return found

    async def _found(self, id: str) -> Prompt | None:  # noqa: A002 - the domain's own word
        return next(iter(await self._find([id])), None) if id else None

    def _started(self, sounds: Sequence[Prompt]) -> None:
        if sounds:
            self.record("prompt.started", prompts=[sound.id for sound in sounds])

    def _mark_answered(self) -> None:
        self.answered = True
        if not self._answered_recorded:
            self._answered_recorded = True
            self.record("call.answered")


def _heard(sounds: LegSounds) -> dict[str, str]:
    """What is heard during a leg by the caller and by whoever answers, as the course tells it."""
    heard = {"waiting": sounds.waiting, "whisper": sounds.whisper, "confirm": sounds.confirm}
    return {what: prompt.id for what, prompt in heard.items() if prompt is not None}
