"""Charges: what a tenant has to pay, one line each, written once and never changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import attrs

from ..money import MICRO, Money
from ..schema import Label

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_HEAD: Final = ("id", "begins", "ends", "rate", "cause", "text", "amount", "currency", "author", "made")


@attrs.frozen
class Cost:
    """What is to be charged. The same ``key`` is charged once in a tenant, however often it is tried.

    ``rate`` is the name of the rate it follows from, ``cause`` the thing it is
    for, such as ``announcement:welcome``, ``said`` the line people read.
    ``begins`` and ``ends`` are the first and the last day it is for. A
    ``price`` below zero gives something back.
    """

    key: str
    rate: str
    cause: str
    said: Label
    price: Money
    begins: date
    ends: date


@attrs.frozen
class Charge:
    """A cost as it was charged: ``id`` counts up, ``author`` is who caused it."""

    tenant: str
    id: int
    key: str
    rate: str
    cause: str
    said: Label
    price: Money
    begins: date
    ends: date
    author: str
    made: datetime


@attrs.frozen
class ChargePage:
    """A part of a list, newest first. ``after`` is the cursor of the next part, empty at the end."""

    charges: Sequence[Charge]
    after: str = ""


def write_charges(charges: Iterable[Charge], language: str) -> str:
    """Charges as a table (CSV): amounts with a point, so that programs add them up; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for one in charges:
        text = one.said.de if language == "de" else one.said.en
        words = [_safe(cell) for cell in (one.rate, one.cause, text)]
        amount = f"{one.price.micro / MICRO:.6f}"
        last = [amount, one.price.currency, _safe(one.author), one.made.isoformat()]
        writer.writerow([one.id, one.begins, one.ends, *words, *last])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
