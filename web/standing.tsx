/** The pool's identities right now: read once for the navigation and for whichever room shows them. */
import { createContext, createEffect, type JSX, useContext } from "solid-js";
import type { PoolStanding } from "../shared/dashboard/overview.ts";
import { api } from "./api.ts";
import { setAttention } from "./ui/attention.ts";
import { createLive, type Live } from "./ui/live.ts";

const EVERY_MS = 15_000;

const StandingContext = createContext<Live<PoolStanding>>();

/** Inside a room only. */
export function useStanding(): Live<PoolStanding> {
  const standing = useContext(StandingContext);
  if (standing === undefined) throw new Error("useStanding stands outside a room");
  return standing;
}

/** What ends by itself needs nobody: a rest is not counted. */
const NEEDS_SOMEBODY: ReadonlySet<string> = new Set(["runs_dry", "depleted", "broken"]);

export function WithStanding(props: { pool: string; children: JSX.Element }): JSX.Element {
  const standing = createLive(
    () => props.pool,
    (pool, signal) => api.overview.standing.query({ pool }, { signal }),
    () => ({ everyMs: EVERY_MS }),
  );
  createEffect(() => {
    const { identities } = standing.value() ?? { identities: [] };
    setAttention(identities.filter(({ ability }) => NEEDS_SOMEBODY.has(ability)).length, identities.length);
  });
  return <StandingContext.Provider value={standing}>{props.children}</StandingContext.Provider>;
}
