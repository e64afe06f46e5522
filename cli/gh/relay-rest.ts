/** After a relay that was slow or not there, requests leave it alone for a while, in later runs too. */
import type { Marks } from "./marks.ts";

export const REST_MS = 30_000;

export interface RelayRest {
  /** Notes that it failed now. */
  begin(): void;
  /** Seconds since it failed; undefined where it may be asked. */
  since(): number | undefined;
}

export function openRelayRest(marks: Marks, url: string): RelayRest {
  const name = `relay failed ${url}`;
  return {
    begin: () => marks.set(name),
    since() {
      const age = marks.age(name);
      return age === undefined || age >= REST_MS ? undefined : Math.floor(age / 1000);
    },
  };
}
