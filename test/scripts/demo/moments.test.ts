import { describe, expect, it } from "vitest";
import { CALLERS, IDENTITIES, REPOSITORIES } from "../../../scripts/demo/cast.ts";
import { momentsOf, type DemoRead, type Moment } from "../../../scripts/demo/moments.ts";
import { classifyPath } from "../../../shared/route-match.ts";

const take = (seed: number, count: number): readonly Moment[] => momentsOf(seed).take(count).toArray();
const readsIn = (moments: readonly Moment[]): readonly DemoRead[] =>
  moments.flatMap((moment) => (moment.kind === "reads" ? moment.reads : []));

describe("the demo's moments", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(take(1, 200)).toEqual(take(1, 200));
    expect(take(1, 200)).not.toEqual(take(2, 200));
  });

  it("let everybody ask something and every repository be pushed to", () => {
    const moments = take(1, 2_000);
    expect(new Set(readsIn(moments).map(({ login }) => login))).toEqual(new Set(CALLERS.map(({ login }) => login)));
    const pushed = moments.flatMap((moment) => (moment.kind === "push" ? [moment.repository] : []));
    expect(new Set(pushed)).toEqual(new Set(REPOSITORIES));
  });

  it("ask for little that the relay does not serve", () => {
    const reads = readsIn(take(1, 2_000));
    const refused = reads.filter(({ path }) => classifyPath(path).kind !== "ok");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length / reads.length).toBeLessThan(0.05);
  });

  it("bound the age of what CI watches", () => {
    const watched = readsIn(take(1, 500)).filter(({ login }) => login === "ci-runner");
    expect(new Set(watched.map(({ maxAgeSeconds }) => maxAgeSeconds))).toEqual(new Set([5]));
  });
});

describe("the demo's identities", () => {
  it("are healthy, revoked and throttled, each under a name of its own", () => {
    expect(new Set(IDENTITIES.map(({ fate }) => fate))).toEqual(new Set(["healthy", "revoked", "throttled"]));
    expect(new Set(IDENTITIES.map(({ secretRef }) => secretRef)).size).toBe(IDENTITIES.length);
  });
});
