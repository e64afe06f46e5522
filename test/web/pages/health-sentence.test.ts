import { describe, expect, it } from "vitest";
import type { IdentityState, PoolStanding, Usage } from "../../../shared/dashboard/overview.ts";
import { NO_COUNTS, type StatusCounts } from "../../../shared/dashboard/status.ts";
import { clock } from "../../../web/ui/format.ts";
import { healthOf } from "../../../web/pages/health-sentence.ts";
import { aStanding, aUsage, NOW } from "../support/render.tsx";

const MINUTE = 60_000;
const at = (minutes: number) => clock(NOW + minutes * MINUTE, NOW);

function anIdentity(id: string, changes: Partial<IdentityState> = {}): IdentityState {
  return {
    id,
    kind: "pat",
    ability: "able",
    problem: null,
    secretRef: "PAT",
    resources: [],
    rests: [],
    inFlight: 0,
    lastError: null,
    ...changes,
  };
}

function core(changes: { emptyFrom?: number; emptyTo?: number; resetAt?: number; remaining?: number }) {
  const { emptyFrom = null, emptyTo = null, resetAt = 44, remaining = 3000 } = changes;
  const time = (minutes: number | null) => (minutes === null ? null : NOW + minutes * MINUTE);
  const forecast = { burnFrom: 80, burnTo: 100, emptyFrom: time(emptyFrom), emptyTo: time(emptyTo), goes: 0 };
  return { id: "core", limit: 5000, remaining, resetAt: NOW + resetAt * MINUTE, readAt: NOW, forecast };
}

const dry = anIdentity("pat_alice", { ability: "runs_dry", resources: [core({ emptyFrom: 25, emptyTo: 43 })] });
const spent = anIdentity("pat_bob", { ability: "depleted", resources: [core({ remaining: 0, resetAt: 14 })] });
const resting = anIdentity("pat_ci", {
  ability: "cooling",
  rests: [{ scope: "identity", on: "", cause: "failing", until: NOW + 3 * MINUTE }],
});
const bare = anIdentity("ghapp", { ability: "broken", problem: "identity_secret_missing", secretRef: "GHAPP" });

function used(now: Partial<StatusCounts>, before: Partial<StatusCounts> = {}, changes: Partial<Usage> = {}): Usage {
  const usage = aUsage(changes);
  return {
    ...usage,
    now: { ...usage.now, counts: { ...NO_COUNTS, ...now } },
    before: { ...usage.before, counts: { ...NO_COUNTS, ...before } },
  };
}

const say = (standing: PoolStanding, usage: Usage = used({ hit: 80, miss: 20 }, { hit: 80, miss: 20 })) => {
  const health = healthOf(standing, usage, NOW);
  return health === undefined ? "" : `${health.tone} ${health.lead}${health.identity ?? ""}${health.rest}`;
};
const of = (...identities: readonly IdentityState[]) => aStanding({ identities });
const able = anIdentity("pat_x");

describe("the first line says", () => {
  it.each([
    {
      name: "that an identity runs dry, and who takes over",
      standing: of(dry, spent, able, anIdentity("pat_y")),
      says: `warn core runs dry about ${at(25)}–${at(43)} on pat_alice, before its reset at ${at(44)}; 2 identities can take over, 1 more is back by ${at(14)}.`,
    },
    {
      name: "that nobody takes over",
      standing: of(dry),
      says: `warn core runs dry about ${at(25)}–${at(43)} on pat_alice, before its reset at ${at(44)}; no other can take over.`,
    },
    {
      name: "that the pool runs dry, and what would help",
      standing: { ...of(dry, able), core: { dryFrom: NOW + 20 * MINUTE, dryTo: null, short: 2 } },
      says: `bad core runs dry about ${at(20)} or later unless 2 identities more join; 2 of 2 can serve now.`,
    },
    {
      name: "that nobody can serve, and who is back first",
      standing: of(spent, resting),
      says: `bad No identity can serve core; the first is back at ${at(3)}.`,
    },
    {
      name: "that nobody comes back by himself",
      standing: of(bare),
      says: "bad No identity can serve core; each waits for an operator.",
    },
    {
      name: "that there is no identity",
      standing: of(),
      says: "warn This pool has no identity: only what GitHub tells anybody can be served.",
    },
    {
      name: "what somebody must mend",
      standing: of(bare, able),
      says: "warn Somebody must mend ghapp, which has no secret GHAPP; 1 of 2 identities can serve.",
    },
    {
      name: "that all is well, with a rest that ends by itself",
      standing: of(resting, able),
      says: "ok All is well: 1 of 2 identities can serve, and 80.0% of what a cache could answer came from ours.",
    },
  ])("$name", ({ standing, says }) => {
    expect(say(standing)).toBe(says);
  });

  it("that the coordinator does not answer", () => {
    expect(say({ ...of(able), isKnown: false })).toContain(
      "warn The pool's coordinator does not answer, so no identity's quota is known",
    );
  });

  it.each([
    {
      name: "many fallbacks, where they have grown",
      usage: used({ hit: 80, fallback: 20 }, { hit: 99, fallback: 1 }),
      says: "warn 20.0% of the requests were sent home; the window before it was 1.0%.",
    },
    {
      name: "many refusals before many fallbacks",
      usage: used({ hit: 60, fallback: 20, error: 20 }, { hit: 100 }),
      says: "bad 20.0% of the requests were refused; the window before it was 0.0%.",
    },
    {
      name: "nothing of fallbacks that are as usual",
      usage: used({ hit: 80, miss: 0, fallback: 20 }, { hit: 80, fallback: 20 }),
      says: "ok All is well: 1 of 1 identities can serve, and 100.0% of what a cache could answer came from ours.",
    },
    {
      name: "a hit rate that fell",
      usage: used({ hit: 61, miss: 39 }, { hit: 81, miss: 19 }),
      says: "warn The hit rate fell to 61.0% from 81.0% in the window before.",
    },
    { name: "that nothing was asked", usage: used({}), says: "rest Nothing was asked in this window." },
  ])("$name", ({ usage, says }) => {
    expect(say(of(able), usage)).toBe(says);
  });

  it("nothing before anything is known", () => {
    expect(healthOf(undefined, undefined, NOW)).toBeUndefined();
  });
});
