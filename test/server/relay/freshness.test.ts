import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge, lifetimeOf, NEGATIVE_SECONDS, type BodyContext } from "../../../server/relay/freshness.ts";
import {
  immutable,
  list,
  living,
  log,
  metadata,
  never,
  pullFiles,
  refList,
  refSettling,
  settling,
  slow,
} from "../../../shared/routes/freshness-builders.ts";
import type { Freshness, Judge } from "../../../shared/routes/spec.ts";
import { aRoute, anAsk, anEntry, NOW } from "../../support/builders.ts";

const HOUR = 3600;
const DAY = 86_400;

const about = (part: Partial<BodyContext> = {}): BodyContext => ({
  status: 200,
  json: {},
  attemptQualified: false,
  refIsSha: false,
  headKnown: false,
  covered: false,
  ...part,
});
const freshOf = (freshness: Freshness, part?: Partial<BodyContext>) => lifetimeOf(freshness, about(part))?.freshSeconds;
const rowOf = (path: string) => aRoute(anAsk(path)).match.route.freshness;

function recorded(name: string): unknown {
  const text = readFileSync(join(import.meta.dirname, `../../github/corpus/${name}.json`), "utf8");
  return (JSON.parse(text) as { readonly body: unknown }).body;
}

describe("policies that do not look at the body", () => {
  it.each([
    ["immutable", immutable(), DAY, DAY],
    ["metadata", metadata({ fresh: 600, stale: 7200 }), 600, 7200],
    ["list", list({ fresh: 60, stale: 300 }), 60, 300],
    ["list by ref", refList({ fresh: 120, stale: 300 }), 120, 300],
    ["slow", slow({ fresh: 300, stale: 3600 }), 300, 3600],
    ["pull-files", pullFiles({ stale: 300 }), 60, 300],
  ])("%s", (_name, freshness, freshSeconds, staleSeconds) => {
    expect(lifetimeOf(freshness, about())).toEqual({ freshSeconds, staleSeconds, swrSeconds: 0 });
  });

  it("slow holds longer where the query's ref is a full SHA", () => {
    const row = slow({ fresh: 300, pinned: 7200, stale: 60 });
    expect(freshOf(row, { refIsSha: true })).toBe(7200);
    expect(freshOf(row)).toBe(300);
  });

  it("files of a pull hold an hour where its head is known", () => {
    expect(freshOf(pullFiles({ stale: 300 }), { headKnown: true })).toBe(HOUR);
  });

  it("what may be served while it is renewed is the row's", () => {
    expect(lifetimeOf(list({ fresh: 60, stale: 300, swr: 60 }), about())?.swrSeconds).toBe(60);
  });
});

describe("where every event that ends it reaches us", () => {
  const pull = living("pull", { stale: 60, covered: 3600, endedBy: ["pull_request"] });

  it.each([
    ["an answer lives as long as the row says", pull, { json: { state: "open" } }, 3600],
    ["a shorter cover shortens nothing", slow({ fresh: 300, stale: 60, covered: 60 }), {}, 300],
    ["a row without a cover keeps its own", slow({ fresh: 300, stale: 60 }), {}, 300],
    ["mergeability has no event", pull, { json: { state: "open", mergeable: null } }, 5],
    ["what is missing stays brief", pull, { status: 404 }, NEGATIVE_SECONDS],
  ])("%s", (_what, row, part: Partial<BodyContext>, seconds) => {
    expect(freshOf(row, { ...part, covered: true })).toBe(seconds);
  });
});

describe("what is never stored", () => {
  it.each([
    ["a row that says so", never(), 200],
    ["a log", log({ stale: 0 }), 200],
    ["statistics that GitHub still computes", metadata({ fresh: 600, stale: 600 }), 202],
    ["a 304 to the caller's own condition", list({ fresh: 60, stale: 60 }), 304],
    ["a redirect", list({ fresh: 60, stale: 60 }), 301],
    ["a bad request", list({ fresh: 60, stale: 60 }), 400],
    ["a refusal", list({ fresh: 60, stale: 60 }), 403],
    ["a conflict", list({ fresh: 60, stale: 60 }), 409],
    ["an unprocessable question", list({ fresh: 60, stale: 60 }), 422],
    ["an outage", list({ fresh: 60, stale: 60 }), 502],
    ["a 404 of a log", log({ stale: 0 }), 404],
  ])("%s", (_what, freshness, status) => {
    expect(lifetimeOf(freshness, about({ status }))).toBeUndefined();
  });

  it.each([404, 410])("but %i is held half a minute under every other policy, never stale", (status) => {
    for (const row of [
      immutable(),
      living("pull", { stale: 60, swr: 60 }),
      settling("run", { stale: 60 }),
      pullFiles({ stale: 60 }),
    ]) {
      expect(lifetimeOf(row, about({ status }))).toEqual({
        freshSeconds: NEGATIVE_SECONDS,
        staleSeconds: 0,
        swrSeconds: 0,
      });
    }
    expect(NEGATIVE_SECONDS).toBe(30);
  });
});

