"""Lint rules about where a flow's exits lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from ..errors import near_match
from ..schema import Label
from .flow import HANG_UP, Flow, Point
from .lint_context import Linted, Rule, error, german_hint, kind_of, warning
from .module import Finding
from .references import flows_named, flows_through, references_of

DEEPEST: Final = 5
"""How many flows may wait for one another."""
Node = tuple[str, str]
Edges = Mapping[Node, Mapping[Node, str]]
"""For each point of each flow the points it leads to, and by which exit or number."""


def start_exists(linted: Linted) -> Iterator[Finding]:
    """F01: a flow begins somewhere."""
    flow = linted.flow
    if not flow.points:
        german = "Der Ablauf hat keine Punkte; fügen Sie einen hinzu und lassen Sie den Ablauf mit ihm beginnen."
        yield error("F01", "points", "the flow has no points; add one and name it in 'start'", german)
    elif flow.start not in flow.points:
        hint = near_match(flow.start, flow.points)
        message = f"the start {flow.start!r} is no point of this flow{hint}; name one of its points"
        german = f"Der Beginn {flow.start!r} ist kein Punkt dieses Ablaufs{german_hint(hint)}; nennen Sie einen davon."
        yield error("F01", "start", message, german)


def targets_exist(linted: Linted) -> Iterator[Finding]:
    """L01: an exit or last resort leads to something that is there."""
    flow = linted.flow
    targets = [
        (f"points.{point.id}.exits.{name}", target)
        for point in flow.points.values()
        for name, target in point.exits.items()
    ]
    for path, target in [*targets, ("last_resort", flow.last_resort or HANG_UP)]:
        missing = _missing(linted, target)
        if missing is not None:
            message = f"leads to {missing.en}; lead it to something that exists or to {HANG_UP}"
            german = f"Führt zu {missing.de}; führen Sie ihn zu etwas, das es gibt, oder zum Auflegen."
            yield error("L01", path, message, german)


def _missing(linted: Linted, target: str) -> Label | None:
    match kind_of(target):
        case "point" if target not in linted.flow.points:
            hint = near_match(target, linted.flow.points)
            return Label(
                f"Punkt {target!r}, den es nicht gibt{german_hint(hint)}",
                f"point {target!r}, which does not exist{hint}",
            )
        case "flow" if linted.context.flows is not None:
            name = target.removeprefix("flow:")
            if name not in linted.flows:
                hint = near_match(name, linted.flows)
                return Label(
                    f"Ablauf {name!r}, den es nicht gibt{german_hint(hint)}",
                    f"flow {name!r}, which does not exist{hint}",
                )
    return None


def points_reachable(linted: Linted) -> Iterator[Finding]:
    """L02: each point can be reached from the start or is the last resort's."""
    flow = linted.flow
    if flow.start not in flow.points:
        return
    reached: set[str] = set()
    waiting = [flow.start, flow.last_resort]
    while waiting:
        name = waiting.pop()
        if name in flow.points and name not in reached:
            reached.add(name)
            waiting += flow.points[name].exits.values()
    for name in flow.points:
        if name not in reached:
            german = "Hierher führt kein Weg; führen Sie einen Ausgang hierher oder entfernen Sie den Punkt."
            yield warning("L02", f"points.{name}", "no way leads here; lead an exit to this point or remove it", german)


def no_idle_circles(linted: Linted) -> Iterator[Finding]:
    """L03, L04: no caller goes round without doing anything, be it through other flows or an own number."""
    edges = _edges(linted, lambda point, way: not (point.module.consumes_input or way.startswith("key:")))
    for circle in _circles(linted.flow, edges):
        shown, ways = _shown(circle, edges, linted.flow.id), _ways(circle, edges, linted.flow.id)
        if any(edges[a][b].startswith("+") for a, b in pairwise(circle)):
            message = f"calls itself through the carrier: {shown}; lead the exit to the flow instead of dialling it"
            german = (
                f"Ruft sich über das Netz selbst an: {shown}; führen Sie den Ausgang zum Ablauf, statt ihn anzurufen."
            )
            yield error("L04", f"points.{circle[0][1]}", message, german, ways)
        else:
            message = f"goes round without the caller doing anything: {shown}; lead one of these exits elsewhere"
            german = f"Läuft im Kreis, ohne dass der Anrufer etwas tut: {shown}; führen Sie einen dieser Ausgänge woandershin."
            yield error("L03", f"points.{circle[0][1]}", message, german, ways)


