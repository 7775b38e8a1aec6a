/** A point as it is drawn, and the place of a target that is not there. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { endWords, type GhostNode, type PointNode, type Row } from "./graph";
import { Icon } from "./icon";
import { useWords } from "./texts";

export const PointCard = memo(function PointCard({ data, selected }: NodeProps<PointNode>) {
  const { say } = useWords();
  const classes = ["point"];
  if (selected) classes.push("point-chosen");
  if (data.errors) classes.push("point-error");
  if (data.faded) classes.push("point-faded");
  if (data.passed.length) classes.push("point-passed");
  if (data.looked) classes.push("point-looked");
  return (
    <div className={classes.join(" ")}>
      <Handle type="target" position={Position.Left} />
      <div className="point-head">
        <Icon name={data.icon} />
        <div className="point-names">
          <div className="point-label">{data.label}</div>
          <div className="point-module">{data.module}</div>
        </div>
        {data.passed.length > 0 && <span className="point-count point-count-passed">{data.passed.join(", ")}</span>}
        <Count number={data.errors} tone="error" word={say("errors", { count: data.errors })} />
        <Count number={data.warnings} tone="warning" word={say("warnings", { count: data.warnings })} />
      </div>
      {(data.start || data.resort) && (
        <div className="point-marks">
          {data.start && <span className="point-mark">{say("start")}</span>}
          {data.resort && <span className="point-mark">{say("last resort")}</span>}
        </div>
      )}
      {data.rows.length > 0 && (
        <ul className="point-exits">
          {data.rows.map((row) => (
            <ExitRow key={row.exit} row={row} />
          ))}
        </ul>
      )}
    </div>
  );
});

function Count({ number, tone, word }: { number: number; tone: string; word: string }) {
  if (!number) return null;
  return (
    <span className={`point-count point-count-${tone}`} title={word} role="img" aria-label={word}>
      {number}
    </span>
  );
}

function ExitRow({ row }: { row: Row }) {
  const { say, exit } = useWords();
  const end = endWords(row.target, { open: say("open"), hangUp: say("hang up"), flow: say("to flow") });
  const tone = !row.target && row.required ? "error" : row.severity;
  return (
    <li className={`point-exit${tone ? ` point-exit-${tone}` : ""}`}>
      <span className="point-exit-name">{exit(row.exit)}</span>
      {end && <span className="point-exit-end">{end}</span>}
      <Handle type="source" position={Position.Right} id={row.exit} />
    </li>
  );
}

export const GhostCard = memo(function GhostCard({ data }: NodeProps<GhostNode>) {
  return (
    <div className="ghost">
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {data.label}
    </div>
  );
});
