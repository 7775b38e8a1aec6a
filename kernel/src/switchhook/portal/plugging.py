"""Plugs the installed plugins in: hooks, modules, and who brought what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import attrs

from .. import hookspecs
from ..charges.rate import Rate
from ..clock import Clock
from ..config import PluginSections
from ..dispatch.dispatcher import Answer, Dispatcher
from ..dispatch.faults import Breaker, Fault
from ..dispatch.loader import LoadedPlugin, Source, installed_plugins, load_plugins
from ..dispatch.spec import specs_in
from ..errors import ConfigError, PluginError, near_match
from ..flows.module import Module
from ..flows.registry import ModuleRegistry
from ..in_call.feature import InCallFeature
from ..media.ordering import STORAGE
from ..outbound.limit import SpendLimit
from ..outbound.permission import OutboundPermission
from ..outbound.verified import VerifiedNumber
from ..people.person import RightsTemplate
from ..people.rights import Rights, rights_catalogue
from ..placing.kinds import PlacedKinds, placed_kinds
from ..post.template import MailTemplate, MailTemplates
from ..rating.price_list import CallRate, PriceList
from ..resources.mail_template import mail_wording_of
from ..resources.number_group import NumberGroup
from ..resources.resource import Resource
from ..schema import Declared, Kinds, check_declared
from ..webhooks.webhook import Webhook
from .kept import Kept, left_out
from .plugin_settings import OperatorSays, SettingsWait

KERNEL_RESOURCES: Final[Sequence[type[Resource]]] = (
    NumberGroup,
    RightsTemplate,
    Webhook,
    OutboundPermission,
    SpendLimit,
    PriceList,
    CallRate,
    VerifiedNumber,
)
"""What the kernel itself lets administrators keep."""


KERNEL_RATES: Final[Sequence[Rate]] = (STORAGE,)
"""What the kernel itself has a price for."""


@attrs.frozen
class Plugged:
    """The plugins of one process and what they bring.

    ``unclaimed`` says which of the operator's settings are for no plugin,
    ``kept`` what the portal kept about plugins when they were loaded, and
    ``safe`` that most of them were left out.
    """

    plugins: Sequence[LoadedPlugin]
    hooks: Dispatcher
    breaker: Breaker
    modules: ModuleRegistry
    resources: Kinds[Resource] = attrs.field(factory=lambda: Kinds(Resource))
    rights: Rights = attrs.field(factory=lambda: rights_catalogue(Kinds(Resource)))
    unclaimed: Sequence[str] = ()
    mail_templates: MailTemplates = attrs.field(factory=lambda: MailTemplates.of(()))
    kept: Kept = attrs.field(factory=Kept)
    safe: bool = False
    placed: PlacedKinds = attrs.field(factory=PlacedKinds)
    rates: Mapping[str, Rate] = attrs.field(factory=dict)
    in_call: Kinds[InCallFeature] = attrs.field(factory=lambda: Kinds(InCallFeature))

    @property
    def objects(self) -> Sequence[object]:
        """The active plugins themselves, with their settings."""
        return [plugin.made for plugin in self.plugins if plugin.state == "active"]

    @property
    def module_owners(self) -> Mapping[str, str]:
        """Which plugin brings each kind of module, for flows or for calls the portal places."""
        return {**self.placed.owners, **{kind: self.modules.plugin_of(kind) for kind in self.modules}}


async def plug_in(
    clock: Clock,
    on_fault: Callable[[Fault], None],
    *,
    order: Sequence[str] = (),
    disabled: Sequence[str] = (),
    required: Sequence[str] = (),
    given: PluginSections | None = None,
    sources: Iterable[Source] | None = None,
    kept: Kept = Kept(),  # noqa: B008 - a value that never changes
    safe: bool = False,
    insist: bool = True,
) -> Plugged:
    """Load all plugins with the operator's settings and collect their modules and resources.

    A broken plugin is quarantined and reported to ``on_fault``, and so is one
    that waits for its settings. ``kept`` is what the portal keeps about them,
    and a ``safe`` start loads only those without which there is none. Raises
    ``ConfigError`` when settings in the file or the environment do not fit what a plugin declares, and
    ``PluginError`` when one that is ``required`` is not active and calls depend on it (``insist``), or when two
    plugins bring a module or resource of the same kind or the same right, naming both:
    nobody could say which one is meant.
    """
    breaker = Breaker(clock, on_fault)
    found = installed_plugins() if sources is None else list(sources)
    names = [source.name for source in found]
    says = OperatorSays(given or PluginSections(), names, kept)
    out = left_out(names, disabled=disabled, required=required, kept=kept, safe=safe)
    loaded = load_plugins(found, hookspecs, breaker, make=says.make, order=order, left_out=out)
    wrong = [str(one) for one in misconfigurations(loaded.plugins)]
    if wrong:
        raise ConfigError("; ".join(wrong), problems=wrong)
    if insist and (absent := missing(required, loaded.plugins)):
        raise PluginError(f"the portal does not start without {'; '.join(absent)}", plugins=absent)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    answers = await hooks.collect("modules")
    modules = ModuleRegistry(sound(Module, answers, breaker))
    mails = MailTemplates.of(_fit_to_send(await hooks.collect("mail_templates"), breaker))
    brought = sound(Resource, await hooks.collect("resources"), breaker)
    own = [*KERNEL_RESOURCES, mail_wording_of(mails)]
    in_call = Kinds(InCallFeature, sound(InCallFeature, await hooks.collect("in_call_features"), breaker))
    features = [(in_call.plugin_of(kind), one) for kind in in_call if (one := in_call.get(kind)) is not None]
    resources = Kinds(Resource, [*(("kernel", one) for one in own), *brought, *features])
    rights = rights_catalogue(resources, await hooks.collect("rights"))
    unclaimed = list(says.unclaimed())
    placed = placed_kinds(await hooks.collect("placed_calls"), breaker)
    rates = rates_of([("kernel", one) for one in KERNEL_RATES], await hooks.collect("rates"))
    return Plugged(
        loaded.plugins, hooks, breaker, modules, resources, rights, unclaimed, mails, kept, safe, placed, rates, in_call
    )


def rates_of(own: Iterable[tuple[str, Rate]], brought: Iterable[Answer[Rate]]) -> Mapping[str, Rate]:
    """All rates by name; raises ``PluginError`` for two of one name."""
    found: dict[str, tuple[str, Rate]] = {}
    for plugin, rate in [*own, *((answer.plugin, answer.value) for answer in brought)]:
        if rate.name in found:
            both = f"{found[rate.name][0]} and {plugin}"
            raise PluginError(f"{both} both bring a rate {rate.name!r}; disable one of them", rate=rate.name)
        found[rate.name] = (plugin, rate)
    return {name: rate for name, (_, rate) in found.items()}


def misconfigurations(plugins: Iterable[LoadedPlugin]) -> Iterator[ConfigError]:
    """What the operator has to mend before the portal starts; what only makes one plugin wait is not among it."""
    for plugin in plugins:
        if plugin.misconfigured is not None and not isinstance(plugin.misconfigured, SettingsWait):
            yield plugin.misconfigured


def missing(required: Iterable[str], plugins: Sequence[LoadedPlugin]) -> list[str]:
    """The required plugins that are not active, each with the reason: a guard that is not there guards nothing."""
    known = {plugin.name: plugin for plugin in plugins}
    absent = []
    for name in required:
        plugin = known.get(name)
        if plugin is None:
            absent.append(f"the plugin {name!r}, which is not installed{near_match(name, known)}")
        elif plugin.state != "active":
            absent.append(f"the plugin {name!r}, which is {plugin.state}: {plugin.reason}")
    return absent


def _fit_to_send(answers: Iterable[Answer[MailTemplate]], breaker: Breaker) -> Iterator[tuple[str, MailTemplate]]:
    """The templates by their plugins, without those that cannot be sent: that is a fault of the plugin."""
    for answer in answers:
        wrong = "; ".join(f"{one.path}: {one.message}" for one in answer.value.problems())
        if wrong:
            why = f"the mail template {answer.value.name!r} cannot be sent: {wrong}"
            breaker.report(answer.plugin, "mail_templates", "wrong_result", why)
        else:
            yield answer.plugin, answer.value


D = TypeVar("D", bound=Declared)
_HOOKS: Final[Mapping[type, str]] = {InCallFeature: "in_call_features"}
"""Hooks that are not named after what they bring."""


def sound(base: type[D], answers: Iterable[Answer[type[D]]], breaker: Breaker) -> Iterator[tuple[str, type[D]]]:
    """The classes by their plugins, without those that are none of that sort: that is a fault of the plugin."""
    for answer in answers:
        try:
            check_declared(base, answer.plugin, answer.value)
        except PluginError as error:
            hook = _HOOKS.get(base, f"{base.__name__.lower()}s")
            breaker.report(answer.plugin, hook, "wrong_result", str(error), error=error)
        else:
            yield answer.plugin, answer.value
