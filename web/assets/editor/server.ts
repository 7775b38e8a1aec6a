/** What the island asks of the portal; every rule about flows is there and not here. */

import type { Exits, Finding, FlowDocument, ModuleEntry } from "./model";

export interface Choice {
  value: string;
  label: string;
}

/** The draft as the portal keeps it, and what the linter says of it. */
export interface Draft {
  revision: number;
  document: FlowDocument;
  findings: Finding[];
  shapes: Record<string, Exits>;
  by: string;
}

export interface Boot {
  draft: Draft;
  modules: ModuleEntry[];
  flows: Choice[];
  languages: Choice[];
  exits: Record<string, string>;
  texts: Record<string, string>;
  readOnly: boolean;
  urls: { draft: string; form: string };
  csrf: string;
  /** Under which an unsaved draft is remembered in this browser. */
  key: string;
}

/** One thing that both sides changed in different ways; null where a side removed it. */
export interface Clash {
  path: string;
  name: string;
  mine: unknown;
  theirs: unknown;
}

/** What a save meets when somebody else saved first: their draft, and both sides together but for the clashes. */
export interface Met {
  draft: Draft;
  merged: FlowDocument;
  clashes: Clash[];
}

export type Saved = { kind: "saved"; draft: Draft } | { kind: "met"; met: Met } | { kind: "refused"; why: string };

export interface Checked {
  settings: Record<string, unknown>;
  problems: { path: string; message: string }[];
  exits: Exits | null;
  html: string;
}

export interface Unsaved {
  revision: number;
  base: FlowDocument;
  document: FlowDocument;
}

export class Refused extends Error {}

async function answer(response: Response): Promise<Response> {
  if (response.ok || response.status === 409) return response;
  const said = await response.json().catch(() => ({}));
  throw new Refused(said.message ?? said.detail ?? `${response.status} ${response.statusText}`);
}

function asking(boot: Boot, body: BodyInit, json: boolean): RequestInit {
  const headers: Record<string, string> = { "X-CSRF-Token": boot.csrf, Accept: "application/json" };
  if (json) headers["Content-Type"] = "application/json";
  return { method: "POST", headers, body, credentials: "same-origin" };
}

/** Save; `last` marks a save that must outlive the page. Throws what `fetch` throws when the portal is not there. */
export async function save(boot: Boot, unsaved: Unsaved, last = false): Promise<Saved> {
  const request = { ...asking(boot, JSON.stringify(unsaved), true), method: "PUT" };
  // Browsers refuse to outlive a page with more than 64 KiB; the copy kept in this browser is there for such a flow.
  const keepalive = last && (request.body as string).length < 60_000;
  const response = await fetch(boot.urls.draft, { ...request, keepalive });
  if (response.status === 409) return { kind: "met", met: (await response.json()) as Met };
  try {
    return { kind: "saved", draft: (await (await answer(response)).json()) as Draft };
  } catch (error) {
    if (error instanceof Refused) return { kind: "refused", why: error.message };
    throw error;
  }
}

/** The draft if it is newer than `revision`. */
export async function newer(boot: Boot, revision: number): Promise<Draft | null> {
  const response = await fetch(`${boot.urls.draft}?after=${revision}`, { credentials: "same-origin" });
  return response.status === 200 ? ((await response.json()) as Draft) : null;
}

export async function formOf(boot: Boot, module: string, settings: Record<string, unknown>): Promise<Checked> {
  const response = await fetch(boot.urls.form, asking(boot, JSON.stringify({ module, settings }), true));
  return (await (await answer(response)).json()) as Checked;
}

/** What the fields of a form mean as settings; `press` is the button that adds or removes a row. */
export async function check(boot: Boot, module: string, form: HTMLFormElement, press?: HTMLElement): Promise<Checked> {
  const data = new FormData(form);
  data.set("module", module);
  if (press instanceof HTMLButtonElement && press.name) data.set(press.name, press.value);
  const response = await fetch(boot.urls.form, asking(boot, data, false));
  return (await (await answer(response)).json()) as Checked;
}
