/** The commands above the picture, and what is said of the saving. */

import { Icon } from "./icon";
import type { State } from "./saving";
import { useWords } from "./texts";

type Act = (() => void) | null;

interface Props {
  readOnly: boolean;
  undo: Act;
  redo: Act;
  add: () => void;
  remove: Act;
  duplicate: Act;
  state: State;
  detail: string;
  told: string;
  retry: () => void;
}

export function Toolbar({ readOnly, undo, redo, add, remove, duplicate, state, detail, told, retry }: Props) {
  const { say } = useWords();
  if (readOnly) {
    return (
      <div className="editor-bar">
        <span className="badge">{say("read only")}</span>
      </div>
    );
  }
  return (
    <div className="editor-bar" role="toolbar" aria-label={say("commands")}>
      <button type="button" className="btn btn-primary btn-sm" onClick={add} aria-keyshortcuts="a">
        <Icon name="plus" />
        {say("add")}
      </button>
      <Command icon="arrow-back-up" word={say("undo")} keys="Control+Z" act={undo} />
      <Command icon="arrow-forward-up" word={say("redo")} keys="Control+Y" act={redo} />
      <Command icon="copy" word={say("duplicate")} keys="Control+D" act={duplicate} />
      <Command icon="trash" word={say("delete")} keys="Delete" act={remove} />
      <span className={`editor-state editor-state-${state}`} role="status">
        {say(`state ${state}`)}
        {detail && `: ${detail}`}
      </span>
      {(state === "away" || state === "refused") && (
        <button type="button" className="btn btn-sm" onClick={retry}>
          {say("save now")}
        </button>
      )}
      <span className="editor-told" role="status">
        {told}
      </span>
    </div>
  );
}

function Command({ icon, word, keys, act }: { icon: string; word: string; keys: string; act: Act }) {
  return (
    <button
      type="button"
      className="btn btn-sm btn-icon"
      aria-label={word}
      title={`${word} (${keys.replace("Control", "Ctrl")})`}
      aria-keyshortcuts={keys}
      disabled={!act}
      onClick={() => act?.()}
    >
      <Icon name={icon} />
    </button>
  );
}
