/** What is beside the picture: the chosen point with its settings and exits, or the flow itself. */

import { type ReactNode, useId } from "react";
import { useActions } from "./actions";
import { SettingsForm } from "./form";
import { rowsOf, type Shapes } from "./graph";
import { Icon } from "./icon";
import { inOrder } from "./layout";
import { type Exits, type Finding, type FlowDocument, HANG_UP, type ModuleEntry, nameOf, placeOf, type Way } from "./model";
import type { Boot } from "./server";
import { useWords } from "./texts";

export interface Edits {
  label(point: string, label: string): void;
  costCentre(point: string, text: string): void;
  settings(point: string, settings: Record<string, unknown>, exits: Exits | null): void;
  exit(way: Way, target: string): void;
  flow(change: Partial<FlowDocument>): void;
  remove(points: string[]): void;
  duplicate(point: string): void;
  failed(why: string): void;
}

interface Props {
  boot: Boot;
  document: FlowDocument;
  module: ModuleEntry | undefined;
  point: string;
  findings: Finding[];
  shapes: Shapes;
  round: number;
  edits: Edits;
}

export function Panel(props: Props) {
  return props.document.points[props.point] ? <PointPanel {...props} /> : <FlowPanel {...props} />;
}

function PointPanel({ boot, document, module, point, findings, shapes, round, edits }: Props) {
  const { say } = useWords();
  const id = useId();
  const entry = document.points[point];
  const actions = useActions();
  if (!entry) return null;
  const own = findings.filter((finding) => placeOf(finding.path).point === point);
  const off = boot.readOnly;
  return (
    <section className="panel" aria-label={say("point", { label: nameOf(document, point) })} data-panel={point}>
      <div className="panel-head">
        <Icon name={module?.icon ?? "puzzle"} />
        <div>
          <h2 className="panel-title">{nameOf(document, point)}</h2>
          <div className="text-secondary small">
            {module?.label ?? entry.module} · <code>{point}</code>
          </div>
        </div>
        <button type="button" className="btn-close" aria-label={say("close")} onClick={() => actions.choose("")} />
      </div>
      {module?.help && <p className="text-secondary small">{module.help}</p>}
      {own.length > 0 && (
        <ul className="panel-findings">
          {own.map((finding) => (
            <li key={finding.path + finding.rule} className={`panel-finding-${finding.severity}`}>
              {finding.message}
            </li>
          ))}
        </ul>
      )}
      <fieldset disabled={off} className="panel-fields">
        <Field id={`${id}-label`} label={say("label")}>
          <input
            id={`${id}-label`}
            className="form-control"
            data-first
            value={entry.label ?? ""}
            maxLength={200}
            onChange={(event) => edits.label(point, event.target.value)}
          />
        </Field>
        <SettingsForm
          boot={boot}
          point={point}
          module={entry.module}
          settings={entry.settings ?? {}}
          round={round}
          onChange={edits.settings}
          onFailure={edits.failed}
        />
        <ExitSelects boot={boot} document={document} point={point} shapes={shapes} edits={edits} />
        <details className="panel-more">
          <summary>{say("more")}</summary>
          <Field id={`${id}-cost`} label={say("cost centre")}>
            <input
              id={`${id}-cost`}
              className="form-control"
              value={entry.cost_centre ?? ""}
              onChange={(event) => edits.costCentre(point, event.target.value)}
            />
          </Field>
          <div className="btn-list">
            <Mark on={document.start === point} word={say("start here")} set={() => edits.flow({ start: point })} />
            <Mark
              on={document.last_resort === point}
              word={say("last resort here")}
              set={() => edits.flow({ last_resort: document.last_resort === point ? "" : point })}
            />
          </div>
        </details>
        {!off && (
          <div className="btn-list panel-acts">
            <button type="button" className="btn btn-sm" onClick={() => edits.duplicate(point)}>
              {say("duplicate")}
            </button>
            <button type="button" className="btn btn-sm" onClick={() => edits.remove([point])}>
              {say("delete")}
            </button>
          </div>
        )}
      </fieldset>
    </section>
  );
}

function Mark({ on, word, set }: { on: boolean; word: string; set: () => void }) {
  return (
    <button type="button" className={`btn btn-sm${on ? " active" : ""}`} aria-pressed={on} onClick={set}>
      {word}
    </button>
  );
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="mb-3">
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      {children}
    </div>
  );
}

type SelectsProps = Pick<Props, "boot" | "document" | "point" | "shapes" | "edits">;

