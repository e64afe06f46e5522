/** The line that says an answer came from the cache, where somebody may decide something by it. */
import type { Environment } from "./machine.ts";
import type { CacheFacts } from "./relayed-read.ts";

/** Reads people gate on: merging, releasing, waiting for a run. */
const DECISION_KINDS: ReadonlySet<string> = new Set([
  "pr_view",
  "pr_list",
  "issue_view",
  "issue_list",
  "run_view",
  "run_list",
  "checks",
  "check_suites",
  "status",
  "status_list",
  "jobs",
  "job",
  "commit_view",
  "ref_view",
]);

/** The line, or undefined where none is due: a live read, another kind of route, or OCTOPOOL_QUIET_CACHE=1. */
export function cacheNote(facts: CacheFacts, env: Environment, now: number): string | undefined {
  const isCached = facts.cache === "hit" || facts.cache === "stale";
  if (!isCached || env["OCTOPOOL_QUIET_CACHE"] === "1" || env["OCTOPOOL_FRESH"] === "1") return undefined;
  if (facts.routeKind === undefined || !DECISION_KINDS.has(facts.routeKind)) return undefined;
  const parts = ["from the cache"];
  if (facts.ageSeconds !== undefined) parts.push(`${facts.ageSeconds} s old`);
  const left = facts.expiresAt === undefined ? undefined : Math.round((facts.expiresAt - now) / 1000);
  if (facts.cache === "stale")
    parts.push(`past its time${facts.staleReason === undefined ? "" : ` (${facts.staleReason})`}`);
  else if (left !== undefined && left >= 0) parts.push(`refreshes in ${left} s`);
  return `${parts.join(", ")} (OCTOPOOL_FRESH=1 for a live read)`;
}
