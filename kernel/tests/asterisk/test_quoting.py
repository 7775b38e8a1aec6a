"""Nothing reaches Asterisk but what was meant: SEC09, SEC10 and SEC13 for AGI."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchhook.asterisk.dial_target import dial_string, dial_target, endpoint_target
from switchhook.asterisk.quoting import (
    MAX_BYTES,
    MAX_VALUE,
    MAX_WORDS,
    agi_encode,
    agi_read,
    argument_list,
    sound_key,
    sound_list,
    state_word,
)
from switchhook.calls.numbers import NumberRefused, classify
from switchhook.errors import UnsafeText

every_code_point = st.characters(exclude_categories=())
words = st.lists(st.text(every_code_point, max_size=40), max_size=12)


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"


@given(words)
@example(["SET", "VARIABLE", "X", ""])
@example(["", "", ""])
@example(['"', "\\", '\\"', '"\\', " ", "  ", "\\ ", '" "'])
@example(["SET VARIABLE PWNED yes"])
@example(["a\u2028b", "a\u0085b"])
def test_a_command_is_one_line_that_reads_back_or_unsafe(texts: list[str]) -> None:
    try:
        line = agi_encode(*texts)
    except UnsafeText:
        everything = "".join(texts)
        assert (
            not texts
            or any(_is_control(character) or "\ud800" <= character <= "\udfff" for character in everything)
            or len(everything.encode()) > MAX_BYTES // 4
            or texts[0].lower().startswith(("failure", "asyncagi"))
        )
        return
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert len(line) <= MAX_BYTES
    assert agi_read(line[:-1]) == [text.encode() for text in texts]


@given(
    st.text(st.one_of(st.sampled_from("ab1"), every_code_point), max_size=60),
    st.integers(0, 60),
    st.sampled_from(["\r", "\n", "\0", "\t", "\x1b", "\x85"]),
)
def test_a_control_character_anywhere_is_refused_by_name(text: str, place: int, control: str) -> None:
    harmless = text.translate(dict.fromkeys(range(0xA0)))
    with pytest.raises(UnsafeText, match="control character U\\+00"):
        agi_encode("SET", "VARIABLE", "X", harmless[:place] + control + harmless[place:])


@pytest.mark.parametrize("words", [("a\nb",), ("GET", "a\nb"), ("VERBOSE", "a\nVERBOSE\nb", "1")])
def test_a_line_end_between_harmless_letters_makes_no_two_words_of_one(words: tuple[str, ...]) -> None:
    """All of it could stand without quotes, and is told apart from as many words only by their number."""
    with pytest.raises(UnsafeText, match=r"U\+000A"):
        agi_encode(*words)


def test_what_needs_no_quotes_has_none_and_everything_else_has() -> None:
    assert agi_encode("GET", "VARIABLE", "X") == b"GET VARIABLE X\n"
    assert agi_encode("SAY", "a b", "", 'c"d\\') == b'SAY "a b" "" "c\\"d\\\\"\n'


REFUSALS: list[tuple[Callable[[], object], str, dict[str, object]]] = [
    (lambda: agi_encode(), "an AGI command of 0 words, 1 to 127 are possible", {"words": 0}),
    (
        lambda: agi_encode("EXEC", "Dial", "x" * 5000),
        "an AGI command of 5011 bytes, at most 4096 are safe",
        {"size": 5011},
    ),
    (lambda: agi_encode("Failure"), "AGI command 'Failure' is never sent", {"command": "Failure"}),
    (
        lambda: agi_encode("Get", "FULL", "VARIABLE", "x"),
        "GET FULL VARIABLE evaluates text and is never sent",
        {"command": "Get"},
    ),
    (lambda: agi_encode("EXEC", "System", "id"), "application 'System' is never executed", {"application": "System"}),
    (lambda: agi_encode("EXEC", "Set", "AGIEXECFULL=1"), "AGIEXECFULL would make Asterisk evaluate our arguments", {}),
    (
        lambda: agi_encode("SET", "VARIABLE", "SH_X", "ü" * 512),
        "a channel variable of 1024 bytes comes back as 1023",
        {"variable": "SH_X", "size": 1024},
    ),
    (
        lambda: agi_encode("NOOP", "a", "ab\x07"),
        "word 3 of an AGI command holds the control character U+0007",
        {"what": "word 3 of an AGI command", "position": 2},
    ),
    (
        lambda: agi_encode("NOOP", "abc\ud800"),
        "word 2 of an AGI command holds half a character",
        {"what": "word 2 of an AGI command", "position": 3},
    ),
    (lambda: state_word("a,b"), "a state word holds only letters, digits and _ . : / + -", {"length": 3}),
    (lambda: argument_list("a", "b,c"), "subroutine argument 2 would be read as something else", {"argument": 2}),
    (
        lambda: sound_key("/etc/x"),
        "a sound is named by a key such as 'acme/welcome', never by a path or URL",
        {"length": 6},
    ),
    (lambda: dial_target("0301", "t"), "only a canonical E.164 number can be dialled", {"length": 4}),
    (lambda: endpoint_target("a b"), "a PJSIP endpoint is named by letters, digits and _ . -", {"length": 3}),
    (lambda: dial_string([]), "there is nobody to dial", {}),
]


@pytest.mark.parametrize(("attempt", "says", "data"), REFUSALS)
def test_a_refusal_tells_an_operator_what_is_wrong(attempt: Callable[[], object], says: str, data: object) -> None:
    """Its sentence and data go to logs and pages: they are whole, and what was refused is not in them."""
    with pytest.raises(UnsafeText) as refused:
        attempt()
    assert (str(refused.value), refused.value.data) == (says, data)


@pytest.mark.parametrize(
    "command",
    [
        ("GET", "VARIABLE", "X"),
        ("GET", "DATA", "full"),
        ("SAY", "full", "1"),
        ("SAY",),
        ("EXEC",),
        ("SET", "VARIABLE"),
        ("SET", "VARIABLE", "X"),
        ("SET", "AUTOHANGUP", "x" * 2000),
        ("SET", "CALLERID", "agiexecfull"),
        ("VERBOSE", "variable", "y" * 2000),
        ("EXEC", "Playback", "variable", "z" * 2000),
        ("VERBOSE", "system"),
        ("VERBOSE", "agiexecfull", "1"),
        ("DATABASE", "variable", "agiexecfull"),
        ("EXEC", "variable", "x", "z" * 2000),
    ],
)
def test_what_only_resembles_it_is_sent(command: tuple[str, ...]) -> None:
    assert agi_read(agi_encode(*command)[:-1]) == [word.encode() for word in command]


def test_a_refusal_says_which_word_and_where_but_not_what() -> None:
    with pytest.raises(UnsafeText) as refused:
        agi_encode("SET", "VARIABLE", "X", "topsecret\nSET VARIABLE PWNED yes")
    assert refused.value.data == {"what": "word 4 of an AGI command", "position": 9}
    assert "topsecret" not in str(refused.value)


def test_the_port_of_asterisks_reader_knows_its_rules() -> None:
    assert agi_read(b'a  b\tc "d e" "" f\\ g "h\\"i\\\\" j"k l"m') == [
        b"a", b"b", b"c", b"d e", b"", b"f g", b'h"i\\', b"jk lm",
    ]  # fmt: skip


def test_f6_a_long_line_would_be_run_as_two_commands() -> None:
    assert len(agi_encode("EXEC", "Dial", "a" * (MAX_BYTES - len("EXEC Dial \n")))) == MAX_BYTES
    with pytest.raises(UnsafeText):
        agi_encode("EXEC", "Dial", "a" * 8191 + "SET VARIABLE PWNED yes")
    with pytest.raises(UnsafeText):
        agi_encode("EXEC", "Dial", "ü" * 2100)  # it is bytes that count
    with pytest.raises(UnsafeText):
        agi_encode("EXEC", "Dial", '"' * 2100)


def test_a_value_asterisk_would_cut_off() -> None:
    assert agi_encode("SET", "VARIABLE", "X", "x" * MAX_VALUE)
    for value in ("x" * (MAX_VALUE + 1), "ü" * (MAX_VALUE // 2 + 1), "\ud800" * (MAX_VALUE + 1)):
        with pytest.raises(UnsafeText):
            agi_encode("SET", "VARIABLE", "X", value)


def test_more_words_than_asterisk_has_places_for() -> None:
    most = ["x y"] * MAX_WORDS
    assert agi_read(agi_encode(*most)[:-1]) == [b"x y"] * MAX_WORDS
    with pytest.raises(UnsafeText):
        agi_encode(*most, "x")
    with pytest.raises(UnsafeText):
        agi_encode()


@pytest.mark.parametrize(
    "command",
    [
        ("GET", "FULL", "VARIABLE", "${SHELL(id)}"),
        ("get", "Full", "variable", "x"),
        ("EXEC", "System", "id"),
        ("exec", "TRYSYSTEM", "id"),
        ("EXEC", "AGI", "agi://10.0.0.1/x"),
        ("SET", "VARIABLE", "AGIEXECFULL", "yes"),
        ("set", "variable", "agiexecfull", "yes"),
        ("SET", "VARIABLE", "_AGIEXECFULL", "yes"),
        ("SET", "VARIABLE", "GLOBAL(AGIEXECFULL)", "yes"),
        ("EXEC", "Set", "AGIEXECFULL=yes"),
        ("EXEC", "MSet", "SH_CAUSE=16,__agiexecfull=yes"),
        ("failure",),
        ("FAILURE", "x"),
        ("ASYNCAGI", "BREAK"),
    ],
)
def test_what_evaluates_or_leaves_is_never_sent(command: tuple[str, ...]) -> None:
    with pytest.raises(UnsafeText):
        agi_encode(*command)


@given(st.text(every_code_point))
def test_a_state_word_is_harmless_to_the_dialplan(text: str) -> None:
    harmless = all(character.isascii() and (character.isalnum() or character in "_.:/+-") for character in text)
    if harmless:
        assert state_word(text) == text
    else:
        with pytest.raises(UnsafeText):
            state_word(text)


@given(st.lists(st.text(every_code_point, max_size=10), min_size=1, max_size=8))
def test_subroutine_arguments_stay_as_many_as_they_are(arguments: list[str]) -> None:
    try:
        joined = argument_list(*arguments)
    except UnsafeText:
        return
    assert joined.split(",") == arguments


@pytest.mark.parametrize("argument", ["a,b", "a b", "$", "${X}", "t(#", "t)#(", "t(#)(*)", '"', "a|b", "a;b", "a\n"])
def test_a_subroutine_argument_that_is_none(argument: str) -> None:
    with pytest.raises(UnsafeText):
        argument_list("x", argument)


def test_terminator_options_and_dial_strings_are_arguments() -> None:
    assert (
        argument_list("a&b", "1", "", "t(#)", "PJSIP/+49301@trunk&PJSIP/anna")
        == "a&b,1,,t(#),PJSIP/+49301@trunk&PJSIP/anna"
    )


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../x",
        "a/../b",
        "a..b",
        "/var/x",
        "a//b",
        "a/",
        ".hidden",
        "a&b",
        "http://127.0.0.1:8099/x.wav",
        "a\0",
        "a\n",
        "A",
        "ä",
        "a b",
        "a,b",
        "a|b",
        "x" * 300,
    ],
)
def test_sec13_a_sound_is_a_key_never_a_path_or_url(key: str) -> None:
    with pytest.raises(UnsafeText):
        sound_key(key)
    with pytest.raises(UnsafeText):
        sound_list(["welcome", key])


def test_a_sound_has_a_name_of_at_most_200_letters() -> None:
    assert sound_key("x" * 200) == "x" * 200
    with pytest.raises(UnsafeText):
        sound_key("x" * 201)


def test_sounds_are_joined_in_order() -> None:
    assert sound_list(["acme/welcome.1", "beep", "digits/5"]) == "acme/welcome.1&beep&digits/5"
    assert sound_list([]) == ""


@pytest.mark.parametrize(
    "number",
    [
        "500&PJSIP/x/0900123",
        "+49301;x",
        "+49301@host",
        "+49301,30",
        "4930|1",
        "${X}",
        "+49 (0)30 1",
        "00049301",
        "+49301w1",
        "+49301p1",
        "\N{FULLWIDTH DIGIT FOUR}\N{FULLWIDTH DIGIT NINE}30123",
        "٤٩٣٠١٢٣",
        "+49301\n",
        "",
        "+",
        "123",
        "+1234567890123456",
        "++49301",
        "030123456",
    ],
)
def test_sec10_only_canonical_numbers_are_dialled(number: str) -> None:
    with pytest.raises(UnsafeText):
        dial_target(number, "trunk")


@given(
    st.one_of(st.text(every_code_point, max_size=20), st.from_regex(r"[+0]{0,2}[0-9]{1,17}", fullmatch=True)),
    st.one_of(st.just("trunk"), st.text(every_code_point, max_size=6), st.text("aZ9_.-", max_size=66)),
)
def test_a_target_is_one_number_at_one_trunk_or_unsafe(number: str, trunk: str) -> None:
    """Read back as Asterisk does: ``&`` rings another, ``,`` ends the targets, ``/`` and ``@`` part what it dials."""
    digits = number.removeprefix("+")
    canonical = digits.isascii() and digits.isdigit() and digits[0] != "0" and 4 <= len(digits) <= 15
    plain = all(letter.isascii() and (letter.isalnum() or letter in "_.-") for letter in trunk)
    if not (canonical and plain and trunk[:1].isalnum() and len(trunk) <= 64):
        with pytest.raises(UnsafeText):
            dial_target(number, trunk)
        return
    dialled = dial_string([dial_target(number, trunk), endpoint_target(trunk)])
    assert [one.split("@") for one in dialled.split("&")] == [[f"PJSIP/{number}", trunk], [f"PJSIP/{trunk}"]]
    assert argument_list(dialled) == dialled


@given(st.text("0123456789+ ()/-", max_size=22))
def test_whatever_is_a_subscribers_number_can_be_dialled(text: str) -> None:
    try:
        found = classify(text)
    except NumberRefused:
        return
    if found.kind == "e164":
        assert dial_target(found.canonical, "trunk") == f"PJSIP/{found.canonical}@trunk"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a@b", "a&b", "a,b", "a\n", "-a", "ü", "x" * 65])
def test_an_endpoint_is_a_name(name: str) -> None:
    with pytest.raises(UnsafeText):
        endpoint_target(name)
    with pytest.raises(UnsafeText):
        dial_target("+4930123456", name)


def test_targets_ring_together_in_order() -> None:
    assert (
        dial_string([endpoint_target("anna"), dial_target("+4930123456", "trunk")])
        == "PJSIP/anna&PJSIP/+4930123456@trunk"
    )
    with pytest.raises(UnsafeText):
        dial_string([])
