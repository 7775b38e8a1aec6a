"""How a call introduces itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.agi_request import AgiRequest, parse_request
from switchhook.errors import AsteriskError

from .agi_peer import SECRET, environment


def _request(*args: str, **changed: str) -> AgiRequest:
    return parse_request(environment(*args, **changed).removesuffix(b"\n\n"), SECRET)


def test_the_environment_of_asterisk_is_read() -> None:
    assert _request("1", "4930990", "trunk", "st.1") == AgiRequest(
        path="call",
        args=("1", "4930990", "trunk", "st.1"),
        uniqueid="sh1-1764000000.12",
        channel="PJSIP/trunk-00000001",
        caller_number="+4930123456",
        caller_name="Frau Müller",
        presentation=0,
        dnid="4930990",
        extension="4930990",
        context="call",
        language="de",
        rdnis="",
    )


def test_the_route_is_the_path_without_its_query() -> None:
    assert _request(network_script="call?x=1&y=2").path == "call"


def test_presentation_is_a_number_or_nothing() -> None:
    assert _request(callingpres="35").presentation == 35
    assert _request(callingpres="-1").presentation == 0


def test_latin_1_name_does_not_cost_the_call() -> None:
    block = environment(calleridname="NAME").replace(b"NAME", "Jörg".encode("latin-1")).removesuffix(b"\n\n")
    assert parse_request(block, SECRET).caller_name == "J\N{REPLACEMENT CHARACTER}rg"


@pytest.mark.parametrize("secret", ["", "s3cret-of-this-boo", "s3cret-of-this-boot ", "\N{REPLACEMENT CHARACTER}"])
def test_wrong_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(AsteriskError) as refused:
        _request(secret=secret)
    assert SECRET not in str(refused.value)
    assert not refused.value.data


def test_a_name_cannot_bring_headers_of_its_own() -> None:
    with pytest.raises(AsteriskError):
        _request(calleridname="x\nagi_arg_1: forged")
    with pytest.raises(AsteriskError):
        _request(calleridname="x\nno header")


def test_without_a_route_there_is_no_request() -> None:
    block = f"agi_uniqueid: 1.1\nagi_arg_1: {SECRET}".encode()
    with pytest.raises(AsteriskError):
        parse_request(block, SECRET)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_cleanly(block: bytes) -> None:
    with pytest.raises(AsteriskError):
        parse_request(block, SECRET)


@given(st.binary(max_size=60).filter(lambda name: b"\n" not in name))
def test_any_name_is_taken_as_it_is(name: bytes) -> None:
    block = environment(calleridname="NAME").replace(b"NAME", name).removesuffix(b"\n\n")
    expected = name.decode("utf-8", "replace")
    assert parse_request(block, SECRET).caller_name == ("" if expected == "unknown" else expected)
