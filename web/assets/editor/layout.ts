/** Where the points stand: those that were placed stay, all others are laid out from left to right. */

import dagre from "@dagrejs/dagre";
import { type FlowDocument, leadsToPoint, type Place, type Places } from "./model";

export const WIDTH = 240;
const HEAD = 62;
const ROW = 26;

export function heightOf(rows: number): number {
  return HEAD + rows * ROW + (rows ? 10 : 0);
}

/** The places of all points of a flow; `rows` says how many exits a point shows. */
export function arranged(document: FlowDocument, rows: (point: string) => number): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 150, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = inOrder(document);
  for (const id of ids) graph.setNode(id, { width: WIDTH, height: heightOf(rows(id)) });
  for (const id of ids) {
    for (const target of Object.values(document.points[id]?.exits ?? {})) {
      if (!leadsToPoint(target) || target === id) continue;
      const there = target in document.points ? target : ghostOf(id, target);
      if (there !== target) graph.setNode(there, { width: WIDTH, height: 40 });
      graph.setEdge(id, there);
    }
  }
  dagre.layout(graph);
  const places: Places = {};
  for (const id of graph.nodes()) {
    const at = graph.node(id) as { x: number; y: number; height: number };
    places[id] = { x: Math.round(at.x - WIDTH / 2), y: Math.round(at.y - at.height / 2) };
  }
  return places;
}

/** The id in the picture of a target that is not there. */
export function ghostOf(point: string, target: string): string {
  return `?${point}:${target}`;
}

/** The points as a caller meets them, from the start; those nobody meets come last. */
export function inOrder(document: FlowDocument): string[] {
  const seen = new Set<string>();
  const waiting = document.start && document.start in document.points ? [document.start] : [];
  for (const id of [...waiting, ...Object.keys(document.points)]) {
    const stack = [id];
    for (let here = stack.shift(); here !== undefined; here = stack.shift()) {
      if (seen.has(here) || !(here in document.points)) continue;
      seen.add(here);
      stack.push(...Object.values(document.points[here]?.exits ?? {}).filter(leadsToPoint));
    }
  }
  return [...seen];
}

/** `places` with a place for every point: new ones beside the point that leads to them, clear of the others. */
export function placed(document: FlowDocument, places: Places, rows: (point: string) => number): Places {
  const ids = Object.keys(document.points);
  const missing = ids.filter((id) => !(id in places));
  if (!missing.length) return places;
  if (missing.length === ids.length) return arranged(document, rows);
  const all: Places = Object.fromEntries(ids.filter((id) => id in places).map((id) => [id, places[id] as Place]));
  for (const id of inOrder(document).filter((one) => !(one in all))) {
    all[id] = free(all, near(document, all, id), heightOf(rows(id)));
  }
  return all;
}

function near(document: FlowDocument, places: Places, id: string): Place {
  for (const [name, point] of Object.entries(document.points)) {
    const at = places[name];
    if (at && Object.values(point.exits ?? {}).includes(id)) return { x: at.x + WIDTH + 150, y: at.y };
  }
  const lowest = Math.max(0, ...Object.values(places).map((place) => place.y + 180));
  return { x: 20, y: lowest };
}

function free(places: Places, wanted: Place, height: number): Place {
  const place = { ...wanted };
  const meets = (other: Place): boolean =>
    Math.abs(other.x - place.x) < WIDTH + 20 && other.y < place.y + height + 20 && place.y < other.y + 150;
  while (Object.values(places).some(meets)) place.y += 40;
  return place;
}
