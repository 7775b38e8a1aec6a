/** Puts the editor into its place in the page. */

import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/style.css";
import "./editor.css";
import { Editor, type Wish } from "./editor";
import type { Boot } from "./server";

type Hear = (wish: Wish) => void;

/** Clicks on anything in the page that names a point or a step of a tried call. */
function wishes(): (hear: Hear) => () => void {
  return (hear) => {
    const clicked = (event: Event): void => {
      const named = (event.target as Element).closest<HTMLElement>("[data-show-point]");
      if (!named) return;
      const step = Number(named.dataset["step"] ?? -1);
      hear({ point: named.dataset["showPoint"] ?? "", step });
      for (const other of document.querySelectorAll("[data-show-point][aria-current]")) other.removeAttribute("aria-current");
      named.setAttribute("aria-current", "step");
    };
    document.addEventListener("click", clicked);
    return () => document.removeEventListener("click", clicked);
  };
}

async function start(place: HTMLElement): Promise<void> {
  const source = place.dataset["source"] ?? "";
  const response = await fetch(source, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${source}: ${response.status}`);
  const boot = (await response.json()) as Boot;
  const steps = place.dataset["steps"] ? JSON.parse(place.dataset["steps"]) : null;
  createRoot(place).render(<Editor boot={boot} steps={steps} listen={wishes()} />);
}

for (const place of document.querySelectorAll<HTMLElement>("[data-flow-editor]")) {
  start(place).catch((error: unknown) => {
    place.textContent = place.dataset["failed"] ?? String(error);
    throw error;
  });
}
