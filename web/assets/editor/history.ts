/** Undo and redo over whole flows: each is a value, so going back is taking the one before. */

import type { FlowDocument } from "./model";

const LONGEST = 200;

export interface History {
  past: FlowDocument[];
  present: FlowDocument;
  future: FlowDocument[];
  /** What the last edit was of, so that typing in one field is undone at once. */
  burst: string;
  /** Grows with every edit, undo and redo: what has to be saved. */
  revision: number;
}

export type Step =
  | { kind: "edit"; flow: FlowDocument; burst?: string }
  | { kind: "replaced"; flow: FlowDocument }
  | { kind: "undo" }
  | { kind: "redo" };

export function begin(present: FlowDocument): History {
  return { past: [], present, future: [], burst: "", revision: 0 };
}

export function stepped(history: History, step: Step): History {
  const { past, present, future } = history;
  const revision = history.revision + 1;
  switch (step.kind) {
    case "edit": {
      if (step.flow === present) return history;
      const goesOn = !!step.burst && step.burst === history.burst;
      const before = goesOn ? past : [...past, present].slice(-LONGEST);
      return { past: before, present: step.flow, future: [], burst: step.burst ?? "", revision };
    }
    case "replaced": // what others changed came in; one's own steps can still be taken back
      return { past: [...past, present].slice(-LONGEST), present: step.flow, future: [], burst: "", revision };
    case "undo": {
      const before = past[past.length - 1];
      if (!before) return history;
      return { past: past.slice(0, -1), present: before, future: [present, ...future], burst: "", revision };
    }
    case "redo": {
      const [after, ...rest] = future;
      if (!after) return history;
      return { past: [...past, present], present: after, future: rest, burst: "", revision };
    }
  }
}
