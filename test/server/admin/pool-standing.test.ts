import { describe, expect, it } from "vitest";
import type { IdentityStanding, Snapshot } from "../../../server/coordinator/protocol.ts";
import { standingOf } from "../../../server/admin/pool-standing.ts";
import type { Identity } from "../../../server/relay/stages.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const MINUTE = 60_000;

const anIdentity = (id: string, status: "active" | "paused" = "active") =>
  ({
    id,
    kind: "pat",
    status,
    secretRef: id.toUpperCase(),
    weight: 100,
    publicOnly: false,
    scopes: [],
  }) as unknown as Identity;

function aStanding(identityId: string, changes: Partial<IdentityStanding> = {}): IdentityStanding {
  return { identityId, inFlight: 0, cooldowns: [], resources: [], leases: [], lastError: null, ...changes };
}

function core(changes: Partial<IdentityStanding["resources"][number]> = {}): IdentityStanding["resources"][number] {
  const rest = { readAt: NOW, burnPerSecond: 0, emptyAt: null };
  return {
    resource: "core",
    limit: 5000,
    remaining: 4000,
    used: 1000,
    resetAt: NOW + 30 * MINUTE,
    ...rest,
    ...changes,
  };
}

const cooldown = (
  cause: "failing" | "depleted" | "forbidden",
  scope: "identity" | "resource" | "route",
  on: string,
) => {
  return { cause, scope, on, until: NOW + MINUTE };
};

function judge(standings: readonly IdentityStanding[], problem?: string) {
  const identities = standings.map(({ identityId }) => anIdentity(identityId));
  const snapshot: Snapshot = {
    at: NOW,
    identities: standings,
    fills: { inFlight: 0, waiting: 0, led: 0, coalesced: 0 },
  };
  return standingOf(identities, snapshot, () => problem, NOW);
}

describe("an identity", () => {
  it.each([
    { name: "never read", standing: {}, ability: "able" },
    { name: "with budget to spare", standing: { resources: [core()] }, ability: "able" },
    {
      name: "that spends faster than it is refilled",
      standing: { resources: [core({ remaining: 100, used: 4900, burnPerSecond: 2 })] },
      ability: "runs_dry",
    },
    { name: "with nothing left", standing: { resources: [core({ remaining: 0, used: 5000 })] }, ability: "depleted" },
    { name: "resting as a whole", standing: { cooldowns: [cooldown("failing", "identity", "a")] }, ability: "cooling" },
    {
      name: "resting on core",
      standing: { cooldowns: [cooldown("depleted", "resource", "core")] },
      ability: "depleted",
    },
    {
      name: "resting on search only",
      standing: { cooldowns: [cooldown("depleted", "resource", "search")] },
      ability: "able",
    },
    {
      name: "resting on one route only",
      standing: { cooldowns: [cooldown("forbidden", "route", "pr_view acme/x")] },
      ability: "able",
    },
    {
      name: "refused by GitHub, though its rest has ended",
      standing: { lastError: { cause: "unauthorized", at: NOW - MINUTE } },
      ability: "broken",
    },
    {
      name: "answered since it was refused",
      standing: { lastError: { cause: "unauthorized", at: NOW - MINUTE }, resources: [core()] },
      ability: "able",
    },
  ])("$name is $ability", ({ standing, ability }) => {
    expect(judge([aStanding("a", standing)]).identities[0]?.ability).toBe(ability);
  });

  it("with a set-up that lacks something is broken, whatever its standing", () => {
    const { identities } = judge([aStanding("a", { resources: [core()] })], "identity_secret_missing");
    expect(identities[0]).toMatchObject({ ability: "broken", problem: "identity_secret_missing" });
  });

  it("that an operator paused is paused", () => {
    const { identities } = standingOf([anIdentity("a", "paused")], undefined, () => undefined, NOW);
    expect(identities[0]?.ability).toBe("paused");
  });
});

it("trouble sorts first, then names", () => {
  const { identities } = judge([
    aStanding("b"),
    aStanding("a"),
    aStanding("spent", { resources: [core({ remaining: 0 })] }),
    aStanding("dry", { resources: [core({ remaining: 100, used: 4900, burnPerSecond: 2 })] }),
  ]);
  expect(identities.map(({ id }) => id)).toEqual(["dry", "spent", "a", "b"]);
});

describe("the pool", () => {
  const burning = (id: string) =>
    aStanding(id, {
      resources: [core({ remaining: 300, used: 4700, burnPerSecond: 1.3, resetAt: NOW + 10 * MINUTE })],
    });

  it("runs dry where all of it does, and is short of identities", () => {
    const { core: forecast } = judge([burning("a"), burning("b")]);
    expect(forecast.dryFrom).toBeGreaterThan(NOW);
    expect(forecast.dryTo ?? Infinity).toBeGreaterThanOrEqual(forecast.dryFrom ?? 0);
    expect(forecast.short).toBe(1);
  });

  it("lasts where one of it was never used", () => {
    expect(judge([burning("a"), aStanding("fresh")]).core).toEqual({ dryFrom: null, dryTo: null, short: 0 });
  });

  it("is not told of where nothing is known", () => {
    expect(standingOf([anIdentity("a")], undefined, () => undefined, NOW).core.dryFrom).toBeNull();
  });
});