describe("a pull", () => {
  const row = rowOf("/repos/acme/widget/pulls/1");

  it.each([
    ["open", { state: "open", merged: false, mergeable: true }, 120],
    ["open, in a list's form without mergeable", { state: "open" }, 120],
    ["open, its mergeability not computed yet", { state: "open", merged: false, mergeable: null }, 5],
    ["closed without merge", { state: "closed", merged: false, merged_at: null, mergeable: null }, 120],
    ["merged", { state: "closed", merged: true, mergeable: null }, HOUR],
    ["merged, by its date", { state: "closed", merged_at: "2026-01-01T00:00:00Z" }, HOUR],
    ["no object at all", [], 120],
    ["a diff", undefined, 120],
  ])("%s", (_state, json, seconds) => {
    expect(freshOf(row, { json })).toBe(seconds);
  });

  it("is judged by status where it has no body: merged is 204", () => {
    expect(freshOf(rowOf("/repos/acme/widget/pulls/1/merge"), { status: 204, json: undefined })).toBe(HOUR);
  });

  it("as recorded", () => {
    expect(freshOf(row, { json: recorded("pulls__get") })).toBe(120);
  });
});

describe("an issue", () => {
  const row = rowOf("/repos/acme/widget/issues/1");

  it.each([
    ["open", { state: "open" }, 300],
    ["closed", { state: "closed" }, HOUR],
    ["unreadable", null, 300],
  ])("%s", (_state, json, seconds) => {
    expect(freshOf(row, { json })).toBe(seconds);
  });
});

describe("what settles", () => {
  const moving = { freshSeconds: 60, staleSeconds: 300, swrSeconds: 0 };
  const settled = { freshSeconds: HOUR, staleSeconds: DAY, swrSeconds: 0 };
  const settledList = { freshSeconds: 120, staleSeconds: DAY, swrSeconds: 0 };
  const row = (judged: Judge) => settling(judged, { stale: 300 });
  const done = { status: "completed" };

  it.each([
    ["run", { status: "queued" }],
    ["run", { status: "in_progress" }],
    ["run", { status: "waiting" }],
    ["run", { conclusion: "success" }],
    ["job", { status: "in_progress" }],
    ["jobs", { jobs: [done, { status: "queued" }] }],
    ["jobs", { jobs: [] }],
    ["run-list", { workflow_runs: [done, { status: "pending" }] }],
    ["run-list", { total_count: 0, workflow_runs: [] }],
    ["checks", { check_runs: [{ status: "in_progress" }] }],
    ["check-suites", { check_suites: [{ status: "queued" }, done] }],
    ["status", { state: "pending", statuses: [] }],
    ["status", { state: "failure", statuses: [{ state: "failure" }, { state: "pending" }] }],
    ["status", { state: "success", statuses: [] }],
    ["status-list", [{ state: "success" }, { state: "pending" }]],
    ["status-list", []],
    ["status-list", { state: "success" }],
    ["job", "completed"],
  ] satisfies [Judge, unknown][])("%s still moves: %j", (judged, json) => {
    expect(lifetimeOf(row(judged), about({ json, attemptQualified: true }))).toEqual(moving);
  });

  it.each([
    ["run", done, settled],
    ["jobs", { jobs: [done, done] }, settled],
    ["job", done, settled],
    ["run-list", { workflow_runs: [done] }, settledList],
    ["checks", { check_runs: [done] }, settledList],
    ["check-suites", { check_suites: [done] }, settledList],
    ["status", { state: "failure", statuses: [{ state: "failure" }, { state: "success" }] }, settledList],
    ["status-list", [{ state: "success" }, { state: "error" }], settledList],
  ] satisfies [Judge, unknown, unknown][])("%s has settled: %j", (judged, json, life) => {
    expect(lifetimeOf(row(judged), about({ json, attemptQualified: true }))).toEqual(life);
  });

  it.each([
    ["run", done],
    ["jobs", { jobs: [done] }],
  ] satisfies [Judge, unknown][])("a base %s never does, for a re-run reuses its id", (judged, json) => {
    expect(lifetimeOf(row(judged), about({ json }))).toEqual(moving);
  });

  it("what a branch names holds two minutes at most, and its stale time is no settled one", () => {
    const byRef = refSettling("checks", { fresh: 120, stale: 300 });
    expect(lifetimeOf(byRef, about({ json: { check_runs: [done] } }))).toEqual({
      freshSeconds: 120,
      staleSeconds: 300,
      swrSeconds: 0,
    });
    expect(freshOf(byRef, { json: { check_runs: [{ status: "queued" }] } })).toBe(60);
  });

  it.each([
    ["/repos/acme/widget/actions/runs/1", "actions__get-workflow-run", 60],
    ["/repos/acme/widget/actions/jobs/1", "actions__get-job-for-workflow-run", HOUR],
    ["/repos/acme/widget/actions/runs/1/jobs", "actions__list-jobs-for-workflow-run", 60],
    [`/repos/acme/widget/commits/${"a".repeat(40)}/statuses`, "repos__list-commit-statuses-for-ref", 120],
  ])("%s as recorded", (path, name, seconds) => {
    expect(freshOf(rowOf(path), { json: recorded(name) })).toBe(seconds);
  });
});

