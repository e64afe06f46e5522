/** The identities of a pool as the overview shows them: who can serve, until when, and what must be mended. Pure. */
import { burnRange, forecast, identitiesShort, poolEmptyAt, type Reading } from "../../shared/dashboard/forecast.ts";
import type { Ability, IdentityState, PoolForecast, PoolStanding, Rest } from "../../shared/dashboard/overview.ts";
import type { Cooldown, IdentityStanding, Snapshot } from "../coordinator/protocol.ts";
import { windowOf } from "../coordinator/rate.ts";
import type { Identity } from "../relay/stages.ts";

const CORE = "core";

/** `problemOf`: what an operator has to mend of an identity, by the catalogue. */
export function standingOf(
  identities: readonly Identity[],
  snapshot: Snapshot | undefined,
  problemOf: (identity: Identity) => string | undefined,
  now: number,
): PoolStanding {
  const states = identities.map((identity) => {
    const standing = snapshot?.identities.find(({ identityId }) => identityId === identity.id);
    return stateOf(identity, standing, problemOf(identity) ?? null, now);
  });
  const order = (state: IdentityState) => ORDER.indexOf(state.ability);
  return {
    at: now,
    isKnown: snapshot !== undefined,
    identities: states.toSorted((one, other) => order(one) - order(other) || (one.id < other.id ? -1 : 1)),
    core: poolForecast(states, snapshot, now),
  };
}

/** Trouble sorts first, in every room alike. */
const ORDER: readonly Ability[] = ["runs_dry", "cooling", "depleted", "broken", "paused", "unknown", "able"];

function stateOf(
  { id, kind, status, secretRef }: Identity,
  standing: IdentityStanding | undefined,
  setUp: string | null,
  now: number,
): IdentityState {
  const resources = (standing?.resources ?? []).map((resource) => ({
    id: resource.resource,
    limit: resource.limit,
    remaining: resource.remaining,
    resetAt: resource.resetAt,
    readAt: resource.readAt,
    forecast: forecast(readingOf(resource), now),
  }));
  const rests = (standing?.cooldowns ?? []).filter(({ until }) => until > now).map(restOf);
  const isRefused = isRefusedNow(standing);
  const mend = setUp ?? (isRefused ? "github_identity_unauthorized" : null);
  const state = { id, kind, problem: mend, secretRef, resources, rests };
  return {
    ...state,
    ability: status === "paused" ? "paused" : abilityOf(state, standing !== undefined),
    inFlight: standing?.inFlight ?? 0,
    lastError: standing?.lastError ?? null,
  };
}

/** A credential that GitHub refuses does not mend by resting: it counts as refused until an answer came with it. */
function isRefusedNow(standing: IdentityStanding | undefined): boolean {
  const { lastError = null, resources = [] } = standing ?? {};
  return lastError?.cause === "unauthorized" && !resources.some(({ readAt }) => readAt > lastError.at);
}

function abilityOf(
  { problem, resources, rests }: Pick<IdentityState, "problem" | "resources" | "rests">,
  isKnown: boolean,
): Ability {
  if (problem !== null) return "broken";
  if (!isKnown) return "unknown";
  const core = resources.find(({ id }) => id === CORE);
  if (rests.some(({ cause, on }) => cause === "depleted" && on === CORE) || core?.remaining === 0) return "depleted";
  if (rests.some(({ scope, on }) => scope === "identity" || (scope === "resource" && on === CORE))) return "cooling";
  return core?.forecast.emptyFrom != null ? "runs_dry" : "able";
}

function restOf({ scope, on, cause, until }: Cooldown): Rest {
  // Of a route its kind alone: the repository may be one that nobody may name.
  const what = scope === "route" ? (on.split(/[ :/]/)[0] ?? "") : on;
  return { scope, on: scope === "identity" ? "" : what, cause, until };
}

function readingOf(resource: IdentityStanding["resources"][number]): Reading {
  return { ...resource, windowMs: windowOf(resource.resource) };
}

/** Of those that serve now and those that come back from an empty budget: what rests for another reason may stay away. */
function poolForecast(states: readonly IdentityState[], snapshot: Snapshot | undefined, now: number): PoolForecast {
  const counted = states.filter(
    ({ ability }) => ability === "able" || ability === "runs_dry" || ability === "depleted",
  );
  const readings = counted.flatMap(({ id }) => {
    const standing = snapshot?.identities.find(({ identityId }) => identityId === id);
    const core = standing?.resources.find(({ resource }) => resource === CORE);
    // Never read: nothing of it was spent yet.
    return core === undefined || core.resetAt <= now ? fresh(core?.limit ?? 5_000, now) : readingOf(core);
  });
  if (snapshot === undefined || readings.length === 0) return { dryFrom: null, dryTo: null, short: 0 };
  const burns = readings.map((reading) => burnRange(reading, now));
  const fast = burns.reduce((sum, burn) => sum + burn.fast, 0);
  const slow = burns.reduce((sum, burn) => sum + burn.slow, 0);
  return {
    dryFrom: poolEmptyAt(readings, fast, now),
    dryTo: poolEmptyAt(readings, slow, now),
    short: identitiesShort(readings, fast, now),
  };
}

function fresh(limit: number, now: number): Reading {
  const windowMs = windowOf(CORE);
  return { limit, remaining: limit, used: 0, resetAt: now + windowMs, burnPerSecond: 0, windowMs };
}