def silence_ends(linted: Linted) -> Iterator[Finding]:
    """L10: a caller who presses nothing gets out of each menu in the end."""
    edges = _edges(
        linted, lambda point, way: way == "timeout" or not (point.module.consumes_input or way.startswith("key:"))
    )
    for circle in _circles(linted.flow, edges):
        points = [linted.flows[flow].points[name] for flow, name in circle]
        if any(point.module.consumes_input for point in points):
            shown, ways = _shown(circle, edges, linted.flow.id), _ways(circle, edges, linted.flow.id)
            message = (
                f"a caller who presses nothing goes round for ever: {shown}; lead the exit 'timeout' out of the circle"
            )
            german = (
                f"Wer keine Taste drückt, läuft ewig im Kreis: {shown}; "
                "führen Sie den Ausgang „Keine Eingabe“ aus dem Kreis hinaus."
            )
            yield warning("L10", f"points.{circle[0][1]}", message, german, ways)


def last_resort_named(linted: Linted) -> Iterator[Finding]:
    """L06: something serves the caller when nothing else can."""
    flow, context = linted.flow, linted.context
    tenants = context.tenant_last_resort
    if not flow.last_resort and not tenants:
        message = "there is no last resort, neither here nor for the tenant; name a point that apologises"
        german = "Es gibt keinen letzten Ausweg, weder hier noch beim Mandanten; nennen Sie einen Punkt, der sich entschuldigt."
        yield error("L06", "last_resort", message, german)
    elif flow.last_resort == HANG_UP:
        message = "the last resort says nothing to the caller; name a point that apologises before it hangs up"
        german = (
            "Der letzte Ausweg sagt dem Anrufer nichts; nennen Sie einen Punkt, der sich vor dem Auflegen entschuldigt."
        )
        yield warning("L06", "last_resort", message, german)
    elif not flow.last_resort and context.flows is not None and tenants not in linted.flows:
        message = f"the tenant's last resort, flow {tenants!r}, does not exist; name a last resort here or import it"
        german = f"Den letzten Ausweg des Mandanten, Ablauf {tenants!r}, gibt es nicht; nennen Sie hier einen."
        yield error("L06", "last_resort", message, german)


def flow_is_used(linted: Linted) -> Iterator[Finding]:
    """L27: a number or another flow leads here."""
    flow, context = linted.flow, linted.context
    if context.numbers is None or context.flows is None:
        return
    named = {name for other in context.flows.values() if other.id != flow.id for name in flows_named(other)}
    if flow.id not in {*context.numbers.values(), *named, context.tenant_last_resort}:
        message = "no number and no other flow leads to this flow; let a number lead here, and callers can reach it"
        german = "Weder eine Rufnummer noch ein anderer Ablauf führt hierher; weisen Sie dem Ablauf eine Rufnummer zu."
        yield warning("L27", "", message, german)


def sub_flows_end(linted: Linted) -> Iterator[Finding]:
    """L29: flows go through one another at most five deep, and none through itself."""
    for point in linted.flow.points.values():
        for name in sorted(flows_through(point)):
            depth = _depth(linted, name, (linted.flow.id,))
            if depth > DEEPEST:
                message = f"goes through more than {DEEPEST} flows one in another, or through itself; callers get the last resort there"
                german = f"Führt durch mehr als {DEEPEST} Abläufe ineinander oder durch sich selbst; dort bekommen Anrufer den letzten Ausweg."
                yield error("L29", f"points.{point.id}.settings.flow", message, german)


def _depth(linted: Linted, name: str, above: tuple[str, ...]) -> int:
    if name in above:
        return DEEPEST + 1
    flow = linted.flows.get(name)
    if flow is None or len(above) > DEEPEST:
        return len(above)
    below = {one for point in flow.points.values() for one in flows_through(point)}
    return max((_depth(linted, one, (*above, name)) for one in below), default=len(above))


