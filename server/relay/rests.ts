/**
 * Token-free sources that rest: GitHub said that this address asks too much, or did not answer. What one isolate was told
 * all of its data centre obey, as with the anonymous budget.
 */
import type { Deps } from "../deps.ts";
import { saveRest } from "../store/anonymous-rates.ts";
import type { TokenFreeSource } from "./sources.ts";

type RestDeps = Pick<Deps, "isolate" | "now">;

/** A longer rest stands. */
export function rest(source: TokenFreeSource, ms: number, deps: Deps): void {
  const until = deps.now() + ms;
  if (until <= (deps.isolate.rests.get(source) ?? 0)) return;
  deps.isolate.rests.set(source, until);
  deps.background(saveRest(deps.db, deps.colo, source, until, deps.now()));
}

/** Told by D1. */
export function rememberRest(source: string, until: number, deps: RestDeps): void {
  if (until > (deps.isolate.rests.get(source) ?? 0)) deps.isolate.rests.set(source, until);
}

export function isResting(source: string, deps: RestDeps): boolean {
  return (deps.isolate.rests.get(source) ?? 0) > deps.now();
}
