import { describe, expect, it } from "vitest";
import { select } from "../../../server/coordinator/select.ts";
import { anIdentity, HOUR, type IdentityBuilder, MINUTE, NOW, poolOf, ROUTE, SECOND } from "./builders.ts";

function choose(
  among: readonly IdentityBuilder[],
  ask: { resource?: string; preferred?: string; isBesideFill?: boolean } = {},
) {
  const candidates = among.map((one) => one.candidate);
  return select(candidates, poolOf(among), NOW, { routeKey: ROUTE, resource: "core", ...ask });
}

interface Row {
  readonly name: string;
  readonly among: readonly IdentityBuilder[];
  readonly order: readonly string[];
  readonly reason?: "sticky";
}

describe("select", () => {
  it.each<Row>([
    {
      name: "keeps to the lease while its holder is able",
      among: [anIdentity("ada").leased().remaining(10), anIdentity("bob").remaining(4_000)],
      order: ["ada", "bob"],
      reason: "sticky",
    },
    {
      name: "leaves a lease whose holder cools down on the resource",
      among: [anIdentity("ada").leased().cooling("resource", "core"), anIdentity("bob").remaining(4_000)],
      order: ["bob"],
    },
    {
      name: "leaves a lease whose holder cools down altogether",
      among: [anIdentity("ada").leased().cooling("identity", "ada"), anIdentity("bob").remaining(4_000)],
      order: ["bob"],
    },
    {
      name: "leaves a lease whose holder cools down on this route",
      among: [anIdentity("ada").leased().cooling("route", ROUTE), anIdentity("bob").remaining(4_000)],
      order: ["bob"],
    },
    {
      name: "leaves a lease whose holder is spent",
      among: [anIdentity("ada").leased().remaining(0), anIdentity("bob").remaining(100)],
      order: ["bob"],
    },
    {
      name: "leaves a lease whose holder has twenty requests in flight",
      among: [anIdentity("ada").leased().remaining(4_000).busyWith(20), anIdentity("bob").remaining(100)],
      order: ["bob"],
    },
    {
      name: "keeps an identity that rests on another resource",
      among: [anIdentity("ada").cooling("resource", "search")],
      order: ["ada"],
    },
    {
      name: "keeps an identity that rests on another route",
      among: [anIdentity("ada").cooling("route", "pr_view o/other")],
      order: ["ada"],
    },
    {
      name: "keeps an identity whose rest has just ended",
      among: [anIdentity("ada").cooling("identity", "ada", 0)],
      order: ["ada"],
    },
    {
      name: "prefers the most remaining of one window",
      among: [anIdentity("ada").remaining(1_000), anIdentity("bob").remaining(4_000)],
      order: ["bob", "ada"],
    },
    {
      name: "counts what is in flight as spent",
      among: [anIdentity("ada").remaining(100).busyWith(19), anIdentity("bob").remaining(95)],
      order: ["bob", "ada"],
    },
    {
      name: "prefers budget about to expire to budget that must last",
      among: [anIdentity("ada").remaining(4_000, 50 * MINUTE), anIdentity("bob").remaining(500, 30 * SECOND)],
      order: ["bob", "ada"],
    },
    {
      name: "prefers the nearer of two resets to somewhat more budget",
      among: [anIdentity("ada").remaining(4_000, 50 * MINUTE), anIdentity("bob").remaining(1_500, 25 * MINUTE)],
      order: ["bob", "ada"],
    },
    {
      name: "opens the window of an unused bucket first, so that its hour runs",
      among: [anIdentity("ada").remaining(4_000, MINUTE), anIdentity("bob").remaining(0, -SECOND), anIdentity("new")],
      order: ["bob", "new", "ada"],
    },
    {
      name: "leaves the rest of a bucket alone while its first request is under way",
      among: [anIdentity("ada").remaining(4_000, 30 * MINUTE), anIdentity("new").busyWith(1)],
      order: ["ada", "new"],
    },
    {
      name: "takes an unknown identity for full over a whole hour",
      among: [anIdentity("ada").remaining(4_000, HOUR), anIdentity("new")],
      order: ["new", "ada"],
    },
    {
      name: "takes a reset in the past for the full limit of that identity",
      among: [anIdentity("ada").remaining(0, -SECOND, 12_500), anIdentity("bob").remaining(4_000, HOUR)],
      order: ["ada", "bob"],
    },
    {
      name: "breaks near-ties by weight",
      among: [anIdentity("ada").remaining(4_000), anIdentity("bob").remaining(3_800).weighing(200)],
      order: ["bob", "ada"],
    },
    {
      name: "lets no weight outdo a clear lead",
      among: [anIdentity("ada").remaining(4_000), anIdentity("bob").remaining(3_000).weighing(1_000)],
      order: ["ada", "bob"],
    },
    {
      name: "keeps the last units of a bucket for others who use the identity",
      among: [anIdentity("ada").remaining(5), anIdentity("bob").remaining(6)],
      order: ["bob"],
    },
    {
      name: "names at most three, best first",
      among: ["a", "b", "c", "d"].map((id, n) => anIdentity(id).remaining(1_000 * (n + 1))),
      order: ["d", "c", "b"],
    },
    {
      name: "names the holder of the lease and then the best of the others",
      among: ["a", "b", "c", "d"]
        .map((id, n) => anIdentity(id).remaining(1_000 * (n + 1)))
        .with(0, anIdentity("a").leased()),
      order: ["a", "d", "c"],
      reason: "sticky",
    },
  ])("$name", ({ among, order, reason }) => {
    expect(choose(among)).toEqual({ kind: "selected", identities: order, leaseReason: reason ?? "highest_remaining" });
  });

  it("puts the identity whose validator is at hand before the holder of the lease", () => {
    const among = [anIdentity("ada").leased(), anIdentity("bob").remaining(100)];
    expect(choose(among, { preferred: "bob" })).toMatchObject({ identities: ["bob", "ada"], leaseReason: "sticky" });
  });

  it("passes over a preferred identity that is not able or not a candidate", () => {
    const among = [anIdentity("ada"), anIdentity("bob").remaining(0)];
    expect(choose(among, { preferred: "bob" })).toMatchObject({
      identities: ["ada"],
      leaseReason: "highest_remaining",
    });
    expect(choose(among, { preferred: "eve" })).toMatchObject({ identities: ["ada"] });
  });

  it("believes in GitHub's default limits until an answer tells more", () => {
    expect(choose([anIdentity("ada").busyWith(9)], { resource: "code_search" })).toHaveProperty("kind", "selected");
    expect(choose([anIdentity("ada").busyWith(10)], { resource: "code_search" })).toHaveProperty("kind", "none");
    expect(choose([anIdentity("ada").busyWith(10)], { resource: "search" })).toHaveProperty("kind", "selected");
  });
});

