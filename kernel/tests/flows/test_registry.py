import attrs
import pytest

from switchhook.errors import PluginError
from switchhook.flows.module import Module
from switchhook.flows.registry import ModuleRegistry, UnknownModule
from switchhook.schema import Label, SettingsRefused, setting

from .samples import REGISTRY, Ask, Ring, Say


@attrs.frozen
class Window(Module):
    kind = "window"
    label = Label("Fenster", "Window")
    low: int = setting("integer", "Von", "From", default=1)
    high: int = setting("integer", "Bis", "To", default=2)

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("'low' must not be above 'high'")


def test_knows_its_modules():
    assert list(REGISTRY) == ["ask", "ring", "say"]
    assert len(REGISTRY) == 3
    assert "say" in REGISTRY
    assert "menu" not in REGISTRY
    assert REGISTRY.find("say") is Say
    assert REGISTRY.plugin_of("ring") == "beta"
    assert REGISTRY.make("ask", {"keys": ["1"]}) == Ask(keys=("1",))


def test_lists_what_forms_need():
    entry = REGISTRY.listing()[0]
    assert (entry.kind, entry.plugin, entry.label.de) == ("ask", "alpha", "Menü")
    assert {name: meta.kind for name, meta in entry.settings.items()} == {"prompts": "prompts", "keys": "keys"}


def test_two_plugins_with_the_same_kind_are_named():
    with pytest.raises(PluginError, match=r"'alpha' and 'gamma' both bring the module 'say'") as refused:
        ModuleRegistry([("alpha", Say), ("gamma", Say)])
    assert refused.value.data["plugins"] == ["alpha", "gamma"]


def test_an_unknown_kind_is_met_with_a_way_out():
    with pytest.raises(UnknownModule, match=r"no module 'rin' \(did you mean 'ring'\?\)"):
        REGISTRY.find("rin")
    with pytest.raises(UnknownModule, match="no module 'menu'; the plugin switchhook-ivr brings it and is not loaded"):
        REGISTRY.find("menu")
    with pytest.raises(UnknownModule, match="the plugin acme brings it"):
        ModuleRegistry(missing={"oracle": "acme"}).find("oracle")
    with pytest.raises(UnknownModule, match="no plugin with modules is loaded"):
        ModuleRegistry().find("say")
    with pytest.raises(UnknownModule):
        REGISTRY.plugin_of("menu")


def test_a_modules_own_check_is_a_problem_of_its_settings():
    registry = ModuleRegistry([("x", Window)])
    assert registry.make("window", {"low": 2}) == Window(low=2)
    with pytest.raises(SettingsRefused, match=r"points\.w\.settings: 'low' must not be above 'high'"):
        registry.make("window", {"low": 3}, "points.w.settings")


class Bare(Module):
    kind = "bare"
    label = Label("a", "b")


@attrs.frozen
class Shouting(Ring):
    kind = "RING!"


@attrs.frozen
class Unlabelled(Module):
    kind = "unlabelled"


@attrs.frozen
class Account:
    """A row that would be kept with its password in clear."""

    name: str = setting("text", "Name", "Name")
    password: str = setting("text", "Passwort", "Password", secret=True)


@attrs.frozen
class Group:
    accounts: tuple[Account, ...] = setting("rows", "Zugänge", "Accounts", row=Account, default=())


@attrs.frozen
class Telling(Module):
    kind = "telling"
    label = Label("a", "b")
    groups: tuple[Group, ...] = setting("rows", "Gruppen", "Groups", row=Group, default=())


@pytest.mark.parametrize(
    ("junk", "why"),
    [
        (Telling, "its groups.accounts.password is a secret in a row"),
        (Bare, "not decorated with attrs.frozen"),
        (Shouting, "'RING!' does not have the shape"),
        (Unlabelled, "no label in German and English"),
        (str, "no subclass of switchhook's Module"),
        (None, "no subclass of switchhook's Module"),
    ],
)
def test_junk_is_refused_and_its_plugin_named(junk, why):
    with pytest.raises(PluginError, match=f"plugin 'hostile' brings .* as a module, but .*{why}"):
        ModuleRegistry([("hostile", junk)])
