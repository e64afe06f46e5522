/** Who looks at the page, and in which of his pools. */
import { createContext, type Accessor, useContext } from "solid-js";
import type { Me } from "../shared/dashboard/session.ts";

export interface Session {
  readonly me: Accessor<Me>;
  /** The pool of the address, or the first that he holds. */
  readonly pool: Accessor<string>;
}

export const SessionContext = createContext<Session>();

/** Inside the shell only. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("useSession stands outside the shell");
  return session;
}
