/** The drawing as what the canvas shows: nodes with their exits as rows, edges between points, and missing targets. */

import type { Edge, Node } from "@xyflow/react";
import { ghostOf, heightOf, WIDTH } from "./layout";
import {
  type Exits,
  type Finding,
  type FlowDocument,
  HANG_UP,
  leadsToPoint,
  type ModuleEntry,
  placeOf,
  type Places,
  type PointDocument,
} from "./model";

export interface Row {
  exit: string;
  target: string;
  required: boolean;
  /** The worst the linter says of this exit. */
  severity: "" | "error" | "warning";
}

export interface Trail {
  /** The points of a tried call in order, each with the exit it was left by. */
  steps: { point: string; exit: string }[];
  chosen: number;
}

export interface PointData extends Record<string, unknown> {
  label: string;
  module: string;
  icon: string;
  rows: Row[];
  start: boolean;
  resort: boolean;
  errors: number;
  warnings: number;
  /** The places in a tried call's way, from 1, and whether it is the one looked at. */
  passed: number[];
  looked: boolean;
  faded: boolean;
}

export interface GhostData extends Record<string, unknown> {
  label: string;
}

export type PointNode = Node<PointData, "point">;
export type GhostNode = Node<GhostData, "ghost">;
export type WayEdge = Edge<{ exit: string; tone: string; editable: boolean; count: number }, "way">;

export type Shapes = (point: PointDocument) => Exits;

/** The exits a point shows: all it must connect, and those of the others that lead somewhere. */
export function rowsOf(point: PointDocument, exits: Exits): Row[] {
  const leads = point.exits ?? {};
  const extra = Object.keys(leads).filter((name) => !exits.required.includes(name));
  return [...exits.required, ...extra].map((exit) => ({
    exit,
    target: leads[exit] ?? "",
    required: exits.required.includes(exit),
    severity: "",
  }));
}

interface Drawn {
  nodes: (PointNode | GhostNode)[];
  edges: WayEdge[];
}

export interface Seen {
  modules: Map<string, ModuleEntry>;
  shapes: Shapes;
  findings: Finding[];
  trail: Trail | null;
  editable: boolean;
  /** Said of a target that is not there. */
  missing: (target: string) => string;
}

export function drawn(document: FlowDocument, places: Places, seen: Seen): Drawn {
  const said = sayings(seen.findings);
  const nodes: Drawn["nodes"] = [];
  const edges: WayEdge[] = [];
  for (const [id, point] of Object.entries(document.points)) {
    const rows = rowsOf(point, seen.shapes(point)).map((row) => ({ ...row, severity: said.exit(id, row.exit) }));
    const at = places[id] ?? { x: 0, y: 0 };
    nodes.push({ id, type: "point", position: at, data: dataOf(document, id, point, rows, said, seen) });
    for (const [order, row] of rows.entries()) {
      if (!leadsToPoint(row.target)) continue;
      const there = row.target in document.points;
      const target = there ? row.target : ghostOf(id, row.target);
      if (!there && !nodes.some((node) => node.id === target)) {
        const beside = { x: at.x + WIDTH + 150, y: at.y + heightOf(order) };
        nodes.push(ghost(target, seen.missing(row.target), places[target] ?? beside));
      }
      edges.push(edgeOf(id, row, target, there, seen));
    }
  }
  return { nodes, edges };
}

function dataOf(
  document: FlowDocument,
  id: string,
  point: PointDocument,
  rows: Row[],
  said: ReturnType<typeof sayings>,
  seen: Seen,
): PointData {
  const module = seen.modules.get(point.module);
  const steps = seen.trail?.steps ?? [];
  const passed = steps.flatMap((step, place) => (step.point === id ? [place + 1] : []));
  return {
    label: point.label || id,
    module: module?.label ?? point.module,
    icon: module?.icon ?? "puzzle",
    rows,
    start: document.start === id,
    resort: document.last_resort === id,
    errors: said.count(id, "error"),
    warnings: said.count(id, "warning"),
    passed,
    looked: !!seen.trail && steps[seen.trail.chosen]?.point === id,
    faded: !!seen.trail && passed.length === 0,
  };
}

function ghost(id: string, label: string, position: { x: number; y: number }): GhostNode {
  return { id, type: "ghost", position, data: { label }, draggable: false, selectable: false, focusable: false };
}

function edgeOf(id: string, row: Row, target: string, there: boolean, seen: Seen): WayEdge {
  const steps = seen.trail?.steps ?? [];
  const count = steps.filter(
    (step, place) => step.point === id && step.exit === row.exit && steps[place + 1]?.point === row.target,
  ).length;
  const tone = !there || row.severity === "error" ? "error" : count ? "passed" : seen.trail ? "faded" : row.severity;
  return {
    id: `${id}|${row.exit}`,
    type: "way",
    source: id,
    sourceHandle: row.exit,
    target,
    data: { exit: row.exit, tone, editable: seen.editable && there, count },
    className: tone ? `way-${tone}` : "",
  };
}

/** The ways of an edge's id, and what it stands for. */
export function wayOf(edge: string): { point: string; exit: string } {
  const at = edge.indexOf("|");
  return { point: edge.slice(0, at), exit: edge.slice(at + 1) };
}

function sayings(findings: Finding[]): {
  exit: (point: string, exit: string) => Row["severity"];
  count: (point: string, severity: Finding["severity"]) => number;
} {
  const exits = new Map<string, Row["severity"]>();
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const { point } = placeOf(finding.path);
    const key = `${point}|${finding.severity}`;
    if (point) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const path of [finding.path, ...(finding.also ?? [])]) {
      const { point: at, exit } = placeOf(path);
      if (exit && exits.get(`${at}|${exit}`) !== "error") exits.set(`${at}|${exit}`, finding.severity);
    }
  }
  return {
    exit: (point, exit) => exits.get(`${point}|${exit}`) ?? "",
    count: (point, severity) => counts.get(`${point}|${severity}`) ?? 0,
  };
}

export function endWords(target: string, words: { open: string; hangUp: string; flow: string }): string {
  if (!target) return words.open;
  if (target === HANG_UP) return words.hangUp;
  return target.startsWith("flow:") ? words.flow.replace("{flow}", target.slice(5)) : "";
}
