/** Token-free sources that rest: GitHub said that this address asks too much, or did not answer. */
import type { Deps } from "../deps.ts";
import type { TokenFreeSource } from "./sources.ts";

type RestDeps = Pick<Deps, "isolate" | "now">;

/** A longer rest stands. */
export function rest(source: TokenFreeSource, ms: number, deps: RestDeps): void {
  const until = deps.now() + ms;
  if (until > (deps.isolate.rests.get(source) ?? 0)) deps.isolate.rests.set(source, until);
}

export function isResting(source: string, deps: RestDeps): boolean {
  return (deps.isolate.rests.get(source) ?? 0) > deps.now();
}