# -- circles ----------------------------------------------------------------------------------------


def _edges(linted: Linted, counts: Callable[[Point, str], bool]) -> dict[Node, dict[Node, str]]:
    flows = linted.flows
    edges: dict[Node, dict[Node, str]] = {}
    for flow in flows.values():
        for point in flow.points.values():
            leads = edges.setdefault((flow.id, point.id), {})
            for name, target in point.exits.items():
                node = _node(flow, target, flows)
                if node is not None and counts(point, name):
                    leads.setdefault(node, name)
            if counts(point, ""):
                leads |= {node: number for number, node in _dialled(linted, point)}
    return edges


def _node(flow: Flow, target: str, flows: Mapping[str, Flow]) -> Node | None:
    if kind_of(target) == "flow":
        other = flows.get(target.removeprefix("flow:"))
        return (other.id, other.start) if other is not None and other.start in other.points else None
    return (flow.id, target) if target in flow.points else None


def _dialled(linted: Linted, point: Point) -> Iterator[tuple[str, Node]]:
    try:
        references = references_of(point)
    except Exception:  # reported by the rule ``modules_answer``, which asks again
        return
    for reference in references:
        flow = linted.own_numbers.get(reference.id, "")
        if reference.kind == "number" and flow in linted.flows:
            node = _node(linted.flow, f"flow:{flow}", linted.flows)
            if node is not None:
                yield reference.id, node


def _circles(flow: Flow, edges: Edges) -> Iterator[list[Node]]:
    """The shortest circle through each point of ``flow`` that is on one, a point shown once only."""
    alive = _on_the_move(edges)
    shown: set[Node] = set()
    for name in flow.points:
        node = flow.id, name
        if node in alive and node not in shown:
            circle = _way_back(node, edges, alive)
            shown.update(circle)
            if circle:
                yield circle


def _on_the_move(edges: Edges) -> set[Node]:
    """The points from which a caller can go on for ever; empty for a flow without circles."""
    before: dict[Node, list[Node]] = {node: [] for node in edges}
    for node, leads in edges.items():
        for after in leads:
            before[after].append(node)
    ways = {node: len(leads) for node, leads in edges.items()}
    ending = [node for node, count in ways.items() if not count]
    for node in ending:  # grows while it is walked
        for earlier in before[node]:
            ways[earlier] -= 1
            if not ways[earlier]:
                ending.append(earlier)
    return set(edges) - set(ending)


def _way_back(node: Node, edges: Edges, alive: set[Node]) -> list[Node]:
    came_from: dict[Node, Node] = {}
    waiting = [node]
    for here in waiting:  # grows while it is walked
        for after in edges[here]:
            if after in alive and after not in came_from:
                came_from[after] = here
                waiting.append(after)
        if node in came_from:
            break
    if node not in came_from:
        return []
    way = [node]
    while way[-1] != node or len(way) == 1:
        way.append(came_from[way[-1]])
    return way[::-1]


def _shown(circle: Iterable[Node], edges: Edges, flow: str) -> str:
    nodes = list(circle)
    names = [name if owner == flow else f"flow:{owner}/{name}" for owner, name in nodes]
    arrows = [f" -{edges[a][b]}-> " for a, b in pairwise(nodes)]
    return "".join(name + arrow for name, arrow in zip(names, [*arrows, ""], strict=True))


def _ways(circle: Iterable[Node], edges: Edges, flow: str) -> tuple[str, ...]:
    """The paths of the circle's exits in ``flow``; a number that is dialled is no exit."""
    return tuple(
        f"points.{a[1]}.exits.{edges[a][b]}"
        for a, b in pairwise(circle)
        if a[0] == flow and not edges[a][b].startswith("+")
    )


RULES: Final[tuple[Rule, ...]] = (
    start_exists,
    targets_exist,
    points_reachable,
    no_idle_circles,
    silence_ends,
    last_resort_named,
    flow_is_used,
    sub_flows_end,
)
