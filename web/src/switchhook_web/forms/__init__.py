"""Forms from declarations: a field of a module or resource as HTML, and what was posted as its value again."""

from __future__ import annotations

from .build import form_of
from .field import Control, Field, Form, Offer, Option, Row
from .read import Posted, posted_of, read_form, rearranged
from .render import html_of

__all__ = [
    "Control",
    "Field",
    "Form",
    "Offer",
    "Option",
    "Posted",
    "Row",
    "form_of",
    "html_of",
    "posted_of",
    "read_form",
    "rearranged",
]
