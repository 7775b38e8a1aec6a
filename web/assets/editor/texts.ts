/** The portal's own texts in the language of the page. */

import { createContext, useContext } from "react";

export type Say = (key: string, values?: Record<string, string | number>) => string;

export function saying(texts: Record<string, string>): Say {
  return (key, values = {}) =>
    Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
      texts[key] ?? key,
    );
}

/** An exit in words: `key:1` by the word for keys, others as the portal knows them, unknown ones by their name. */
export function exitWords(words: Record<string, string>, exit: string): string {
  if (exit.startsWith("key:")) return (words["key:"] ?? "{key}").replace("{key}", exit.slice(4));
  return words[exit] ?? exit.replaceAll("_", " ");
}

export const Words = createContext<{ say: Say; exit: (name: string) => string }>({
  say: (key) => key,
  exit: (name) => name,
});

export const useWords = (): { say: Say; exit: (name: string) => string } => useContext(Words);
