"""What pages, the API and commands administer a portal with; for plugins that bring pages of their own as well."""

from __future__ import annotations

from .access.account import OPERATOR_TENANT, Account, Grant
from .access.actor import SYSTEM, Actor, Forbidden, Reach
from .access.demo_limits import DEMO_LIMITS, DemoLimit, DemoLimits
from .access.tenant import Tenant
from .alerts.alert import Alert, AlertPage
from .asterisk.live_values import LiveCall
from .calls.call import Leg
from .calls.course import CallLine, Course, as_json, caller_words
from .calls.numbers import NumberRefused, classify, written
from .calls.outcome import KeptOutcome, Outcome
from .calls.recording import MediaClass, StorageFull
from .charges.book import Charges, TenantCharges
from .charges.charge import Charge, ChargePage, Cost, write_charges
from .charges.rate import Rate, TenantRate
from .config import Settings
from .contributions import CallAction, Card, MenuEntry, Pages, Service
from .dispatch.faults import Fault
from .errors import near_match
from .flows.document import FlowRefused
from .flows.drawing import drawing_of, drawing_of_plain, plain_of
from .flows.flow import HANG_UP
from .flows.merging import Collision, Merged, merge
from .flows.publish import Published, PublishRefused, Source
from .flows.registry import ModuleRegistry
from .flows.sketch import exits_with
from .flows.words import exit_label
from .media.consents import ConsentLine, Consents, TenantConsents
from .media.library import Media, Sounding, TenantMedia
from .media.listing import MEDIA_ORDERS
from .media.ordering import MOST_STEPS, ExtraStorage, StorageQuote, TenantStorage
from .media.values import CLASSES, STEP, MediaFile, MediaPage, Usage
from .numbers.listing import NumberListing, NumberPage
from .numbers.pool import FreeNumber, FreePage, NumberPool, NumberRests, not_numbers
from .numbers.service import Numbers, TenantNumbers
from .numbers.settings import NumberRecord, NumberSettings
from .outbound.spent import SpendingNow, SpendLine, TenantSpending
from .people.attempts import Throttled
from .people.door import Door, SecondFactorNeeded, SignedIn, SignInRefused
from .people.forgotten import NoteMissing
from .people.links import LinkExpired, LinkGone, Opened
from .people.offer import MOST as MOST_OF_OFFER
from .people.offer import PDF, SCANS, Offer, OfferClosed, OfferDetails, OfferFileRefused, OfferProof, Refusal, Signature
from .people.offers import TenantOffers
from .people.own import CurrentPasswordWrong, FactorThere, Own
from .people.passwords import TooBusy
from .people.people import TenantPeople
from .people.person import GrantRow, Person, person_of, read_person
from .people.person import Own as OwnFields
from .people.policies import TenantPolicy
from .people.policy import (
    INTERVALS,
    LEVELS,
    PasswordPolicy,
    PasswordTooWeak,
    Rule,
    classes_of,
    failing,
    generate,
    rules,
)
from .people.rules import LastSuperadmin, roles_below
from .people.seats import Seat, Session
from .people.second_factor import CodeWrong, Enrolment
from .people.tenants import MoveRefused, OfferMissing, OperatedTenants, TenantDetails, TenantLine, moves
from .people.those_who_may import those_who_may
from .people.tokens import EVERY_RIGHT, ApiToken, NewToken
from .people.trail import TenantTrail, TrailPage, differences
from .people.trail_names import TrailNames
from .pins.locks import PinLock, TenantPins
from .portal.administration import Administration
from .portal.call_orders import LATEST, ORDERS
from .portal.call_records import CallFilter, CallPage, CallsNow
from .portal.news import SLACK, UNSTORED, News, Piece, reaches
from .portal.order_care import OperatedOrders, WaitingOrder, WaitingPage
from .portal.plugin_care import Plugins
from .portal.plugin_values import ModuleUse, PluginInUse, PluginLine, PortalStanding, RestartRefused, SettingLine
from .portal.repeats import Repeated
from .portal.rooms import RoomMember, RoomNow, TenantRooms
from .portal.support import SupportContact
from .post.attachment import Attachment
from .post.mail import Mail, MailPage, NotResent
from .post.outbox import Settled
from .publishing.catalogue import finding_json
from .publishing.listing import ORDERS as FLOW_ORDERS
from .publishing.listing import FlowPage
from .publishing.refusals import FlowInUse, NothingToDiscard, StaleDraft, WarningsUnseen
from .publishing.service import Flows, Publishing
from .publishing.values import Checked, Draft, Expectation, FlowLine, Planned, Proof, Said, Trial, Tried, VersionLine
from .publishing.values import Leg as TriedLeg
from .publishing.values import Step as TriedStep
from .publishing.values import Use as FlowUse
from .publishing.values import as_json as flow_json
from .rating.price_list import CallRate, PriceList
from .rating.rating import Line, Tariff, in_force, rated, total
from .resources.amending import amend, kept_everywhere
from .resources.apply import apply, everything, replace
from .resources.apply import replace as replace_everywhere
from .resources.files import FileRefused, read_file, write_file
from .resources.listing import Listing, ListRefused, columns_of, sortable
from .resources.record import ChangeRefused, IdTaken, InUse, Page, Record, StaleVersion, Use
from .resources.resource import FLOW, secrets_of, shown, with_canonical_numbers
from .resources.service import Keeping, Resources
from .resources.table import Row, TableRefused, read_table, write_table
from .resources.wanted import Step
from .resources.wordings import TenantWordings, WordingLine
from .schema import (
    RIGHT,
    Kinds,
    Problem,
    Setting,
    SettingsRefused,
    a_line,
    plain_settings,
    read_settings,
    settings_of,
    value_of_text,
)
from .schema.json_schema import Language, Schema, json_schema
from .speech.audio import AudioRefused
from .speech.engine import CommandEngine, SpeechEngine, SpeechError, Utterance
from .speech.engines import installed_engines
from .store.audit import Entry, entries, versions_in
from .store.news import note_news
from .store.tables import Moment
from .webhooks.deliveries import Delivery, DeliveryPage
from .webhooks.events import EVENTS
from .webhooks.fetching import Fetched, Fetching

