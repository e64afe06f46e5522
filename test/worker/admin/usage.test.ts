/** The usage and routes rooms' API: sums over a window, by pattern, by cause and by caller. */
import { beforeEach, describe, expect, it } from "vitest";
import type { RoutesView } from "../../../shared/dashboard/routes.ts";
import type { CallerUseView, CausesView, PatternsView } from "../../../shared/dashboard/usage.ts";
import { ROUTES } from "../../../shared/routes/index.ts";
import { closeDays } from "../../../server/store/daily.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PULL = "/repos/acme/widget/pulls/{number}";
const denied = {
  errorCode: "fallback_local",
  fallbackReason: "repo_not_public",
  status: 424,
  cache: "unknown",
} as const;

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
});

describe("patterns", () => {
  it("sum the window up, most frequent first", async () => {
    await bench.traffic([
      { durationMs: 10 },
      { cache: "miss", quotaUnits: 1, upstreamCalls: 1, missReason: "absent", durationMs: 90, ago: 3 * HOUR },
      { cache: "stale", durationMs: 20, ago: 6 * DAY },
      { routeKind: "meta", routeKey: "/meta" },
      { routeKind: "meta", routeKey: "/meta", ago: 8 * DAY },
    ]);
    const { rows, total, next } = await bench.ask<PatternsView>("usage.patterns");
    expect({ total, next }).toEqual({ total: 2, next: null });
    expect(rows[0]).toMatchObject({ pattern: PULL, requests: 3, hitRate: 2 / 3, saved: 2, quotaUnits: 1, avgMs: 40 });
    expect(rows[1]).toMatchObject({ pattern: "/meta", requests: 1 });
  });

  it("name no repository that was refused as not public", async () => {
    await bench.traffic([
      { routeKey: "/repos/acme/secret-plan/pulls/{number}", ...denied },
      { routeKey: "/repos/acme/other-secret/pulls/{number}", ...denied },
      { routeKey: PULL },
    ]);
    const view = await bench.ask<PatternsView>("usage.patterns");
    expect(view.rows.map(({ pattern, requests }) => [pattern, requests])).toEqual([
      ["/repos/{owner}/{repo}/pulls/{number}", 2],
      [PULL, 1],
    ]);
    expect(JSON.stringify(view)).not.toContain("secret");
  });

  it("name a refused repository that GitHub says is public, and no served one that it hides by now", async () => {
    await bench.relay.ask("/repos/acme/widget");
    await bench.traffic([
      { errorCode: "fallback_local", fallbackReason: "no_identity", cache: "unknown" },
      { routeKey: "/repos/acme/gone/pulls/{number}" },
    ]);
    await bench.relay.db.$client
      .prepare(
        "INSERT INTO github_public_repos (owner, repo, public, asked_by, checked_at, expires_at) VALUES ('acme', 'gone', 0, 'anonymous', 1, 1)",
      )
      .run();
    const { rows } = await bench.ask<PatternsView>("usage.patterns", { text: "pulls" });
    expect(rows.map(({ pattern }) => pattern).toSorted()).toEqual([PULL, "/repos/{owner}/{repo}/pulls/{number}"]);
  });

  it("come page by page, and by text", async () => {
    await bench.traffic([{}, {}, { routeKind: "meta", routeKey: "/meta" }]);
    const first = await bench.ask<PatternsView>("usage.patterns", { limit: 1 });
    expect([first.rows[0]?.pattern, first.next]).toEqual([PULL, "1"]);
    const second = await bench.ask<PatternsView>("usage.patterns", { limit: 1, cursor: first.next });
    expect([second.rows[0]?.pattern, second.next]).toEqual(["/meta", null]);
    expect((await bench.ask<PatternsView>("usage.patterns", { text: "META" })).total).toBe(1);
    expect(codeOf(await bench.browser.query("usage.patterns", { pool: POOL, cursor: "-1" }))).toBe("invalid_request");
  });
});

