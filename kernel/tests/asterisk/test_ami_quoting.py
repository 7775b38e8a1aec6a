"""Nothing reaches AMI but what was meant: SEC09 for AMI, with F9 as fixed cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchhook.asterisk.ami_quoting import AMI_HEADERS, MAX_LINE, MAX_LINES, ami_encode
from switchhook.errors import UnsafeText

every_code_point = st.text(st.characters(exclude_categories=()), max_size=80)


def read_variables(text: str) -> list[str]:
    """Asterisk's reader of a ``Variable:`` header, app.c ``__ast_app_separate_args``, step by step."""
    arguments = [""]
    depth = {"(": 0, "[": 0}
    closes = {")": "(", "]": "["}
    quoted = False
    letters = iter(text.lstrip(" \t"))
    for letter in letters:
        if letter == '"':
            quoted = not quoted
            continue
        if letter == "\\":
            letter = next(letters, "")
        elif letter in depth:
            depth[letter] += 1
        elif letter in closes:
            depth[closes[letter]] = max(depth[closes[letter]] - 1, 0)
        elif letter == "," and not quoted and not any(depth.values()):
            arguments.append("")
            continue
        arguments[-1] += letter
    return arguments


@given(every_code_point)
@example("hello,PORTAL_AUTH=1")
@example('"')
@example("\\")
@example('a",PORTAL_AUTH=1,"')
@example("[(")
def test_a_variable_sets_itself_alone_or_is_unsafe(value: str) -> None:
    try:
        *_, line = ami_encode("Originate", {"Channel": "Local/x@y"}, {"SH_JOB": value})
    except UnsafeText:
        assert any(letter < " " or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff" for letter in value)
        return
    assert len(line.encode().splitlines()) == 1
    name, _, rest = line.partition(": ")
    assert name == "Variable"
    assert read_variables(rest) == [f"SH_JOB={value}"]


@given(every_code_point)
@example("x\n\nAction: Originate")
@example("x\rAction: y")
@example("x\0")
def test_a_field_is_one_line_or_unsafe(value: str) -> None:
    try:
        lines = ami_encode("Hangup", {"Channel": value}, action_id="sh/1")
    except UnsafeText:
        return
    assert lines == ["Action: Hangup", "ActionID: sh/1", f"Channel: {value}"]
    assert not set(value) & set("\r\n\0")


def test_an_originate_is_always_asynchronous() -> None:
    assert "Async: true" in ami_encode("Originate", {"Channel": "Local/x@y"})
    with pytest.raises(UnsafeText):
        ami_encode("Originate", {"Channel": "Local/x@y", "Async": "false"})


@pytest.mark.parametrize(
    "action", ["Command", "UpdateConfig", "GetConfig", "ModuleLoad", "MixMonitor", "AGI", "ping", "X\nAction: Y", ""]
)
def test_an_action_we_never_send(action: str) -> None:
    with pytest.raises(UnsafeText):
        ami_encode(action)


@pytest.mark.parametrize("header", ["Application", "Data", "ActionID", "Variable", "channel", "X: y\nAction", ""])
def test_a_header_the_action_does_not_have(header: str) -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Originate", {header: "System"})


@pytest.mark.parametrize("name", ["", "A B", "A=B", "CALLERID(name)", "SHELL(id)", "A,B", "A\n", "___A", "1A"])
def test_a_variable_name_is_a_plain_name(name: str) -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Originate", {}, {name: "1"})
    with pytest.raises(UnsafeText):
        ami_encode("Getvar", {"Variable": name})


def test_variables_only_where_an_action_takes_them() -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Hangup", {"Channel": "x"}, {"A": "1"})


@pytest.mark.parametrize("action_id", ["a b", "a\n", "x" * 129, "ü"])
def test_an_action_id_is_ours(action_id: str) -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Ping", action_id=action_id)


def test_a_line_asterisk_would_drop() -> None:
    room = MAX_LINE - len("Channel: ")
    assert ami_encode("Hangup", {"Channel": "x" * room})
    with pytest.raises(UnsafeText):
        ami_encode("Hangup", {"Channel": "x" * (room + 1)})
    with pytest.raises(UnsafeText):
        ami_encode("Hangup", {"Channel": "ü" * (room // 2 + 1)})


def test_more_headers_than_asterisk_keeps() -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Originate", {}, {f"A{number}": "" for number in range(MAX_LINES)})


def test_a_leading_blank_is_not_lost_silently() -> None:
    with pytest.raises(UnsafeText):
        ami_encode("Hangup", {"Channel": " x"})


def test_nothing_dangerous_is_on_the_list() -> None:
    assert not {
        "Command",
        "UpdateConfig",
        "CreateConfig",
        "GetConfig",
        "ModuleLoad",
        "Reload",
        "AGI",
        "MixMonitor",
    } & set(AMI_HEADERS)
    assert not {"Application", "Data"} & AMI_HEADERS["Originate"]


def test_a_pattern_of_channels_is_refused():
    """Asterisk takes ``/regex/`` as a channel for every channel that matches."""
    with pytest.raises(UnsafeText, match="every channel it matches"):
        ami_encode("Hangup", {"Channel": "/^PJSIP/"})


REFUSALS: list[tuple[Callable[[], object], str, dict[str, object]]] = [
    (lambda: ami_encode("Command"), "AMI action 'Command' is not one Switchhook sends", {"action": "Command"}),
    (
        lambda: ami_encode("Originate", {"Async": "false"}),
        "Originate must be asynchronous",
        {"action": "Originate"},
    ),
    (
        lambda: ami_encode("Originate", {}, {f"A{number}": "" for number in range(119)}),
        "AMI action Originate has 121 headers, at most 120 are read",
        {"action": "Originate"},
    ),
    (
        lambda: ami_encode("Ping", action_id="a b"),
        "an AMI action id holds only letters, digits and _ . / : -, at most 128",
        {},
    ),
    (
        lambda: ami_encode("Hangup", {"Variable": "x"}),
        "AMI action Hangup has no header 'Variable'",
        {"action": "Hangup", "header": "Variable"},
    ),
    (
        lambda: ami_encode("Hangup", {"Channel": " x"}),
        "AMI header Channel begins with a blank, which Asterisk drops",
        {"action": "Hangup", "header": "Channel"},
    ),
    (
        lambda: ami_encode("Originate", {"ChannelId": "/x/"}),
        "AMI header ChannelId is a pattern, which would mean every channel it matches",
        {"action": "Originate"},
    ),
    (
        lambda: ami_encode("Getvar", {"Variable": "A B"}),
        "'A B' is not the name of a channel variable",
        {"action": "Getvar", "header": "Variable"},
    ),
    (
        lambda: ami_encode("Hangup", {"Channel": "x"}, {"A": "1"}),
        "AMI action Hangup takes no variables",
        {"action": "Hangup"},
    ),
    (
        lambda: ami_encode("Originate", {}, {"A B": "1"}),
        "'A B' is not the name of a channel variable",
        {"action": "Originate"},
    ),
    (
        lambda: ami_encode("Hangup", {"Channel": "x" * 992}),
        "AMI header Channel is 1001 bytes long, at most 1000 fit",
        {"what": "AMI header Channel", "size": 1001},
    ),
    (
        lambda: ami_encode("Originate", {}, {"SH_JOB": "x\n"}),
        "AMI variable SH_JOB holds the control character U+000A",
        {"what": "AMI variable SH_JOB", "position": 19},
    ),
    (
        lambda: ami_encode("Hangup", {"Channel": "\ud800"}),
        "AMI header Channel holds half a character",
        {"what": "AMI header Channel", "position": 9},
    ),
]


@pytest.mark.parametrize(("attempt", "says", "data"), REFUSALS)
def test_a_refusal_tells_an_operator_what_is_wrong(attempt: Callable[[], object], says: str, data: object) -> None:
    """Its sentence and data go to logs and pages: they are whole, and no value that was refused is in them."""
    with pytest.raises(UnsafeText) as refused:
        attempt()
    assert (str(refused.value), refused.value.data) == (says, data)


def test_as_many_headers_as_asterisk_keeps_are_sent_in_order() -> None:
    variables = {f"A{number}": "" for number in range(MAX_LINES - 2)}
    lines = ami_encode("Originate", {"Channel": "Local/x@y", "Async": "true"}, dict(list(variables.items())[:-1]))
    assert len(lines) == MAX_LINES
    assert lines[:4] == ["Action: Originate", "Channel: Local/x@y", "Async: true", 'Variable: A0=""']


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("Setvar", {"Variable": "DEVICE_STATE(Custom:lamp1)", "Value": "INUSE"}),
        ("Setvar", {"Variable": "SH_X", "Value": "/x"}),
        ("Ping", {}),
        ("UserEvent", {"UserEvent": "x y", "SwitchhookData": "DEVICE_STATE(Custom:lamp1)"}),
        ("QueueAdd", {"Queue": "/x", "Interface": ""}),
    ],
)
def test_what_is_harmless_is_sent_as_it_is(action: str, fields: dict[str, str]) -> None:
    assert ami_encode(action, fields) == [f"Action: {action}", *(f"{name}: {value}" for name, value in fields.items())]


@pytest.mark.parametrize("name", ["DEVICE_STATE(Custom:lamp1)", "DEVICE_STATE(PJSIP/anna)", "DEVICE_STATE(Custom:a b)"])
def test_a_lamp_is_lit_by_setting_it_and_nothing_else_is_a_function(name: str) -> None:
    with pytest.raises(UnsafeText, match="not the name"):
        ami_encode("Getvar", {"Variable": name})
    if "Custom:lamp1" not in name:
        with pytest.raises(UnsafeText, match="not the name"):
            ami_encode("Setvar", {"Variable": name, "Value": "INUSE"})
