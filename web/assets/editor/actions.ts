/** What can be done from anywhere in the editor. */

import { createContext, useContext } from "react";
import type { Way } from "./model";

export interface Actions {
  /** Ask for a module, and put a point of it behind an exit, or anywhere. */
  insert(way?: Way): void;
  choose(point: string, focus?: boolean): void;
}

export const ActionsContext = createContext<Actions>({ insert: () => undefined, choose: () => undefined });

export const useActions = (): Actions => useContext(ActionsContext);