describe("judge", () => {
  const entry = { ...anEntry(), freshUntil: NOW + 60_000, swrUntil: NOW + 90_000, staleUntil: NOW + 120_000 };

  it.each([
    [0, "fresh"],
    [59_999, "fresh"],
    [60_000, "revalidating"],
    [89_999, "revalidating"],
    [90_000, "stale"],
    [119_999, "stale"],
    [120_000, "unusable"],
  ])("%i ms after GitHub was asked it is %s", (age, kind) => {
    expect(judge(entry, undefined, {}, NOW + age).kind).toBe(kind);
  });

  it.each([
    [30, 30_000, "fresh"],
    [30, 30_001, "unusable"],
    [1, 0, "fresh"],
    [100, 95_000, "stale"],
    [0, 0, "unusable"],
    [0, 1, "unusable"],
  ])("under max-age=%i at %i ms it is %s", (bound, age, kind) => {
    const unusable = { kind, why: "caller_bound" };
    expect(judge(entry, bound, {}, NOW + age)).toEqual(kind === "unusable" ? unusable : { kind });
  });

  it.each([
    ["no generation moved", { "repo:a/b": 2 }, { "repo:a/b": 2 }, "fresh"],
    ["a key never purged", {}, { "repo:a/b": 0 }, "fresh"],
    ["a generation moved on", { "repo:a/b": 2 }, { "repo:a/b": 3 }, "unusable"],
    ["a key was purged for the first time", {}, { "repo:a/b": 1 }, "unusable"],
    ["a generation went back", { "repo:a/b": 2 }, { "repo:a/b": 1 }, "unusable"],
    ["one of two moved", { x: 1, y: 1 }, { x: 1, y: 2 }, "unusable"],
    ["D1 did not answer", { "repo:a/b": 2 }, undefined, "fresh"],
  ])("%s", (_what, then, current, kind) => {
    const verdict = judge({ ...entry, generations: then }, undefined, current, NOW);
    expect(verdict).toEqual(kind === "fresh" ? { kind } : { kind, why: "purged" });
  });

  it("serves nobody what is older than his bound, whatever else is true", () => {
    const ages = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(ages, ages, ages, ages, fc.integer({ min: 0, max: 200 }), (fresh, swr, stale, age, bound) => {
        const any = { ...entry, freshUntil: NOW + fresh, swrUntil: NOW + swr, staleUntil: NOW + stale };
        const { kind } = judge(any, bound, undefined, NOW + age);
        expect(kind !== "unusable" && age > bound * 1000).toBe(false);
      }),
    );
  });
});
