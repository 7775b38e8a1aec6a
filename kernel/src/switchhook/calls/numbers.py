"""Says what a dialled or calling number is, before anything is done with it."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final, Literal

import attrs
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult, shortnumberinfo

from ..errors import SwitchhookError
from .call import CallerKind

Kind = Literal["emergency", "internal", "service", "e164"]
NumberType = Literal[
    "fixed",
    "mobile",
    "fixed_or_mobile",
    "toll_free",
    "premium",
    "shared",
    "personal",
    "voip",
    "pager",
    "company",
    "voicemail",
    "satellite",
    "unknown",
    "none",
]

INTERNAL_LENGTHS: Final = frozenset({2, 3, 4, 5})
MIN_SECRET: Final = 16

_EMERGENCY: Final = {"DE": frozenset({"110", "112"})}
_SERVICE: Final = {"DE": re.compile(r"115|116[0-9]{3}|118[0-9]{2,3}")}
_CODE: Final = re.compile(r"[*#][0-9*#]{1,20}")
_STAR_CODE: Final = re.compile(r"\*[0-9]{1,15}")
_CALL_BY_CALL: Final = {"DE": re.compile(r"010[0-9]{2,}")}
_VOIP: Final = {49: "32"}  # the numbering plan's own range, which the library does not know (libraries.md §4)
_SATELLITE: Final = frozenset({870, 881, 882, 883})
_TYPES: Final[dict[int, NumberType]] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_AS_FIXED: Final = frozenset({"fixed", "fixed_or_mobile", "voip", "company"})
_E164: Final = re.compile(r"\+[1-9][0-9]{3,14}")
_LONGEST: Final = 16  # characters of a canonical number
_BARE: Final = 10  # digits from which a number without + or 0 may be meant internationally


class NumberRefused(SwitchhookError):
    """A text that is no number anybody could call; the message says why."""

    code = "number"


@attrs.frozen
class Dialled:
    """What a number is.

    ``canonical`` is E.164 for ``e164`` and the bare digits (or ``*`` code)
    otherwise; classifying it again gives the same. ``number_type`` is
    ``unknown`` for a number that fits the country's lengths but none of its
    known ranges, ``none`` unless ``kind`` is ``e164``. ``country`` is the ISO
    code, ``001`` for numbers of no country, empty where it is not known.
    """

    kind: Kind
    canonical: str
    number_type: NumberType = "none"
    country: str = ""


def classify(text: str, region: str = "DE", *, internal: Collection[int] = INTERNAL_LENGTHS) -> Dialled:
    """What ``text``, as people or networks write a number, is when dialled in ``region``.

    First come emergency, service and internal numbers, which a numbering plan
    library takes for something else; ``internal`` are the lengths of internal
    numbers. Raises :class:`NumberRefused`. An emergency number is never
    refused, also when a phone puts its country code before it.
    """
    return _classified(text, region, frozenset(internal))


@lru_cache(maxsize=4096)
def _classified(text: str, region: str, internal: frozenset[int]) -> Dialled:
    number = _cleaned(text, region)
    own = _own_class(number, region, internal)
    return own or _subscriber(number, region)


def number_beginning(text: str, region: str = "DE") -> str:
    """The beginning of numbers, as people in ``region`` write it, in canonical form: ``0221`` is ``+49221``.

    It is a beginning of each canonical number whose writing begins so, at
    least of its country code. Raises :class:`NumberRefused` for what lacks 0
    or + at its front, and for codes and internal numbers, which have none.
    """
    number = _cleaned(text, region)
    if number.startswith("0") and _trunk_prefix(region) == "0":
        number = f"+{phonenumbers.country_code_for_region(region)}{number[1:]}"
    if not number.startswith("+"):
        raise NumberRefused(f"{number} begins with neither 0 nor +, so its country is not known", text=text)
    country = next((number[1:end] for end in (2, 3, 4) if _is_country(number[1:end])), "")
    if not country:
        raise NumberRefused(f"{number} is the beginning of no country's numbers", text=text)
    rest = number[1 + len(country) :]
    if _trunk_prefix(phonenumbers.region_code_for_country_code(int(country))) == "0":
        rest = rest.lstrip("0")  # +49 0221 is written, never dialled
    return f"+{country}{rest}"[:_LONGEST]


def _is_country(code: str) -> bool:
    return code.isdigit() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def is_star_code(number: str) -> bool:
    """Whether a number is a code such as ``*21``, which the house's own phones dial and which can lead to a flow."""
    return bool(_STAR_CODE.fullmatch(number))


def caller_number(
    text: str, region: str = "DE", *, internal: Collection[int] = INTERNAL_LENGTHS
) -> tuple[str, CallerKind]:
    """A calling number, canonical, and the kind of caller; empty and ``unknown`` for what is no number."""
    try:
        found = classify(text, region, internal=internal)
    except NumberRefused:
        return "", "unknown"
    return found.canonical, _caller_kind(found, region)


