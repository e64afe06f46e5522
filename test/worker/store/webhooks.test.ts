import { describe, expect, it } from "vitest";
import { endCoverage, findCoverage, recordDelivery, saveCoverage } from "../../../server/store/webhooks.ts";
import { countRows, NOON, theDb } from "./rows.ts";

const own = { owner: "acme", repo: "widget", source: "repository" } as const;

describe("coverage", () => {
  it("of a repository joins its own webhook's events and its owner's", async () => {
    await saveCoverage(theDb(), { ...own, events: ["push"] }, NOON);
    await saveCoverage(theDb(), { owner: "acme", repo: "*", source: "organization", events: ["issues"] }, NOON);
    expect(await findCoverage(theDb(), "acme", "widget")).toEqual(new Set(["push", "issues"]));
    expect(await findCoverage(theDb(), "acme", "other")).toEqual(new Set(["issues"]));
  });

  it("ends for events a webhook no longer sends, and comes back when it does", async () => {
    await saveCoverage(theDb(), { ...own, events: ["push", "issues"] }, NOON);
    await saveCoverage(theDb(), { ...own, events: ["push"] }, NOON + 1);
    expect(await findCoverage(theDb(), "acme", "widget")).toEqual(new Set(["push"]));
    expect(await countRows("repo_coverage", "ended_reason = 'no_longer_sent'")).toBe(1);
    await saveCoverage(theDb(), { ...own, events: ["push", "issues"] }, NOON + 2);
    expect(
      await countRows("repo_coverage", `event = 'issues' AND ended_at IS NULL AND covered_since = ${NOON + 2}`),
    ).toBe(1);
    expect(await countRows("repo_coverage", `event = 'push' AND covered_since = ${NOON}`)).toBe(1);
  });

  it("that is lost is marked, not forgotten", async () => {
    await saveCoverage(theDb(), { ...own, events: ["push"] }, NOON);
    expect(await endCoverage(theDb(), { owner: "acme", repo: "widget", reason: "failed_delivery" }, NOON + 5)).toBe(1);
    expect(await findCoverage(theDb(), "acme", "widget")).toEqual(new Set());
    expect(await countRows("repo_coverage", `ended_reason = 'failed_delivery' AND ended_at = ${NOON + 5}`)).toBe(1);
  });
});

describe("a delivery", () => {
  it("is new once", async () => {
    const delivery = {
      deliveryId: "d1",
      event: "push",
      action: "",
      repository: "acme/widget",
      bumped: 2,
      receivedAt: NOON,
    };
    expect(await recordDelivery(theDb(), delivery)).toBe(true);
    expect(await recordDelivery(theDb(), delivery)).toBe(false);
  });
});
