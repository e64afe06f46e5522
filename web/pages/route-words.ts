/** How long a kind stays fresh, in words. Pure. */
import type { FreshnessView } from "../../shared/dashboard/routes.ts";
import { duration } from "../ui/format.ts";

export interface FreshnessWords {
  readonly fresh: string;
  /** What follows the freshness. */
  readonly after: string;
}

const POLICIES: Readonly<Record<string, string>> = {
  immutable: "for good",
  settling: "by its body, until it settles",
  living: "by its body",
  never: "never stored",
  log: "once complete",
};

export function freshnessWords(freshness: FreshnessView): FreshnessWords {
  const seconds = (value: number) => duration(value * 1000);
  const fresh =
    freshness.freshSeconds === null
      ? (POLICIES[freshness.policy] ?? freshness.policy.replaceAll("-", " "))
      : seconds(freshness.freshSeconds);
  const parts = [
    ...(freshness.swrSeconds > 0 ? [`at once for ${seconds(freshness.swrSeconds)} more`] : []),
    ...(freshness.staleSeconds > 0 ? [`kept ${seconds(freshness.staleSeconds)}`] : []),
    ...(freshness.coveredSeconds === null ? [] : [`${seconds(freshness.coveredSeconds)} where webhooks come`]),
  ];
  return { fresh, after: parts.join(", ") };
}
