/** The fields of a module's settings: made by the portal out of the declaration, checked there with each change. */

import { useEffect, useRef } from "react";
import { flushSync } from "react-dom";
import type { Exits } from "./model";
import { SETTLE, type Settling } from "./saving";
import { type Boot, check, type Checked, formOf } from "./server";

const SOON = 350;
const BUTTONS = [":add", ":remove", ":up"];

interface Props {
  boot: Boot;
  point: string;
  module: string;
  settings: Record<string, unknown>;
  /** Grows when the settings were changed by something else than this form, such as undo. */
  round: number;
  onChange(point: string, settings: Record<string, unknown>, exits: Exits | null): void;
  onFailure(why: string): void;
}

export function SettingsForm({ boot, point, module, settings, round, onChange, onFailure }: Props) {
  const place = useRef<HTMLFormElement>(null);
  const hear = useRef({ onChange, onFailure });
  hear.current = { onChange, onFailure };

  useEffect(() => {
    let stale = false;
    formOf(boot, module, settings)
      .then((made) => {
        if (!stale && place.current) put(place.current, made.html);
      })
      .catch((error: unknown) => hear.current.onFailure(String(error)));
    return () => {
      stale = true;
    };
    // The settings of this point are read when the form is made; from then on the form is ahead of them.
  }, [boot, point, module, round]);

  useEffect(() => {
    const form = place.current;
    if (!form) return;
    let timer = 0;
    let turn = 0;
    let asked: Promise<void> = Promise.resolve();
    const ask = (press?: HTMLElement): void => {
      window.clearTimeout(timer);
      timer = 0;
      turn += 1;
      const mine = turn;
      asked = check(boot, module, form, press)
        .then((made) => {
          if (mine === turn) took(form, made, press);
        })
        .catch((error: unknown) => hear.current.onFailure(String(error)));
    };
    const took = (at: HTMLFormElement, made: Checked, press?: HTMLElement): void => {
      if (press) put(at, made.html, press);
      else showProblems(at, made.html);
      // At once: whoever waits for the answer goes on to save what it brought.
      flushSync(() => hear.current.onChange(point, made.settings, made.exits));
    };
    const settle = (event: Event): void => {
      if (timer) ask();
      (event as Settling).detail.push(asked);
    };
    const typed = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => ask(), SOON);
    };
    const pressed = (event: MouseEvent): void => {
      const button = (event.target as Element).closest("button");
      if (button && BUTTONS.includes(button.name)) {
        event.preventDefault();
        ask(button);
      }
    };
    const sent = (event: Event): void => {
      event.preventDefault();
      const name = document.activeElement?.getAttribute("name") ?? "";
      const more = [...form.querySelectorAll<HTMLButtonElement>('button[name=":add"]')];
      ask(more.find((button) => button.value === name)); // Enter in a list goes on to its next line
    };
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("click", pressed);
    form.addEventListener("submit", sent);
    document.addEventListener(SETTLE, settle);
    return () => {
      if (timer) ask(); // what was typed last counts, though the panel goes on to another point
      form.removeEventListener("input", typed);
      form.removeEventListener("change", typed);
      form.removeEventListener("click", pressed);
      form.removeEventListener("submit", sent);
      document.removeEventListener(SETTLE, settle);
    };
  }, [boot, point, module]);

  return <form ref={place} className="panel-form" noValidate autoComplete="off" />;
}

/** New fields, with the focus where a person expects it: in the row just added, or near the one just removed. */
function put(form: HTMLFormElement, html: string, press?: HTMLElement): void {
  const inside = form.contains(document.activeElement);
  const count = form.querySelectorAll("input, select, textarea").length;
  const name = press instanceof HTMLButtonElement ? press.name : "";
  const list = press instanceof HTMLButtonElement ? press.value.replace(/\[\d+\]$/, "") : "";
  form.replaceChildren(...fieldsOf(html).childNodes);
  if (!inside || !name) return;
  const fields = [...form.querySelectorAll<HTMLElement>("input, select, textarea")].filter(
    (field) => (field.getAttribute("name") ?? "").startsWith(list) && field.getAttribute("type") !== "hidden",
  );
  const last = fields[fields.length - 1];
  const grown = form.querySelectorAll("input, select, textarea").length > count;
  (grown ? last : (fields[0] ?? last))?.focus();
}

/** The problems of newly made fields beside those a person is typing in, which are left alone. */
function showProblems(form: HTMLFormElement, html: string): void {
  const made = fieldsOf(html);
  for (const fresh of made.querySelectorAll<HTMLElement>("[data-field]")) {
    const name = JSON.stringify(fresh.dataset["field"]);
    const field = form.querySelector<HTMLElement>(`[data-field=${name}]`);
    if (!field) continue;
    field.querySelector(":scope > .invalid-feedback")?.remove();
    const fault = fresh.querySelector(":scope > .invalid-feedback");
    if (fault) field.append(fault);
  }
  for (const control of form.querySelectorAll<HTMLElement>("input[id], select[id], textarea[id]")) {
    const fresh = made.querySelector<HTMLElement>(`#${CSS.escape(control.id)}`);
    control.classList.toggle("is-invalid", !!fresh?.classList.contains("is-invalid"));
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const value = fresh?.getAttribute(name);
      if (value) control.setAttribute(name, value);
      else control.removeAttribute(name);
    }
  }
}

/** The fields without the summary above them: the panel lists what is wrong in its own place. */
function fieldsOf(html: string): HTMLElement {
  const made = document.createElement("div");
  made.innerHTML = html;
  for (const summary of made.querySelectorAll(":scope > .alert")) summary.remove();
  return made;
}
