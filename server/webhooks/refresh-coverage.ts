/** The App's coverage as GitHub has it now; also how it comes back an hour after it ended. */
import type { Deps } from "../deps.ts";
import type { AppInstallation } from "../github/deliveries.ts";
import { changeCoverage, type CoverageChange, listAppCoverage } from "../store/webhooks.ts";
import { sentEvents } from "./installations.ts";
import { COVERABLE_EVENTS } from "./map-event.ts";

const CHANGES_PER_BATCH = 50;

/** An installation sends what both the App subscribes to and its account agreed to. */
export async function refreshCoverage(
  installations: readonly AppInstallation[],
  appEvents: readonly string[],
  { db, now }: Pick<Deps, "db" | "now">,
): Promise<void> {
  const known = Map.groupBy(await listAppCoverage(db), ({ owner }) => owner);
  const changes = installations.flatMap((installation): readonly CoverageChange[] => {
    const owner = installation.account?.login;
    if (owner === undefined) return [];
    if (typeof installation.suspended_at === "string")
      return [{ kind: "ends", owner, source: "app", reason: "installation_suspend" }];
    const agreed = installation.events.filter((event) => appEvents.includes(event));
    const events = sentEvents(agreed, COVERABLE_EVENTS);
    const start = { kind: "starts", owner, source: "app", events } as const;
    if (installation.repository_selection === "all") return [{ ...start, repos: ["*"] }];
    // Its repositories are known from installation events only; those named are kept up to date.
    return [
      { kind: "ends", owner, repos: ["*"], source: "app", reason: "repository_removed" },
      { ...start, repos: (known.get(owner) ?? []).map(({ repo }) => repo).filter((repo) => repo !== "*") },
    ];
  });
  const installed = new Set(installations.map(({ account }) => account?.login));
  const gone = [...known.keys()]
    .filter((owner) => !installed.has(owner))
    .map((owner): CoverageChange => ({ kind: "ends", owner, source: "app", reason: "installation_deleted" }));
  const all = [...changes, ...gone];
  for (let from = 0; from < all.length; from += CHANGES_PER_BATCH)
    await changeCoverage(db, all.slice(from, from + CHANGES_PER_BATCH), now());
}
