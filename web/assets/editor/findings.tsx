/** What the linter says, each line a way to the place it is about. */

import { useActions } from "./actions";
import { type Finding, type FlowDocument, nameOf, placeOf } from "./model";
import { useWords } from "./texts";

export function Findings({ findings, document }: { findings: Finding[]; document: FlowDocument }) {
  const { say } = useWords();
  const actions = useActions();
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return (
    <section className="findings" aria-label={say("findings")}>
      <h2 className="findings-title">
        {say("findings")}
        <span className={`badge ${errors ? "bg-red-lt" : "bg-green-lt"}`}>
          {findings.length ? say("counts", { errors, warnings: findings.length - errors }) : say("no findings")}
        </span>
      </h2>
      <ul className="findings-list">
        {findings.map((finding) => {
          const { point } = placeOf(finding.path);
          const there = point in document.points;
          return (
            <li key={`${finding.rule}${finding.path}${finding.message}`} className={`finding finding-${finding.severity}`}>
              <span className="finding-kind">{say(finding.severity)}</span>
              {there ? (
                <button type="button" className="btn-link finding-place" onClick={() => actions.choose(point, true)}>
                  {nameOf(document, point)}
                </button>
              ) : (
                <span className="finding-place">{say("flow")}</span>
              )}
              <span>{finding.message}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
