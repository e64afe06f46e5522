import { describe, expect, it } from "vitest";
import * as build from "../../../shared/routes/freshness-builders.ts";

describe("a builder states the policy and leaves out what the row does not say", () => {
  it("immutable: a day fresh, a day stale", () => {
    expect(build.immutable()).toEqual({
      policy: "immutable",
      refNamed: false,
      freshSeconds: 86_400,
      staleSeconds: 86_400,
      swrSeconds: 0,
      endedBy: [],
    });
  });

  it("slow, with everything a row may say", () => {
    const ages = { fresh: 300, pinned: 3600, stale: 7200, swr: 60, covered: 3600, endedBy: ["push"] };
    expect(build.slow(ages)).toEqual({
      policy: "slow",
      refNamed: false,
      freshSeconds: 300,
      pinnedSeconds: 3600,
      staleSeconds: 7200,
      swrSeconds: 60,
      coveredSeconds: 3600,
      endedBy: ["push"],
    });
  });

  it("settling has a judge and no age of its own", () => {
    const settling = build.settling("jobs", { stale: 300 });
    expect(settling).toMatchObject({ policy: "settling", judge: "jobs", refNamed: false });
    expect(settling).not.toHaveProperty("freshSeconds");
    expect(settling).not.toHaveProperty("coveredSeconds");
  });

  it.each([
    ["refList", build.refList({ fresh: 120, stale: 300 }), "list"],
    ["refSettling", build.refSettling("status", { fresh: 120, stale: 300 }), "settling"],
  ])("%s is named by a ref", (_name, freshness, policy) => {
    expect(freshness).toMatchObject({ policy, refNamed: true, freshSeconds: 120 });
  });

  it.each([
    ["metadata", build.metadata({ fresh: 600, stale: 600 })],
    ["list", build.list({ fresh: 60, stale: 600 })],
    ["living", build.living("pull", { stale: 3600 })],
    ["pull-files", build.pullFiles({ stale: 3600 })],
    ["log", build.log({ stale: 0 })],
    ["never", build.never()],
  ])("%s is its own policy", (policy, freshness) => {
    expect(freshness.policy).toBe(policy);
  });
});
