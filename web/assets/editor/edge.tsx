/** A way between two points: its exit in words beside where it begins, and a button to put a point into it. */

import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, getSmoothStepPath, useStore } from "@xyflow/react";
import { memo } from "react";
import { useActions } from "./actions";
import { wayOf, type WayEdge } from "./graph";
import { useWords } from "./texts";

/** Farther away, a button in the picture is too small to be hit (24 px, WCAG 2.2, 2.5.8). */
const NEAR = 0.93;

export const WayLine = memo(function WayLine(props: EdgeProps<WayEdge>) {
  const { say, exit } = useWords();
  const actions = useActions();
  const near = useStore((store) => store.transform[2] >= NEAR);
  const back = props.targetX < props.sourceX;
  const [path] = back ? getSmoothStepPath({ ...props, borderRadius: 16, offset: 28 }) : getBezierPath(props);
  const data = props.data;
  if (!data) return null;
  return (
    <>
      <BaseEdge id={props.id} path={path} markerEnd={props.markerEnd ?? ""} interactionWidth={18} />
      <EdgeLabelRenderer>
        <div
          className={`way nodrag nopan${data.tone ? ` way-label-${data.tone}` : ""}${props.selected ? " way-chosen" : ""}`}
          style={{ transform: `translate(0, -50%) translate(${props.sourceX + 12}px, ${props.sourceY}px)` }}
        >
          <span>{exit(data.exit)}</span>
          {data.editable && near && (
            <button
              type="button"
              className="way-insert"
              aria-label={say("insert here", { exit: exit(data.exit) })}
              title={say("insert here", { exit: exit(data.exit) })}
              onClick={() => actions.insert(wayOf(props.id))}
            >
              +
            </button>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
