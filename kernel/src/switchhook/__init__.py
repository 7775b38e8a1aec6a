"""Switchhook: a self-hosted telephony service portal for Asterisk 22.

What stands here is what plugins use, and what stays stable.
"""

from __future__ import annotations

from .access.right import Right
from .alerts.alert import Alert
from .calls.budget import Budget
from .calls.call import Call, Caller
from .calls.event import Event
from .calls.network_number import NetworkNumber
from .calls.number_class import NumberClass, number_class
from .calls.numbers import NumberRefused, classify, number_beginning
from .calls.outcome import Outcome
from .calls.pins import PinLimits
from .calls.port import DialPlan, DialResult, Keys, Listen, Target
from .calls.programs import Unanswered
from .calls.prompts import Prompt
from .calls.recording import Recorded, StorageFull
from .calls.room import RoomPlan, RoomState, Stay
from .calls.served import Served, ServedLeft, TalkGoesOn, TalkOver
from .calls.session import Session
from .calls.surroundings import LegRefused, MoneyUsedUp
from .calls.talk import TalkPlan
from .charges.rate import PriceChanged, Rate
from .contributions import CallAction, Card, MenuEntry, Pages, Service
from .dispatch.dispatcher import Refusal
from .dispatch.spec import hookimpl
from .errors import CallEnded, CallTaken, ConfigError, NotFound, SwitchhookError
from .flows.flow import Flow, Point, Routing
from .flows.lint_context import KeptRule
from .flows.module import Exit, Finding, Module, Reference
from .flows.template import FlowTemplate, KeyChoice, doubled_keys, drawn_menu, drawn_point
from .in_call.feature import InCallFeature, in_call_code
from .money import Money
from .notices.board import Notice
from .orders.order import Job, Order, OrderHopeless, OrderLater
from .people.sign_in import SignIn
from .placing.placed_call import PlacedCall, Placement, PlacingRefused
from .post.template import MailTemplate, Placeholder, Wording
from .resources.record import Change
from .resources.resource import Resource
from .schema import Label, Problem, setting
from .store.plugin_migrations import PluginMigrations

__all__ = [
    "Alert",
    "Budget",
    "Call",
    "CallAction",
    "CallEnded",
    "CallTaken",
    "Caller",
    "Card",
    "Change",
    "ConfigError",
    "DialPlan",
    "DialResult",
    "Event",
    "Exit",
    "Finding",
    "Flow",
    "FlowTemplate",
    "InCallFeature",
    "Job",
    "KeptRule",
    "KeyChoice",
    "Keys",
    "Label",
    "LegRefused",
    "Listen",
    "MailTemplate",
    "MenuEntry",
    "Module",
    "Money",
    "MoneyUsedUp",
    "NetworkNumber",
    "NotFound",
    "Notice",
    "NumberClass",
    "NumberRefused",
    "Order",
    "OrderHopeless",
    "OrderLater",
    "Outcome",
    "Pages",
    "PinLimits",
    "PlacedCall",
    "Placeholder",
    "Placement",
    "PlacingRefused",
    "PluginMigrations",
    "Point",
    "PriceChanged",
    "Problem",
    "Prompt",
    "Rate",
    "Recorded",
    "Reference",
    "Refusal",
    "Resource",
    "Right",
    "RoomPlan",
    "RoomState",
    "Routing",
    "Served",
    "ServedLeft",
    "Service",
    "Session",
    "SignIn",
    "Stay",
    "StorageFull",
    "SwitchhookError",
    "TalkGoesOn",
    "TalkOver",
    "TalkPlan",
    "Target",
    "Unanswered",
    "Wording",
    "classify",
    "doubled_keys",
    "drawn_menu",
    "drawn_point",
    "hookimpl",
    "in_call_code",
    "number_beginning",
    "number_class",
    "setting",
]
