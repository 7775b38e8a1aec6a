"""What a browser does with a form, as far as HTML says it: which names and values it would post."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

import attrs


@attrs.define
class BrowserForm(HTMLParser):
    """The controls of the forms in a page, in order, as they stand before anybody touches them."""

    pairs: list[tuple[str, str]] = attrs.field(factory=list)
    ids: list[str] = attrs.field(factory=list)
    described: list[str] = attrs.field(factory=list)
    text: list[str] = attrs.field(factory=list)
    _area: tuple[str, list[str]] | None = None
    _select: tuple[str, list[str], list[str]] | None = None

    def __attrs_pre_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:  # type: ignore[override]
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.described += given.get("aria-describedby", "").split()
        if tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "textarea":
            self._area = given["name"], []
        elif tag == "select":
            self._select = given["name"], [], []
        elif tag == "option" and self._select is not None:
            self._select[2].append(given["value"])
            if "selected" in given:
                self._select[1].append(given["value"])

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                self.pairs.append((given["name"], given.get("value", "on")))
        elif kind not in ("submit", "button"):
            self.pairs.append((given["name"], given.get("value", "").replace("\r", "").replace("\n", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            name, parts = self._area
            whole = "".join(parts).removeprefix("\n")
            self.pairs.append((name, whole.replace("\r\n", "\n").replace("\n", "\r\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            name, selected, offered = self._select
            self.pairs += [(name, one) for one in (selected or offered)[:1]]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)
        else:
            self.text.append(data)


def form_in(html: str) -> BrowserForm:
    """The controls in a page."""
    found = BrowserForm()
    found.feed(html)
    found.close()
    return found
