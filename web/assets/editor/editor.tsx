/** The flow editor: the picture, the panel beside it, and what holds both together. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { ActionsContext } from "./actions";
import { Canvas } from "./canvas";
import { Conflict } from "./conflict";
import { Findings } from "./findings";
import { type Shapes, type Trail } from "./graph";
import { begin, stepped } from "./history";
import {
  addPoint,
  duplicatePoint,
  type Exits,
  type Finding,
  type FlowDocument,
  labelPoint,
  type ModuleEntry,
  nameOf,
  type Place,
  removePoints,
  setCostCentre,
  setExit,
  setFlow,
  setSettings,
  shapeKey,
  type Way,
} from "./model";
import { Palette } from "./palette";
import { type Edits, Panel } from "./panel";
import type { Boot, Draft, Met } from "./server";
import { exitWords, saying, Words } from "./texts";
import { Toolbar } from "./toolbar";
import { useSaving } from "./use_saving";

/** What the page may ask of the picture: to show a point, or a step of a tried call. */
export interface Wish {
  point: string;
  step: number;
}

interface Props {
  boot: Boot;
  steps: Trail["steps"] | null;
  listen: (hear: (wish: Wish) => void) => () => void;
}

export function Editor(props: Props) {
  const words = useMemo(() => {
    const say = saying(props.boot.texts);
    return { say, exit: (name: string) => exitWords(props.boot.exits, name) };
  }, [props.boot]);
  return (
    <Words.Provider value={words}>
      <ReactFlowProvider>
        <Inside {...props} />
      </ReactFlowProvider>
    </Words.Provider>
  );
}

function Inside({ boot, steps, listen }: Props) {
  const { say } = useMemo(() => ({ say: saying(boot.texts) }), [boot]);
  const [history, step] = useReducer(stepped, boot.draft.document, begin);
  const [chosen, setChosen] = useState<string[]>([]);
  const [findings, setFindings] = useState<Finding[]>(boot.draft.findings);
  const [asking, setAsking] = useState<{ way?: Way; place?: Place } | null>(null);
  const [met, setMet] = useState<Met | null>(null);
  const [round, setRound] = useState(0);
  const [trail, setTrail] = useState<Trail | null>(steps ? { steps, chosen: 0 } : null);
  const [told, tell] = useState("");
  const canvas = useReactFlow();
  const root = useRef<HTMLDivElement>(null);
  const flow = history.present;
  const latest = useRef(flow);
  latest.current = flow;
  const modules = useMemo(() => new Map(boot.modules.map((module) => [module.kind, module])), [boot]);
  const [known, setKnown] = useState(() => learned(new Map<string, Exits>(), boot.draft, boot.modules));
  const shapes: Shapes = useCallback((point) => shapeOf(known, modules, point), [known, modules]);

  const edit = useCallback((next: FlowDocument, burst?: string) => {
    latest.current = next;
    step({ kind: "edit", flow: next, ...(burst ? { burst } : {}) });
  }, []);

  const takeIn = useCallback((next: FlowDocument, note: string) => {
    latest.current = next;
    step({ kind: "replaced", flow: next });
    setRound((now) => now + 1);
    tell(note);
  }, []);

  const saving = useSaving(boot, history, {
    draft: (draft: Draft, theirs: boolean) => {
      setFindings(draft.findings);
      setKnown((now) => learned(now, draft, []));
      if (theirs) takeIn(draft.document, say("taken in", { by: draft.by }));
    },
    met: (theirs: Met) => {
      if (theirs.clashes.length) setMet(theirs);
      else settle(theirs, theirs.merged);
    },
    found: (unsaved: FlowDocument) => takeIn(unsaved, say("found unsaved")),
  });

  const settle = (theirs: Met, decision: FlowDocument): void => {
    setMet(null);
    takeIn(decision, say("merged", { by: theirs.draft.by }));
    saving.settled(theirs.draft, decision);
  };

  const choose = useCallback(
    (point: string, focus = false) => {
      setChosen(point ? [point] : []);
      if (point && focus) {
        void canvas.fitView({ nodes: [{ id: point }], maxZoom: 1, duration: 200 });
        window.setTimeout(() => root.current?.querySelector<HTMLElement>("[data-first]")?.focus(), 0);
      }
    },
    [canvas],
  );

  const add = (module: ModuleEntry, at?: { way?: Way; place?: Place }): void => {
    const made = addPoint(latest.current, module, at?.way);
    const place = at?.place;
    const point = made.document.points[made.id];
    const position: [number, number] | undefined = place && [Math.round(place.x), Math.round(place.y)];
    const points = { ...made.document.points, ...(point && position ? { [made.id]: { ...point, position } } : {}) };
    edit({ ...made.document, points });
    setAsking(null);
    tell(say("added", { label: nameOf(made.document, made.id) }));
    choose(made.id, true);
  };

  const edits: Edits = {
    label: (point, label) => edit(labelPoint(latest.current, point, label), `label ${point}`),
    costCentre: (point, text) => edit(setCostCentre(latest.current, point, text), `cost ${point}`),
    settings: (point, settings, exits) => {
      const now = latest.current.points[point];
      if (!now) return;
      if (exits) setKnown((all) => new Map(all).set(shapeKey({ ...now, settings }), exits));
      if (shapeKey({ ...now, settings }) === shapeKey(now)) return;
      edit(setSettings(latest.current, point, settings, exits ?? undefined), `settings ${point}`);
    },
    exit: (way, target) => edit(setExit(latest.current, way, target)),
    flow: (change) => edit(setFlow(latest.current, change), `flow ${Object.keys(change).join()}`),
    remove: (points) => {
      const names = points.map((point) => nameOf(latest.current, point)).join(", ");
      edit(removePoints(latest.current, points));
      setChosen([]);
      tell(say("deleted", { label: names }));
    },
    duplicate: (point) => {
      const made = duplicatePoint(latest.current, point, say("copy of"));
      edit(made.document);
      choose(made.id, true);
    },
    failed: (why) => tell(why),
  };

  const back = (kind: "undo" | "redo"): void => {
    step({ kind });
    setRound((now) => now + 1);
    tell(say(`${kind} done`));
  };

  useKeys(root, boot.readOnly, {
    undo: () => back("undo"),
    redo: () => back("redo"),
    add: () => setAsking({}),
    duplicate: () => chosen[0] && edits.duplicate(chosen[0]),
    leave: () => focusNode(root.current, chosen[0]),
  });

  useEffect(
    () =>
      listen(({ point, step: at }) => {
        setTrail((now) => (now && at >= 0 ? { ...now, chosen: at } : now));
        if (point) void canvas.fitView({ nodes: [{ id: point }], maxZoom: 1, duration: 200 });
        if (point && !steps) setChosen([point]);
      }),
    [listen, canvas, steps],
  );

  const actions = useMemo(
    () => ({ insert: (way?: Way) => setAsking(way ? { way } : {}), choose }),
    [choose],
  );
  const one = chosen.length === 1 ? (chosen[0] ?? "") : "";
  return (
    <ActionsContext.Provider value={actions}>
      <div className="editor" ref={root} data-saving={saving.state} data-steps={history.past.length}>
        <Toolbar
          readOnly={boot.readOnly}
          undo={history.past.length ? () => back("undo") : null}
          redo={history.future.length ? () => back("redo") : null}
          add={() => setAsking({})}
          remove={chosen.length ? () => edits.remove(chosen) : null}
          duplicate={one ? () => edits.duplicate(one) : null}
          state={saving.state}
          detail={saving.detail}
          told={told}
          retry={saving.now}
        />
        <div className="editor-work">
          <div className="editor-picture">
            <Canvas
              boot={boot}
              flow={flow}
              chosen={chosen}
              onChosen={setChosen}
              findings={findings}
              shapes={shapes}
              modules={modules}
              trail={trail}
              edit={edit}
              remove={edits.remove}
              onAsk={(way, place) => setAsking({ ...(way ? { way } : {}), ...(place ? { place } : {}) })}
              onDropped={(kind, place) => {
                const module = modules.get(kind);
                if (module) add(module, { place });
              }}
            />
            {asking && (
              <Palette
                modules={boot.modules}
                title={asking.way ? say("add after", { label: nameOf(flow, asking.way.point) }) : say("add")}
                onChoose={(module) => add(module, asking)}
                onClose={() => setAsking(null)}
              />
            )}
          </div>
          {!steps && (
            <Panel
              boot={boot}
              document={flow}
              module={modules.get(flow.points[one]?.module ?? "")}
              point={one}
              findings={findings}
              shapes={shapes}
              round={round}
              edits={edits}
            />
          )}
        </div>
        {!steps && <Findings findings={findings} document={flow} />}
        {met && <Conflict met={met} onDecided={(decision) => settle(met, decision)} />}
      </div>
    </ActionsContext.Provider>
  );
}