describe("a window", () => {
  it.each([
    {
      name: "an hour within the day",
      window: (now: number) => ({ from: now - 2 * HOUR, to: now - HOUR }),
      requests: 1,
    },
    { name: "ten minutes", window: "15m" as const, requests: 1 },
    { name: "a month with days that are closed", window: "30d" as const, requests: 6 },
    { name: "days that ended", window: (now: number) => ({ from: now - 11 * DAY, to: now - 4 * DAY }), requests: 2 },
  ])("of $name counts every row once", async ({ window, requests }) => {
    await bench.traffic([60_000, 90 * 60_000, 26 * HOUR, 3 * DAY, 5 * DAY, 10 * DAY].map((ago) => ({ ago })));
    const now = Date.now();
    await closeDays(bench.relay.db, POOL, now, 100);
    const ask = { window: typeof window === "string" ? window : window(now) };
    expect((await bench.ask<CallerUseView>("usage.callers", ask)).rows[0]).toMatchObject({ requests, share: 1 });
    expect((await bench.ask<PatternsView>("usage.patterns", ask)).rows[0]).toMatchObject({ requests });
  });

  it.each(["usage.patterns", "usage.causes", "usage.callers", "routes.list"])(
    "of %s is thirty days at most",
    async (procedure) => {
      const window = { from: Date.now() - 31 * DAY, to: Date.now() };
      expect(codeOf(await bench.browser.query(procedure, { pool: POOL, window }))).toBe("invalid_window");
    },
  );
});

describe("causes", () => {
  it("part denials, fallbacks and errors, each with the routes it struck", async () => {
    await bench.traffic([
      denied,
      { ...denied, routeKind: "issue_view" },
      { ...denied, routeKind: "issue_view" },
      { errorCode: "fallback_local", fallbackReason: "no_identity", cache: "unknown" },
      { errorCode: "invalid_path", status: 400, cache: "unknown" },
      {},
    ]);
    const view = await bench.ask<CausesView>("usage.causes");
    expect({ requests: view.requests, refused: view.refused }).toEqual({ requests: 6, refused: 5 });
    expect(view.rows[0]).toMatchObject({
      kind: "denial",
      code: "repo_not_public",
      requests: 3,
      routes: [
        { routeKind: "issue_view", requests: 2 },
        { routeKind: "pr_view", requests: 1 },
      ],
    });
    expect(
      view.rows
        .slice(1)
        .map(({ kind, code }) => `${kind} ${code}`)
        .toSorted(),
    ).toEqual(["error invalid_path", "fallback no_identity"]);
    expect(view.rows.every(({ says }) => says !== "")).toBe(true);
  });
});

describe("callers' use", () => {
  it("names who it was, with the share of the pool", async () => {
    await bench.traffic([{ callerId: "gh_101" }, { callerId: "gh_101" }, { callerId: "gh_101" }, { callerId: "gh_7" }]);
    const { rows, total } = await bench.ask<CallerUseView>("usage.callers");
    expect(total).toBe(2);
    expect(rows.map(({ login, share }) => [login, share])).toEqual([
      ["alice", 0.75],
      ["", 0.25],
    ]);
  });
});

describe("routes", () => {
  it("lists every kind once, with its traffic and why it missed", async () => {
    await bench.traffic([
      {},
      { cache: "miss", missReason: "expired", quotaUnits: 1 },
      { cache: "miss", missReason: "expired", quotaUnits: 1 },
      { cache: "miss", missReason: "absent", quotaUnits: 1 },
      { routeKind: "unclassified", routeKey: "unclassified", ...denied },
    ]);
    const view = await bench.ask<RoutesView>("routes.list", { limit: 200 });
    expect(view.rows.map(({ kind }) => kind).toSorted()).toEqual(
      [...new Set(ROUTES.map(({ kind }) => kind))].toSorted(),
    );
    expect(view.rows.find(({ kind }) => kind === "pr_view")?.traffic).toMatchObject({
      requests: 4,
      hitRate: 0.25,
      saved: 1,
      missReasons: [
        { reason: "expired", requests: 2 },
        { reason: "absent", requests: 1 },
      ],
    });
    expect(view.unclassified).toBe(1);
    expect(view.rows.find(({ kind }) => kind === "issue_view")?.traffic).toMatchObject({ requests: 0, hitRate: null });
  });
});
