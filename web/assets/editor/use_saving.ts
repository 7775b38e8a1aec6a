/** The saving as React sees it. */

import { useEffect, useRef, useState } from "react";
import type { History } from "./history";
import type { FlowDocument } from "./model";
import { Saving, type State } from "./saving";
import type { Boot, Draft, Met } from "./server";

interface Hearing {
  draft(draft: Draft, theirs: boolean): void;
  met(met: Met): void;
  /** A flow that this browser kept and the portal never got. */
  found(flow: FlowDocument): void;
}

export interface Kept {
  state: State;
  detail: string;
  now(): void;
  settled(theirs: Draft, flow: FlowDocument): void;
}

export function useSaving(boot: Boot, history: History, hearing: Hearing): Kept {
  const [[state, detail], setState] = useState<[State, string]>(["saved", ""]);
  const hear = useRef(hearing);
  hear.current = hearing;
  const saving = useRef<Saving | null>(null);
  /** The flow as the portal has it, or is about to get it from somewhere else than the history. */
  const settled = useRef<FlowDocument | null>(history.present);

  useEffect(() => {
    if (boot.readOnly) return;
    const made = new Saving(boot, {
      state: (now, why) => setState([now, why]),
      draft: (draft, theirs) => {
        if (theirs) settled.current = draft.document;
        hear.current.draft(draft, theirs);
      },
      met: (met) => {
        setState(["conflict", ""]);
        hear.current.met(met);
      },
    });
    saving.current = made;
    return made.start((unsaved) => hear.current.found(unsaved.document));
  }, [boot]);

  useEffect(() => {
    if (history.present === settled.current) return;
    settled.current = history.present;
    saving.current?.changed(history.present);
  }, [history.present]);

  return {
    state,
    detail,
    now: () => saving.current?.now(),
    settled: (theirs, flow) => {
      settled.current = flow;
      saving.current?.settled(theirs, flow);
    },
  };
}
