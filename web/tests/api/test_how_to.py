"""What the how-to page tells people to send is answered as it says."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "api.md"
pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_the_examples_work_one_after_the_other(api):
    answers = []
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        words = shlex.split(block.replace("\\\n", " "))
        if "-N" in words:  # what it asks for goes on until it is left; test_live hears it
            continue
        given = dict(pairwise(words))
        headers = [one.split(": ", 1) for flag, one in pairwise(words) if flag == "-H"]
        sent = {name.replace("-", "_"): value.replace("TOKEN", "kim") for name, value in headers}
        path = words[-1].removeprefix("https://portal.example.org")
        answers.append(await api.of("").ask(given.get("-X", "GET"), path, given.get("-d"), **sent))
    assert [one.status for one in answers] == [200, 201, 200]
    assert answers[-1].body["fields"]["name"] == "Sales, Cologne"
