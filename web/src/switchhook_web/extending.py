"""What page modules of plugins use of the web: nothing else of it is promised to stay.

A page module (``Pages("my_plugin.pages")`` of the hook ``pages``) has a Quart
``blueprint``, whose routes begin with ``/t/<tenant>/x/NAME``, and perhaps
``OPERATIONS`` of the API and a folder ``LOCALE`` with catalogues of its texts.
Each route declares who may use it with one of the decorators here. Templates
come from the blueprint's own ``template_folder``, in a folder of the plugin's
name; they begin with ``{% extends layout %}`` and fill ``{% block content %}``.
"""

from __future__ import annotations

from .access import base_of, operator, right, signed_in
from .api.operation import ANY, BINARY, CSV, JSON, MERGE, ZIP, Answer, Asked, Body, Nothing, Operation, Seat
from .api.operations.common import NumberedQuery, a_page, list_of, page_of, placed, values_of
from .api.reading import declared_body
from .api.shapes import Components
from .bodies import takes
from .frame import administration, now, partial, render
from .listing import Listed, listed
from .messages import leave
from .pages.sign_in import local
from .sentences import told
from .shown import ago, amount, caller, day, dialled, hour, lasting, moment, money, number, size, zone
from .sounds import original_of, sound_of
from .texts import gettext, language, ngettext, say

__all__ = [
    "ANY",
    "BINARY",
    "CSV",
    "JSON",
    "MERGE",
    "ZIP",
    "Answer",
    "Asked",
    "Body",
    "Components",
    "Listed",
    "Nothing",
    "NumberedQuery",
    "Operation",
    "Seat",
    "a_page",
    "administration",
    "ago",
    "amount",
    "base_of",
    "caller",
    "day",
    "declared_body",
    "dialled",
    "gettext",
    "hour",
    "language",
    "lasting",
    "leave",
    "list_of",
    "listed",
    "local",
    "moment",
    "money",
    "ngettext",
    "now",
    "number",
    "operator",
    "original_of",
    "page_of",
    "partial",
    "placed",
    "render",
    "right",
    "say",
    "signed_in",
    "size",
    "sound_of",
    "takes",
    "told",
    "values_of",
    "zone",
]
