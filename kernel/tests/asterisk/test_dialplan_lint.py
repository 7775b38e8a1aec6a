"""SEC11, SEC28: the lint finds every seeded fault, and nothing in what is rendered."""

from __future__ import annotations

import itertools
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.dialplan_lint import untrusted
from switchhook.asterisk.fallback import NumberFallback
from switchhook.asterisk.render import render
from switchhook.config import Agi, Ami, Asterisk, Phone, Portal, Secret, Settings, Store, Trunk

BAD = {
    "caller's name in an expression": 'exten => _XX,1,GotoIf($["${CALLERID(name)}" = "boss"]?a:b)',
    "caller's name as an argument": "exten => _XX,1,AGI(agi://127.0.0.1:4573/call,${CALLERID(name)},END)",
    "caller's number kept": "exten => _XX,1,Set(SH_STATE=${CALLERID(num)})",
    "open pattern": "exten => _X.,1,Goto(call,${EXTEN},1)",
    "open pattern with !": "exten => _X!,1,Set(SH_NUMBER=${EXTEN})",
    "class in the pattern": "exten => _[0-9a-z]X,1,Set(SH_NUMBER=${EXTEN})",
    "part of an open pattern": "exten => _X.,1,Set(SH_NUMBER=${EXTEN:1})",
    "special extension": "exten => i,1,Dial(PJSIP/${EXTEN}@trunk)",
    "INVALID_EXTEN": "exten => i,1,Playback(${INVALID_EXTEN})",
    "SIP header": "exten => _XX,1,Set(SH_X=${PJSIP_HEADER(read,X-Way)})",
    "header in a jump": 'exten => _XX,1,GotoIf($["${PJSIP_HEADER(read,X)}" = "1"]?a)',
    "channel": "exten => _XX,1,Set(SH_X=${CHANNEL(pjsip,request_uri)})",
    "redirecting": "exten => _XX,1,Set(SH_X=${REDIRECTING(from-num)})",
    "unknown variable": "exten => _XX,1,Dial(${TARGET})",
    "argument outside a subroutine": "exten => _XX,1,Dial(${ARG1})",
    "expanded name": "exten => _XX,1,Set(SH_X=${${SH_STATE}})",
    "expanded name at the left": "exten => _XX,1,Set(${SH_STATE}=1)",
    "name inside IF": 'exten => _XX,1,Set(SH_X=${IF($["${CALLERID(num)}" = ""]?a:b)})',
    "value inside IF": "exten => _XX,1,Set(SH_X=${IF($[1]?${CALLERID(num)}:b)})",
    "CUT of a foreign variable": "exten => _XX,1,Set(SH_X=${CUT(WORDS,&,1)})",
    "FILTER that lets everything through": "exten => _XX,1,Set(SH_X=${FILTER(${SH_X},${CALLERID(num)})})",
    "redirect followed": "exten => _XX,1,Dial(PJSIP/alice)",
    "redirect followed with options": "exten => _XX,1,Dial(PJSIP/alice,20,gL(1000))",
    "i of another option": "exten => _XX,1,Dial(PJSIP/alice,20,gU(sh-i^i)b(sh-leg^i^1))",
    "i elsewhere": "exten => _XX,1,Dial(PJSIP/i,20i,g,i)",
    "i in what is expanded": 'exten => _XX,1,Dial(PJSIP/alice,20,${IF($["${SH_i}" = "i"]?i:i)})',
    "second Dial": "exten => _XX,1,NoOp(Dial(PJSIP/a,1,i)Dial(PJSIP/a,1,g))",
    "EVAL": "exten => _XX,1,Set(SH_X=${EVAL(${SH_STATE})})",
    "SHELL": "exten => _XX,1,Set(SH_X=${SHELL(id)})",
    "System": "exten => _XX,1,System(id)",
    "TryExec": "exten => _XX,1,TryExec(Playback(x))",
    "AGI on this machine": "exten => _XX,1,AGI(/usr/bin/x)",
    "AGIEXECFULL": "exten => _XX,1,Set(AGIEXECFULL=1)",
    "never closed": "exten => _XX,1,Set(SH_X=${SH_STATE)",
    "expression never closed": "exten => _XX,1,Set(SH_X=$[1)",
    "second step": "exten => _XX,1,NoOp()\n same => n,Set(SH_X=${CALLERID(all)})",
    "label": "exten => _XX,1,NoOp()\n same => n(x),Set(SH_X=${CALLERID(all)})",
    "old spelling": "exten = _XX,1,Set(SH_X=${CALLERID(all)})",
    "hint of a comment": "exten => _XX,1,Set(SH_X=${CALLERID(num)}) ; harmless",
    "included file": "#include other.conf",
    "run program": "#exec /bin/x",
    "include": "include => other",
    "switch": "switch => Realtime/x@y",
}

