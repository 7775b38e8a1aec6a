/** Saves the draft by itself: soon after each edit, when the page is left, and again when the portal comes back. */

import type { FlowDocument } from "./model";
import { type Boot, type Draft, type Met, newer, save, type Unsaved } from "./server";

export type State = "saved" | "waiting" | "saving" | "away" | "conflict" | "refused";

const SOON = 700;
const AGAIN = 4000;
const LOOK = 10_000;

export interface Hearing {
  state(state: State, detail: string): void;
  /** The draft was saved as it is, or somebody else's newer one is there and nothing of our own is unsaved. */
  draft(draft: Draft, theirs: boolean): void;
  /** Somebody else saved first. */
  met(met: Met): void;
}

/** Told before a page is left by one of its links: whoever holds something back gives a promise of having handed it on. */
export const SETTLE = "editor:settle";
export type Settling = CustomEvent<Promise<void>[]>;

export class Saving {
  private base: FlowDocument;
  private revision: number;
  private wanted: FlowDocument | null = null;
  private timer = 0;
  private busy = false;
  private held = false;
  /** Each tab keeps its own copy, so that two of them do not write over each other. */
  private readonly shelf: string;

  constructor(
    private readonly boot: Boot,
    private readonly hearing: Hearing,
  ) {
    this.base = boot.draft.document;
    this.revision = boot.draft.revision;
    this.shelf = `${boot.key}:${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  }

  /** Begin to watch the page; gives what ends that. A copy that this browser kept unsaved is told to `found`. */
  start(found: (unsaved: Unsaved) => void): () => void {
    const kept = this.remembered();
    if (kept) {
      this.revision = kept.revision;
      this.base = kept.base;
      found(kept);
    }
    const leaving = (): void => {
      if (document.visibilityState === "hidden") this.leave();
    };
    const looking = window.setInterval(() => void this.look(), LOOK);
    const back = (): void => void this.look();
    document.addEventListener("click", this.through);
    window.addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", leaving);
    window.addEventListener("focus", back);
    window.addEventListener("online", this.now);
    return () => {
      window.clearInterval(looking);
      window.clearTimeout(this.timer);
      document.removeEventListener("click", this.through);
      window.removeEventListener("pagehide", this.leave);
      document.removeEventListener("visibilitychange", leaving);
      window.removeEventListener("focus", back);
      window.removeEventListener("online", this.now);
    };
  }

  changed(flow: FlowDocument): void {
    this.wanted = flow;
    this.remember();
    if (this.held) return;
    this.hearing.state("waiting", "");
    this.after(SOON);
  }

  /** After a conflict: go on from their revision with what was decided. */
  settled(theirs: Draft, flow: FlowDocument): void {
    this.revision = theirs.revision;
    this.base = theirs.document;
    this.held = false;
    this.changed(flow);
  }

  now = (): void => void this.send();

  /** Save what is unsaved, and give whether all is saved. */
  async flush(): Promise<boolean> {
    for (let turn = 0; turn < 50 && (this.wanted || this.busy) && !this.held; turn += 1) {
      if (this.busy) await new Promise((resolve) => window.setTimeout(resolve, 100));
      else await this.send();
    }
    return !this.wanted && !this.held;
  }

  private after(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.now, wait);
  }

  private leave = (): void => {
    if (this.wanted && !this.held) {
      void save(this.boot, { revision: this.revision, base: this.base, document: this.wanted }, true).catch(() => undefined);
    }
  };

  /** The pages that links lead to, such as publishing, read the draft: it is saved before they are asked for. */
  private through = (event: MouseEvent): void => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link || link.target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const waited: Promise<void>[] = [];
    document.dispatchEvent(new CustomEvent(SETTLE, { detail: waited }));
    void Promise.allSettled(waited)
      .then(() => this.flush())
      .finally(() => window.location.assign(link.href));
  };

  private async send(): Promise<void> {
    if (!this.wanted || this.busy || this.held) return;
    const sent = this.wanted;
    this.busy = true;
    this.hearing.state("saving", "");
    try {
      const saved = await save(this.boot, { revision: this.revision, base: this.base, document: sent });
      if (saved.kind === "saved") this.kept(saved.draft, sent);
      else if (saved.kind === "met") this.meet(saved.met);
      else this.hearing.state("refused", saved.why);
    } catch {
      this.hearing.state("away", "");
      this.after(AGAIN);
    } finally {
      this.busy = false;
    }
    if (this.wanted && this.wanted !== sent && !this.held) this.after(SOON);
  }

  private kept(draft: Draft, sent: FlowDocument): void {
    this.revision = draft.revision;
    this.base = sent;
    if (this.wanted === sent) {
      this.wanted = null;
      this.hearing.state("saved", "");
    }
    this.remember();
    this.hearing.draft({ ...draft, document: sent }, false);
  }

  private meet(met: Met): void {
    this.held = true;
    this.hearing.met(met);
  }

  private async look(): Promise<void> {
    if (this.wanted || this.busy || this.held || document.visibilityState === "hidden") return;
    const draft = await newer(this.boot, this.revision).catch(() => null);
    if (!draft || this.wanted || this.busy || this.held) return;
    this.revision = draft.revision;
    this.base = draft.document;
    this.hearing.draft(draft, true);
  }

  private remember(): void {
    try {
      if (!this.wanted) localStorage.removeItem(this.shelf);
      else {
        const unsaved: Unsaved = { revision: this.revision, base: this.base, document: this.wanted };
        localStorage.setItem(this.shelf, JSON.stringify(unsaved));
      }
    } catch {
      // A browser that keeps nothing for us leaves the saving to the portal alone, as it is done anyway.
    }
  }

  /** A copy that a tab left behind, taken off its shelf: it is on ours with the next edit. */
  private remembered(): Unsaved | null {
    try {
      const left = Object.keys(localStorage).find((key) => key.startsWith(`${this.boot.key}:`));
      const text = left ? localStorage.getItem(left) : null;
      if (left) localStorage.removeItem(left);
      return text ? (JSON.parse(text) as Unsaved) : null;
    } catch {
      return null;
    }
  }
}