describe("select where two identities may spend one bucket", () => {
  const own = anIdentity("ada").reading({ remaining: 900 }, MINUTE);
  const twin = anIdentity("ada-ci").reading({ remaining: 0 });

  it("lets one request at a time put a doubtful reading to the test", () => {
    expect(choose([own, twin])).toMatchObject({ kind: "selected", identities: ["ada"] });
    expect(choose([own.busyWith(1), twin])).toMatchObject({ kind: "none", busy: true });
  });

  it("lets no proof wait for it: the fill under way may be the one that waits for the proof", () => {
    const answer = { kind: "none", reason: "identity_pool_depleted", retryAt: NOW + SECOND, busy: false };
    expect(choose([own.busyWith(1), twin], { isBesideFill: true })).toEqual(answer);
  });

  it("goes past it to an identity that is in no doubt", () => {
    const bob = anIdentity("bob").remaining(4_000, HOUR / 3);
    expect(choose([own.busyWith(1), twin, bob])).toMatchObject({ kind: "selected", identities: ["bob"] });
  });
});

describe("a proof beside a fill", () => {
  it("has places that fills cannot take", () => {
    const full = anIdentity("ada").remaining(4_000).busyWith(20);
    expect(choose([full])).toMatchObject({ kind: "none", busy: true });
    expect(choose([full], { isBesideFill: true })).toMatchObject({ kind: "selected" });
    const fuller = anIdentity("ada").remaining(4_000).busyWith(40);
    expect(choose([fuller], { isBesideFill: true })).toMatchObject({ kind: "none", busy: true });
  });
});

describe("select with nobody able", () => {
  it.each([
    { name: "says no_identity without candidates", among: [], says: { reason: "no_identity", busy: false } },
    {
      name: "says when the first rest ends",
      among: [anIdentity("ada").cooling("identity", "ada", HOUR), anIdentity("bob").cooling("route", ROUTE, MINUTE)],
      says: { reason: "identities_cooling_down", retryAt: NOW + MINUTE, busy: false },
    },
    {
      name: "says when the first bucket is full again",
      among: [anIdentity("ada").remaining(0, 10 * MINUTE), anIdentity("bob").remaining(3, 5 * MINUTE)],
      says: { reason: "identity_pool_depleted", retryAt: NOW + 5 * MINUTE, busy: false },
    },
    {
      name: "gives the reason of the one who is able first",
      among: [anIdentity("ada").cooling("identity", "ada", HOUR), anIdentity("bob").remaining(0, 5 * MINUTE)],
      says: { reason: "identity_pool_depleted", retryAt: NOW + 5 * MINUTE, busy: false },
    },
    {
      name: "waits for the longest of one identity's obstacles",
      among: [
        anIdentity("ada")
          .remaining(0, 5 * MINUTE)
          .cooling("identity", "ada", 20 * MINUTE),
      ],
      says: { reason: "identities_cooling_down", retryAt: NOW + 20 * MINUTE, busy: false },
    },
    {
      name: "reads a depletion rest as depletion",
      among: [anIdentity("ada").cooling("resource", "core", MINUTE, "depleted")],
      says: { reason: "identity_pool_depleted", retryAt: NOW + MINUTE, busy: false },
    },
    {
      name: "tells a full identity from a resting one",
      among: [anIdentity("ada").busyWith(20)],
      says: { reason: "identities_cooling_down", retryAt: NOW + SECOND, busy: true },
    },
  ])("$name", ({ among, says }) => {
    expect(choose(among)).toEqual({ kind: "none", ...says });
  });
});