GOOD = [
    "exten => _+XX,1,Goto(call,${EXTEN},1)",
    "exten => 110,1,Dial(PJSIP/${EXTEN}@trunk,,i)",
    "exten => _X.,1,Set(SH_X=${FILTER(0-9,${CALLERID(num)})})",
    'exten => s,1,GotoIf($["${DIALSTATUS}" = "ANSWER"]?a)',
    "exten => s,1,Set(CALLERID(pres)=prohib)",
    "exten => s,1,Dial(PJSIP/alice,20,gU(sh-taken^x)iL(2000))",
    "exten => s,1,Dial(${SH_X},${SH_Y},g${SH_X}L(${SH_Z})i)",
    "exten => s,1,Set(SH_X=${CUT(SH_STATE,.,1)}) ; ${CALLERID(num)} in a comment",
]


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_fault_is_found(line):
    found = untrusted(f"[from-trunk]\n{line}\n")
    assert found
    assert found[0].line == 1 + len(line.splitlines())


@pytest.mark.parametrize("line", GOOD)
def test_harmless_line_is_left_alone(line):
    assert untrusted(f"[from-trunk]\n{line}\n") == []


HOST = st.sampled_from(["127.0.0.1", "::1", "portal.example.net"])
SETTINGS = st.builds(
    Settings,
    data_dir=st.just(Path("/srv/switchhook")),
    store=st.just(Store(url=Secret("sqlite+aiosqlite://"))),
    agi=st.builds(
        Agi,
        host=HOST,
        port=st.integers(1, 60000),
        workers=st.integers(1, 64),
        secret=st.from_regex(r"[A-Za-z0-9_-]{16,200}", fullmatch=True).map(Secret),
    ),
    ami=st.just(Ami(secret=Secret("s"))),
    asterisk=st.just(Asterisk()),
    portal=st.just(Portal()),
    phones=st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,30}", fullmatch=True),
        st.builds(Phone, extension=st.from_regex(r"[0-9]{1,15}", fullmatch=True), secret=st.just(Secret("s"))),
        max_size=3,
    ),
    trunk=st.none() | st.builds(Trunk, host=HOST),
)
FALLBACKS = st.lists(
    st.builds(
        NumberFallback,
        number=st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True),
        kind=st.sampled_from(["announce", "ring", "hangup"]),
        target=st.sampled_from(["PJSIP/alice", "PJSIP/+4930@trunk", "PJSIP/a&PJSIP/1@trunk"]),
        sound=st.sampled_from(["", "/srv/x/sounds/ab-1", "beep"]),
        ring_seconds=st.integers(1, 600),
    ),
    max_size=4,
    unique_by=lambda fallback: fallback.number,
)


@given(SETTINGS, FALLBACKS)
def test_nothing_is_found_in_what_is_rendered(settings, numbers):
    assert untrusted(render(settings, numbers)["extensions.conf"]) == []


@given(SETTINGS, st.data())
def test_one_fault_anywhere_in_what_is_rendered_is_found(settings, data):
    lines = render(settings)["extensions.conf"].splitlines()
    steps = [number for number, line in enumerate(lines) if line.startswith((" same", "exten"))]
    number = data.draw(st.sampled_from(steps))
    source = data.draw(
        st.sampled_from(["CALLERID(name)", "PJSIP_HEADER(read,X)", "INVALID_EXTEN", "CHANNEL(pjsip,call-id)"])
    )
    head, _, tail = lines[number].rpartition(")")
    lines[number] = f"{head}${{{source}}}){tail}"
    assert [finding.line for finding in untrusted("\n".join(lines))] == [number + 1]


@given(st.text())
def test_any_text_is_judged_and_never_breaks_the_lint(text):
    for finding in untrusted(f"[x]\nexten => _X.,1,{text}"):
        assert attrs.asdict(finding)["reason"]


def test_emergency_numbers_ask_nobody():
    settings = Settings(
        data_dir=Path("/srv/x"),
        store=Store(url=Secret("x")),
        agi=Agi(secret=Secret("s" * 20)),
        ami=Ami(secret=Secret("s")),
        trunk=Trunk(host="192.0.2.1"),
    )
    text = render(settings)["extensions.conf"]
    for dialled, number in itertools.product(("", "+49", "0049"), ("110", "112")):
        steps = text.partition(f"exten => {dialled}{number},")[2].partition("exten")[0]
        assert f"Dial(PJSIP/{number}@trunk,,i)" in steps
        assert "AGI" not in steps
        assert "Goto" not in steps