function shapeOf(known: Map<string, Exits>, modules: Map<string, ModuleEntry>, point: FlowDocument["points"][string]): Exits {
  const said = known.get(shapeKey(point));
  if (said) return said;
  const usual = modules.get(point.module)?.exits ?? { required: [], optional: [] };
  const own = Object.keys(point.exits ?? {}).filter((name) => !usual.optional.includes(name));
  return { required: own.length ? own : usual.required, optional: usual.optional };
}

function learned(known: Map<string, Exits>, draft: Draft, modules: ModuleEntry[]): Map<string, Exits> {
  const all = new Map(known);
  for (const [id, exits] of Object.entries(draft.shapes)) {
    const point = draft.document.points[id];
    if (point) all.set(shapeKey(point), exits);
  }
  for (const { kind, settings, exits } of modules) all.set(shapeKey({ module: kind, settings }), exits);
  return all;
}

function focusNode(root: HTMLElement | null, point: string | undefined): void {
  if (point) root?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(point)}"]`)?.focus();
}

type Keys = Record<"undo" | "redo" | "add" | "duplicate" | "leave", () => void>;

/** Keys that work anywhere in the editor; those of a field belong to the field. */
function useKeys(root: { current: HTMLElement | null }, readOnly: boolean, keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const target = event.target as Element;
      const command = event.ctrlKey || event.metaKey;
      const typing = target.matches("input, textarea, select, [contenteditable]");
      const name = event.key.toLowerCase();
      const inside = target === document.body || !!root.current?.contains(target);
      if (!inside || document.querySelector("dialog:modal")) return;
      if (name === "escape" && root.current?.querySelector(".panel")?.contains(target)) now.current.leave();
      else if (readOnly) return;
      else if (command && name === "z" && !event.shiftKey && !typing) now.current.undo();
      else if (command && (name === "y" || (name === "z" && event.shiftKey)) && !typing) now.current.redo();
      else if (command && name === "d" && !typing) now.current.duplicate();
      else if (name === "a" && !command && !event.altKey && !typing) now.current.add();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [root, readOnly]);
}
