/** The modules to choose a new point from: by search, by arrow keys, by a click, or dragged into the picture. */

import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Icon } from "./icon";
import type { ModuleEntry } from "./model";
import { useWords } from "./texts";

export const DRAGGED = "application/x-switchhook-module";

interface Props {
  modules: ModuleEntry[];
  /** What the new point is for, in words. */
  title: string;
  onChoose(module: ModuleEntry): void;
  onClose(): void;
}

export function Palette({ modules, title, onChoose, onClose }: Props) {
  const { say } = useWords();
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = fitting(modules, text);
  const chosen = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    const before = document.activeElement;
    box.current?.show();
    box.current?.querySelector("input")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") setAt((now) => Math.min(now + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt((now) => Math.max(now - 1, 0));
    else if (event.key === "Enter" && chosen) onChoose(chosen);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <dialog ref={box} className="palette" aria-label={title} onKeyDown={pressed}>
      <div className="palette-head">
        <strong>{title}</strong>
        <button type="button" className="btn-close" aria-label={say("close")} onClick={onClose} />
      </div>
      <input
        className="form-control"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen ? `${id}-${chosen.kind}` : undefined}
        aria-label={say("search modules")}
        placeholder={say("search modules")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
      />
      <div className="palette-list" role="listbox" id={`${id}-list`} aria-label={say("modules")}>
        {found.map((module) => (
          <div
            key={module.kind}
            id={`${id}-${module.kind}`}
            role="option"
            aria-selected={module === chosen}
            className={`palette-entry${module === chosen ? " active" : ""}`}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.setData(DRAGGED, module.kind);
              event.dataTransfer.effectAllowed = "copy";
            }}
            onClick={() => onChoose(module)}
          >
            <Icon name={module.icon} />
            <span>
              <span className="palette-label">{module.label}</span>
              <span className="palette-help">{module.help}</span>
            </span>
          </div>
        ))}
        {!found.length && <div className="palette-none">{say("no module")}</div>}
      </div>
    </dialog>
  );
}

function fitting(modules: ModuleEntry[], text: string): ModuleEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return modules.filter((module) => {
    const said = `${module.label} ${module.kind} ${module.help} ${module.plugin}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