__all__ = [
    "CLASSES",
    "DEMO_LIMITS",
    "EVENTS",
    "EVERY_RIGHT",
    "FLOW",
    "FLOW_ORDERS",
    "HANG_UP",
    "INTERVALS",
    "LATEST",
    "LEVELS",
    "MEDIA_ORDERS",
    "MOST_OF_OFFER",
    "MOST_STEPS",
    "OPERATOR_TENANT",
    "ORDERS",
    "PDF",
    "RIGHT",
    "SCANS",
    "SLACK",
    "STEP",
    "SYSTEM",
    "UNSTORED",
    "Account",
    "Actor",
    "Administration",
    "Alert",
    "AlertPage",
    "ApiToken",
    "Attachment",
    "AudioRefused",
    "CallAction",
    "CallFilter",
    "CallLine",
    "CallPage",
    "CallRate",
    "CallsNow",
    "Card",
    "ChangeRefused",
    "Charge",
    "ChargePage",
    "Charges",
    "Checked",
    "CodeWrong",
    "Collision",
    "CommandEngine",
    "ConsentLine",
    "Consents",
    "Cost",
    "Course",
    "CurrentPasswordWrong",
    "Delivery",
    "DeliveryPage",
    "DemoLimit",
    "DemoLimits",
    "Door",
    "Draft",
    "Enrolment",
    "Entry",
    "Expectation",
    "ExtraStorage",
    "FactorThere",
    "Fault",
    "Fetched",
    "Fetching",
    "FileRefused",
    "FlowInUse",
    "FlowLine",
    "FlowPage",
    "FlowRefused",
    "FlowUse",
    "Flows",
    "Forbidden",
    "FreeNumber",
    "FreePage",
    "Grant",
    "GrantRow",
    "IdTaken",
    "InUse",
    "Keeping",
    "KeptOutcome",
    "Kinds",
    "Language",
    "LastSuperadmin",
    "Leg",
    "Line",
    "LinkExpired",
    "LinkGone",
    "ListRefused",
    "Listing",
    "LiveCall",
    "Mail",
    "MailPage",
    "Media",
    "MediaClass",
    "MediaFile",
    "MediaPage",
    "MenuEntry",
    "Merged",
    "ModuleRegistry",
    "ModuleUse",
    "Moment",
    "MoveRefused",
    "NewToken",
    "News",
    "NotResent",
    "NoteMissing",
    "NothingToDiscard",
    "NumberListing",
    "NumberPage",
    "NumberPool",
    "NumberRecord",
    "NumberRefused",
    "NumberRests",
    "NumberSettings",
    "Numbers",
    "Offer",
    "OfferClosed",
    "OfferDetails",
    "OfferFileRefused",
    "OfferMissing",
    "OfferProof",
    "Opened",
    "OperatedOrders",
    "OperatedTenants",
    "Outcome",
    "Own",
    "OwnFields",
    "Page",
    "Pages",
    "PasswordPolicy",
    "PasswordTooWeak",
    "Person",
    "Piece",
    "PinLock",
    "Planned",
    "PluginInUse",
    "PluginLine",
    "Plugins",
    "PortalStanding",
    "PriceList",
    "Problem",
    "Proof",
    "PublishRefused",
    "Published",
    "Publishing",
    "Rate",
    "Reach",
    "Record",
    "Refusal",
    "Repeated",
    "Resources",
    "RestartRefused",
    "RoomMember",
    "RoomNow",
    "Row",
    "Rule",
    "Said",
    "Schema",
    "Seat",
    "SecondFactorNeeded",
    "Service",
    "Session",
    "Setting",
    "SettingLine",
    "Settings",
    "SettingsRefused",
    "Settled",
    "SignInRefused",
    "Signature",
    "SignedIn",
    "Sounding",
    "Source",
    "SpeechEngine",
    "SpeechError",
    "SpendLine",
    "SpendingNow",
    "StaleDraft",
    "StaleVersion",
    "Step",
    "StorageFull",
    "StorageQuote",
    "SupportContact",
    "TableRefused",
    "Tariff",
    "Tenant",
    "TenantCharges",
    "TenantConsents",
    "TenantDetails",
    "TenantLine",
    "TenantMedia",
    "TenantNumbers",
    "TenantOffers",
    "TenantPeople",
    "TenantPins",
    "TenantPolicy",
    "TenantRate",
    "TenantRooms",
    "TenantSpending",
    "TenantStorage",
    "TenantTrail",
    "TenantWordings",
    "Throttled",
    "TooBusy",
    "TrailNames",
    "TrailPage",
    "Trial",
    "Tried",
    "TriedLeg",
    "TriedStep",
    "Usage",
    "Use",
    "Utterance",
    "VersionLine",
    "WaitingOrder",
    "WaitingPage",
    "WarningsUnseen",
    "WordingLine",
    "a_line",
    "amend",
    "apply",
    "as_json",
    "caller_words",
    "classes_of",
    "classify",
    "columns_of",
    "differences",
    "drawing_of",
    "drawing_of_plain",
    "entries",
    "everything",
    "exit_label",
    "exits_with",
    "failing",
    "finding_json",
    "flow_json",
    "generate",
    "in_force",
    "installed_engines",
    "json_schema",
    "kept_everywhere",
    "merge",
    "moves",
    "near_match",
    "not_numbers",
    "note_news",
    "person_of",
    "plain_of",
    "plain_settings",
    "rated",
    "reaches",
    "read_file",
    "read_person",
    "read_settings",
    "read_table",
    "replace",
    "replace_everywhere",
    "roles_below",
    "rules",
    "secrets_of",
    "settings_of",
    "shown",
    "sortable",
    "those_who_may",
    "total",
    "value_of_text",
    "versions_in",
    "with_canonical_numbers",
    "write_charges",
    "write_file",
    "write_table",
    "written",
]