function ExitSelects({ boot, document, point, shapes, edits }: SelectsProps) {
  const { say, exit } = useWords();
  const id = useId();
  const actions = useActions();
  const entry = document.points[point];
  if (!entry) return null;
  const exits = shapes(entry);
  const named = rowsOf(entry, exits);
  const more = exits.optional.filter((name) => !named.some((row) => row.exit === name));
  const rows = [...named, ...more.map((name) => ({ exit: name, target: "", required: false }))];
  if (!rows.length) return null;
  const lead = (way: Way, target: string): void => (target === "+" ? actions.insert(way) : edits.exit(way, target));
  return (
    <fieldset className="panel-exits">
      <legend className="form-label">{say("exits")}</legend>
      {rows.map((row) => (
        <div className="panel-exit" key={row.exit}>
          <label htmlFor={`${id}-${row.exit}`}>{exit(row.exit)}</label>
          <select
            id={`${id}-${row.exit}`}
            className={`form-select form-select-sm${row.required && !row.target ? " is-invalid" : ""}`}
            data-exit={row.exit}
            value={row.target}
            onChange={(event) => lead({ point, exit: row.exit }, event.target.value)}
          >
            <option value="">{row.required ? say("open") : say("to last resort")}</option>
            <Targets document={document} boot={boot} now={row.target} />
            {!boot.readOnly && <option value="+">{say("new point")}</option>}
          </select>
        </div>
      ))}
    </fieldset>
  );
}

/** The options of a select that leads somewhere; what is not there is shown as it is written. */
function Targets({ document, boot, now }: { document: FlowDocument; boot: Boot; now: string }) {
  const { say } = useWords();
  const flows = boot.flows.filter((flow) => flow.value !== document.flow);
  const known = now in document.points || now === HANG_UP || !now || flows.some((flow) => `flow:${flow.value}` === now);
  return (
    <>
      {!known && <option value={now}>{say("missing", { target: now })}</option>}
      <option value={HANG_UP}>{say("hang up")}</option>
      <optgroup label={say("points")}>
        {inOrder(document).map((id) => (
          <option key={id} value={id}>
            {nameOf(document, id)}
          </option>
        ))}
      </optgroup>
      {flows.length > 0 && (
        <optgroup label={say("flows")}>
          {flows.map((flow) => (
            <option key={flow.value} value={`flow:${flow.value}`}>
              {flow.label}
            </option>
          ))}
        </optgroup>
      )}
    </>
  );
}

function FlowPanel({ boot, document, edits }: Props) {
  const { say } = useWords();
  const id = useId();
  const text = (key: "label" | "description", long: boolean) => {
    const fields = {
      id: `${id}-${key}`,
      className: "form-control",
      value: document[key] ?? "",
      onChange: (event: { target: { value: string } }) => edits.flow({ [key]: event.target.value }),
    };
    return (
      <Field id={fields.id} label={say(key)}>
        {long ? <textarea rows={3} {...fields} /> : <input maxLength={200} {...fields} />}
      </Field>
    );
  };
  return (
    <section className="panel" aria-label={say("flow")}>
      <div className="panel-head">
        <Icon name="sitemap" />
        <h2 className="panel-title">{document.label || document.flow}</h2>
      </div>
      <p className="text-secondary small">{say(boot.readOnly ? "choose to read" : "choose a point")}</p>
      <fieldset disabled={boot.readOnly} className="panel-fields">
        {text("label", false)}
        {text("description", true)}
        <Field id={`${id}-language`} label={say("language")}>
          <select
            id={`${id}-language`}
            className="form-select"
            value={document.language ?? "de"}
            onChange={(event) => edits.flow({ language: event.target.value })}
          >
            {boot.languages.map((one) => (
              <option key={one.value} value={one.value}>
                {one.label}
              </option>
            ))}
          </select>
        </Field>
        <Field id={`${id}-start`} label={say("start")}>
          <select
            id={`${id}-start`}
            className="form-select"
            value={document.start ?? ""}
            onChange={(event) => edits.flow({ start: event.target.value })}
          >
            {inOrder(document).map((point) => (
              <option key={point} value={point}>
                {nameOf(document, point)}
              </option>
            ))}
          </select>
        </Field>
        <Field id={`${id}-resort`} label={say("last resort")}>
          <select
            id={`${id}-resort`}
            className="form-select"
            value={document.last_resort ?? ""}
            onChange={(event) => edits.flow({ last_resort: event.target.value })}
          >
            <option value="">{say("tenant's last resort")}</option>
            <Targets document={document} boot={boot} now={document.last_resort ?? ""} />
          </select>
        </Field>
      </fieldset>
    </section>
  );
}
