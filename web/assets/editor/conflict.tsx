/** Both sides of a draft that two people changed: what could not be put together by itself is decided here. */

import { useEffect, useId, useRef, useState } from "react";
import type { FlowDocument } from "./model";
import type { Clash, Met } from "./server";
import { useWords } from "./texts";

type Side = "mine" | "theirs";

/** The merged flow with the decisions put in; the path of a clash leads to the value it is about. */
export function decided(merged: FlowDocument, clashes: Clash[], sides: Side[]): FlowDocument {
  const flow = structuredClone(merged) as unknown as Record<string, unknown>;
  for (const [place, clash] of clashes.entries()) put(flow, clash.path, clash[sides[place] ?? "theirs"]);
  return flow as unknown as FlowDocument;
}

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let here = into;
  for (const step of steps) here = (here[step] ??= {}) as Record<string, unknown>;
  if (value === null || value === undefined) delete here[last];
  else here[last] = value;
}

export function Conflict({ met, onDecided }: { met: Met; onDecided: (flow: FlowDocument) => void }) {
  const { say } = useWords();
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  const [sides, setSides] = useState<Side[]>(met.clashes.map(() => "mine"));
  useEffect(() => box.current?.showModal(), []);
  const side = (place: number, which: Side, value: unknown) => (
    <label className={`conflict-side${sides[place] === which ? " conflict-side-chosen" : ""}`}>
      <span>
        <input
          type="radio"
          className="form-check-input"
          name={`${id}-${place}`}
          checked={sides[place] === which}
          onChange={() => setSides(sides.map((one, at) => (at === place ? which : one)))}
        />{" "}
        {which === "mine" ? say("mine") : say("theirs", { by: met.draft.by })}
      </span>
      <pre>{shown(value, say("removed"))}</pre>
    </label>
  );
  return (
    <dialog ref={box} className="conflict" aria-labelledby={`${id}-title`} onCancel={(event) => event.preventDefault()}>
      <h2 id={`${id}-title`}>{say("both changed")}</h2>
      <p>{say("both changed help", { by: met.draft.by })}</p>
      {met.clashes.map((clash, place) => (
        <fieldset key={clash.path} className="conflict-clash">
          <legend>{clash.name}</legend>
          <div className="conflict-sides">
            {side(place, "mine", clash.mine)}
            {side(place, "theirs", clash.theirs)}
          </div>
        </fieldset>
      ))}
      <button
        type="button"
        className="btn btn-primary"
        onClick={() => onDecided(decided(met.merged, met.clashes, sides))}
      >
        {say("take over")}
      </button>
    </dialog>
  );
}

function shown(value: unknown, removed: string): string {
  if (value === null || value === undefined) return removed;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
