/** A flow as plain values, the same as in its file, and every edit of it as a function from document to document. */

export const HANG_UP = "hang-up";

export interface PointDocument {
  module: string;
  label?: string;
  cost_centre?: string;
  position?: [number, number];
  settings?: Record<string, unknown>;
  exits?: Record<string, string>;
}

export interface FlowDocument {
  flow: string;
  label?: string;
  description?: string;
  language?: string;
  start?: string;
  last_resort?: string;
  points: Record<string, PointDocument>;
}

export interface Place {
  x: number;
  y: number;
}

export type Places = Record<string, Place>;

/** The places that the flow itself says; all other points are laid out. */
export function positionsOf(document: FlowDocument): Places {
  const found: Places = {};
  for (const [id, { position }] of Object.entries(document.points)) {
    if (position) found[id] = { x: position[0], y: position[1] };
  }
  return found;
}

/** The flow with its points at these places, as whole pixels. */
export function withPlaces(document: FlowDocument, places: Places): FlowDocument {
  const points = Object.entries(document.points).map(([id, point]) => {
    const place = places[id];
    return [id, place ? { ...point, position: [Math.round(place.x), Math.round(place.y)] } : point] as const;
  });
  return { ...document, points: Object.fromEntries(points) as FlowDocument["points"] };
}

export interface Exits {
  required: string[];
  optional: string[];
}

export interface ModuleEntry {
  kind: string;
  label: string;
  help: string;
  icon: string;
  plugin: string;
  settings: Record<string, unknown>;
  exits: Exits;
}

export interface Finding {
  rule: string;
  severity: "error" | "warning";
  path: string;
  message: string;
  also?: string[];
}

/** The point and, where a finding is about one, the exit that a finding's path leads to. */
export function placeOf(path: string): { point: string; exit: string; setting: string } {
  const found = /^points\.([^.]+)(?:\.(exits|settings)(?:\.(.+))?)?/.exec(path);
  if (!found) return { point: "", exit: "", setting: path };
  const [, point = "", part, rest = ""] = found;
  return { point, exit: part === "exits" ? rest : "", setting: part === "settings" ? rest : "" };
}

export function leadsToPoint(target: string | undefined): target is string {
  return !!target && target !== HANG_UP && !target.startsWith("flow:");
}

export function nameOf(document: FlowDocument, point: string): string {
  return document.points[point]?.label || point;
}

function withPoint(document: FlowDocument, id: string, change: Partial<PointDocument>): FlowDocument {
  const point = document.points[id];
  return point ? { ...document, points: { ...document.points, [id]: { ...point, ...change } } } : document;
}

export function freshId(document: FlowDocument, stem: string): string {
  const base = stem.toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+/, "").slice(0, 34) || "point";
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!(id in document.points) && id !== HANG_UP) return id;
  }
}

/** A way out of a point: the point and the exit. */
export interface Way {
  point: string;
  exit: string;
}

/** Exits by which nobody goes on as meant. */
const NO_WAY_ON = ["timeout", "invalid", "error"];

/** A new point of a module; `from` leads an exit to it, and where that exit led before the new point leads on. */
export function addPoint(
  document: FlowDocument,
  module: ModuleEntry,
  from?: Way,
): { document: FlowDocument; id: string } {
  const id = freshId(document, module.kind);
  const label = id === module.kind ? module.label : `${module.label} ${id.slice(module.kind.length + 1)}`;
  const before = from ? document.points[from.point]?.exits?.[from.exit] : undefined;
  const onward = module.exits.required.find((exit) => !NO_WAY_ON.includes(exit));
  const exits: Record<string, string> = before && onward ? { [onward]: before } : {};
  const point: PointDocument = { module: module.kind, label, settings: { ...module.settings }, exits };
  let next: FlowDocument = { ...document, points: { ...document.points, [id]: point } };
  if (from) next = setExit(next, from, id);
  if (!next.start || !(next.start in next.points)) next = { ...next, start: id };
  return { document: next, id };
}

export function setExit(document: FlowDocument, way: Way, target: string): FlowDocument {
  const point = document.points[way.point];
  if (!point) return document;
  const exits = { ...point.exits };
  if (target) exits[way.exit] = target;
  else delete exits[way.exit];
  return withPoint(document, way.point, { exits });
}

/** Without the points; who led to a point with one single way on is led there instead of into the void. */
export function removePoints(document: FlowDocument, gone: string[]): FlowDocument {
  return gone.reduce(removePoint, document);
}

function removePoint(document: FlowDocument, id: string): FlowDocument {
  const point = document.points[id];
  if (!point) return document;
  const targets = [...new Set(Object.values(point.exits ?? {}))].filter((target) => target !== id);
  const onward = targets.length === 1 ? (targets[0] ?? "") : "";
  const { [id]: _, ...rest } = document.points;
  const lead = (target: string | undefined): string => (target === id ? onward : (target ?? ""));
  const points = Object.fromEntries(
    Object.entries(rest).map(([name, other]) => {
      const exits = Object.entries(other.exits ?? {}).map(([exit, target]) => [exit, lead(target)] as const);
      return [name, { ...other, exits: Object.fromEntries(exits.filter(([, target]) => target)) }];
    }),
  );
  const start = document.start === id ? (leadsToPoint(onward) ? onward : (Object.keys(points)[0] ?? "")) : (document.start ?? "");
  const resort = document.last_resort === id ? (leadsToPoint(onward) ? onward : "") : (document.last_resort ?? "");
  return { ...document, points, start, last_resort: resort };
}

export function duplicatePoint(document: FlowDocument, id: string, copied: string): { document: FlowDocument; id: string } {
  const point = document.points[id];
  if (!point) return { document, id };
  const fresh = freshId(document, id.replace(/-\d+$/, ""));
  const { position: _, ...rest } = structuredClone(point);
  const copy = { ...rest, label: copied.replace("{label}", nameOf(document, id)) };
  return { document: { ...document, points: { ...document.points, [fresh]: copy } }, id: fresh };
}

export function labelPoint(document: FlowDocument, id: string, label: string): FlowDocument {
  return withPoint(document, id, { label });
}

export function setCostCentre(document: FlowDocument, id: string, cost_centre: string): FlowDocument {
  return withPoint(document, id, { cost_centre });
}

/** New settings; an exit that the module no longer has is kept only while it leads somewhere, for the linter to name. */
export function setSettings(
  document: FlowDocument,
  id: string,
  settings: Record<string, unknown>,
  exits: Exits | undefined,
): FlowDocument {
  const point = document.points[id];
  if (!point) return document;
  const known = exits ? [...exits.required, ...exits.optional] : [];
  const kept = exits
    ? Object.fromEntries(Object.entries(point.exits ?? {}).filter(([name]) => known.includes(name)))
    : { ...point.exits };
  return withPoint(document, id, { settings, exits: kept });
}

export function setFlow(document: FlowDocument, change: Partial<Omit<FlowDocument, "points" | "flow">>): FlowDocument {
  return { ...document, ...change };
}

/** A key under which what the server said about a module with some settings is remembered. */
export function shapeKey(point: PointDocument): string {
  const settings = point.settings ?? {};
  return JSON.stringify([point.module, Object.keys(settings).sort().map((name) => [name, settings[name]])]);
}