def _caller_kind(found: Dialled, region: str) -> CallerKind:
    if found.kind == "internal":
        return "internal"
    if found.kind != "e164":
        return "unknown"
    if found.country and found.country != region:
        return "foreign"
    if found.number_type == "mobile":
        return "mobile"
    return "fixed" if found.number_type in _AS_FIXED else "unknown"


def written(number: str, region: str = "DE") -> str:
    """A canonical number as people in ``region`` write it, such as ``0221 12345`` or ``+33 1 42 68 53 00``."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))


def caller_key(number: str, secret: bytes) -> str:
    """The keyed hash (HMAC-SHA-256, hex) by which a caller is known again without their number.

    ``number`` is canonical; ``secret`` has at least 16 bytes and is kept
    outside the database, for there are few enough numbers to try them all.
    Raises ``ValueError`` for a shorter one.
    """
    if len(secret) < MIN_SECRET:
        raise ValueError(f"the secret for callers' keys needs at least {MIN_SECRET} bytes")
    return hmac.new(secret, number.encode(), hashlib.sha256).hexdigest()


def _cleaned(text: str, region: str) -> str:
    """Only what is dialled: digits with a leading + or 00 made +, or a code of ``*`` and ``#``."""
    if len(text) > 64:
        raise NumberRefused("a number is not that long", length=len(text))
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"^(\+|00)([1-9]\d{0,2})\s*\(0\)", r"\1\2", plain)  # +49 (0)221 is written, never dialled
    number = re.sub(r"[ ()/.\-\u2010-\u2013]", "", plain)
    if not re.fullmatch(r"\+?[0-9]+|[*#][0-9*#]+", number):
        raise NumberRefused(f"{text!r} is no number: it holds more than digits, spaces and + ( ) / . -", text=text)
    if number.startswith("00") and _trunk_prefix(region) == "0":
        number = "+" + number[2:]
    if number.startswith("+0"):
        raise NumberRefused(f"{text!r} is no number: no country code begins with 0", text=text)
    return number


def _trunk_prefix(region: str) -> str:
    return phonenumbers.ndd_prefix_for_region(region, True) or ""


def _own_class(number: str, region: str, internal: Collection[int]) -> Dialled | None:
    home = f"+{phonenumbers.country_code_for_region(region)}"
    emergency = number.removeprefix(home)
    if emergency in _EMERGENCY.get(region, ()) or shortnumberinfo.is_emergency_number(emergency, region):
        return Dialled("emergency", emergency, country=region)
    service = _SERVICE.get(region)
    if _CODE.fullmatch(number) or (service and service.fullmatch(number)):
        return Dialled("service", number, country=region)
    if len(number) in internal and number.isdigit() and not number.startswith("0"):
        return Dialled("internal", number)
    by_call = _CALL_BY_CALL.get(region)
    if by_call and by_call.fullmatch(number):
        raise NumberRefused(f"{number} chooses another carrier for one call, which is not possible here", text=number)
    return None


def _subscriber(number: str, region: str) -> Dialled:
    if _trunk_prefix(region) == "0" and not number.startswith(("0", "+")):
        return _bare(number, region)
    parsed = _parsed(number, region)
    if not _possible(parsed):
        raise NumberRefused(f"{number} is too short or too long for a number of its country", text=number)
    return _described(parsed)


def _possible(parsed: PhoneNumber) -> bool:
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return bool(reason == ValidationResult.IS_POSSIBLE and _E164.fullmatch(_canonical(parsed)))


def _canonical(parsed: PhoneNumber) -> str:
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _bare(number: str, region: str) -> Dialled:
    """Digits without 0 or +: some networks mean E.164 by them; a number without its area code it cannot be."""
    home = str(phonenumbers.country_code_for_region(region))
    if len(number) >= _BARE:
        parsed = _parsed("+" + number, region)
        if _possible(parsed) and (number.startswith(home) or phonenumbers.is_valid_number(parsed)):
            return _described(parsed)
    raise NumberRefused(f"{number} lacks its area code or country code", text=number)


def _parsed(number: str, region: str) -> PhoneNumber:
    try:
        parsed = phonenumbers.parse(number, region)
        # Each look takes one superfluous zero after the country code away; what is dialled must be looked through.
        while (again := phonenumbers.parse(_canonical(parsed), region)) != parsed:
            parsed = again
    except NumberParseException as error:
        raise NumberRefused(f"{number} is no number: {error}", text=number) from error
    return parsed


def _described(parsed: PhoneNumber) -> Dialled:
    country = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    return Dialled("e164", _canonical(parsed), _type(parsed), "" if country in (None, "ZZ") else country)


def _type(parsed: PhoneNumber) -> NumberType:
    code = parsed.country_code or 0
    if code in _SATELLITE:
        return "satellite"
    if code in _VOIP and phonenumbers.national_significant_number(parsed).startswith(_VOIP[code]):
        return "voip"
    return _TYPES.get(phonenumbers.number_type(parsed), "unknown")
