"""Every stock prompt that code names is spoken in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchhook.prompts.catalogue import TONES, stock_languages, stock_texts

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"""["'\[ ]((?:stock|demo)/[a-z0-9]+(?:-[a-z0-9]+)*)["'\],]""")


def named() -> set[str]:
    files = [*ROOT.glob("kernel/src/**/*.py"), *ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("kernel/src/**/*.yaml")]
    return {one for file in files for one in NAMED.findall(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", stock_languages())
def test_what_code_names_is_there(language):
    assert {"stock/unavailable", "demo/closed", "stock/mailbox-greeting"} <= named()
    assert named() - set(stock_texts(language)) - set(TONES) == set()
