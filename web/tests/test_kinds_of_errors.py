"""Pages and the API say the same of an error, in the language of who asks."""

from __future__ import annotations

import pytest

from switchhook.administration import Throttled
from switchhook.errors import FlowError, SwitchhookError
from switchhook_web.api.problems import problem
from switchhook_web.kinds_of_errors import KINDS, headers_of
from switchhook_web.problems import status_of
from switchhook_web.texts import best_language


class Refused(FlowError):
    code = "flow_refused"


class OfAPlugin(Refused):
    code = "of_a_plugin"


def told(code: str) -> SwitchhookError:
    return type("Told", (SwitchhookError,), {"code": code})("so it is")


def test_an_error_has_one_status_in_pages_and_in_the_api():
    for code in KINDS:
        assert status_of(told(code)) == problem(told(code), "en")[0] == KINDS[code].status
    assert status_of(OfAPlugin("no")) == problem(OfAPlugin("no"), "de")[0] == 422
    assert status_of(told("nobody_knows")) == 500


def test_what_is_stale_fails_the_condition_of_a_request_that_has_one():
    for code in ("stale", "stale_draft"):
        assert (status_of(told(code)), problem(told(code), "en", versioned=True)[0]) == (409, 412)


def test_who_is_throttled_hears_when_to_come_again():
    assert headers_of(Throttled(17)) == {"Retry-After": "17"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,en;q=0.5", "de"),
        ("de-AT", "de"),
        ("en-GB,de;q=0.9", "en"),
        ("fr,en;q=0.3", "en"),
        ("fr", "de"),
        ("en;q=0", "de"),
    ],
)
def test_regions_of_german_are_german(accepted, language):
    assert best_language(accepted, "de") == language
