/** GET /metrics and GET /v1/status over the real D1 and coordinator, and over broken ones. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { recordRun } from "../../../server/store/housekeeping.ts";
import { ADMIN_TOKEN, TestRelay } from "../support/relay.ts";

const METRICS_TOKEN = "metrics-token-for-tests-only";
const HOUR = 3_600_000;

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay({ vars: { METRICS_TOKEN } });
  await relay.github.reset();
});

const withToken = (token?: string): RequestInit =>
  token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
const scrape = async (token: string | undefined = METRICS_TOKEN) => {
  const response = await relay.fetch("/metrics", withToken(token));
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};
const broken = {
  prepare: () => {
    throw new Error("D1_ERROR: no");
  },
  batch: () => Promise.reject(new Error("D1_ERROR: no")),
};

describe("GET /metrics", () => {
  it.each([
    { name: "no token", token: undefined, status: 401 },
    { name: "a wrong token", token: "guess", status: 401 },
    { name: "METRICS_TOKEN", token: METRICS_TOKEN, status: 200 },
    { name: "the admin token", token: ADMIN_TOKEN, status: 200 },
  ])("with $name: $status", async ({ token, status }) => {
    expect((await relay.fetch("/metrics", withToken(token))).status).toBe(status);
  });

  it("does not open to a caller", async () => {
    await relay.seed();
    expect((await scrape(relay.callerToken)).status).toBe(401);
  });

  it("is closed where neither token is set", async () => {
    relay.setVars({ METRICS_TOKEN: null, OCTOPOOL_ADMIN_TOKEN: null });
    expect((await scrape()).status).toBe(503);
  });

  it("METRICS_TOKEN opens no admin door", async () => {
    expect((await relay.fetch("/v1/admin/pools/maintainers", withToken(METRICS_TOKEN))).status).toBe(401);
  });

  it("tells what happened, whichever isolate is asked", async () => {
    await relay.seed();
    await relay.spendAnonymousQuota();
    await relay.ask("/repos/acme/widget/pulls/7");
    await relay.ask("/repos/acme/widget/pulls/7");
    await relay.ask("/notifications");
    relay.newIsolate();
    const { type, text } = await scrape();
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    const pr = 'octopool_requests_total{pool="maintainers",kind="pr_view"';
    expect(text).toContain(`${pr},cache="miss",backend="github_identity",outcome="ok",reason=""} 1`);
    expect(text).toMatch(/octopool_requests_total\{[^}]*cache="hit"[^}]*\} 1/);
    expect(text).toMatch(/octopool_requests_total\{[^}]*outcome="fallback",reason="route_denied"\} 1/);
    expect(text).toMatch(
      /octopool_identity_quota_remaining\{pool="maintainers",identity="pat_alice",resource="core"\} \d{4}/,
    );
    expect(text).toContain('octopool_identity_healthy{pool="maintainers",identity="pat_alice"} 1');
    expect(text).toContain('octopool_cache_entries{pool="maintainers",state="fresh"} 1');
    expect(text).toContain("octopool_audit_rows_total 3");
    expect(text).toContain('octopool_fills_led_total{pool="maintainers"}');
    for (const line of text.trim().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) octopool_\w+ .+|octopool_\w+(\{.*\})? (\+Inf|[\d.e+-]+))$/);
    expect(text).not.toMatch(/acme\/widget|gh[pous]_|op_[\w-]{20}/);
  });

  it("says which part does not answer", async () => {
    relay.setBindings({ DB: broken });
    const { status, text } = await scrape();
    expect(status).toBe(200);
    expect(text).toContain('octopool_part_up{part="database"} 0');
  });
});

describe("GET /v1/status", () => {
  const ask = async () => {
    const response = await relay.fetch("/v1/status");
    const body = (await response.json()) as { ok: boolean; parts: Record<string, boolean> };
    return { status: response.status, cache: response.headers.get("cache-control"), ...body };
  };

  it("is all true of a new deployment, for anybody, and holds booleans only", async () => {
    await relay.seed();
    const { status, cache, ok, parts } = await ask();
    expect({ status, cache, ok }).toEqual({ status: 200, cache: "public, max-age=10", ok: true });
    expect(new Set(Object.values(parts))).toEqual(new Set([true]));
  });

  it.each<{ name: string; part: string; ok: boolean; change: () => void | Promise<void> }>([
    {
      name: "no organization token",
      part: "configuration",
      ok: false,
      change: () => relay.setVars({ OCTOPOOL_GITHUB_ORG_TOKEN: null }),
    },
    {
      name: "no identity that is set up",
      part: "identities",
      ok: true,
      change: () => relay.setVars({ PAT_ALICE: null }),
    },
    { name: "no sweep for two hours", part: "housekeeping", ok: true, change: () => relay.later(3 * HOUR) },
    {
      name: "a sweep whose task failed",
      part: "housekeeping",
      ok: true,
      change: () =>
        recordRun(relay.db, { startedAt: Date.now(), finishedAt: Date.now(), report: {}, remaining: 0, failed: 1 }),
    },
    {
      name: "a bucket that fails",
      part: "storage",
      ok: true,
      change: () => relay.setBindings({ ACTIONS_LOGS: { head: () => Promise.reject(new Error("R2")) } }),
    },
    {
      name: "an audit row that was lost",
      part: "audit",
      ok: true,
      change: async () => {
        const sql =
          "INSERT INTO audit_batches (batch_id, isolate_id, sequence, rows, lost, at) VALUES ('x:1', 'x', 1, 0, 2, ?)";
        await env.DB.prepare(sql).bind(Date.now()).run();
      },
    },
  ])("$name: $part is false, ok is $ok", async ({ part, ok, change }) => {
    await relay.seed();
    await change();
    const answer = await ask();
    const wrong = Object.entries(answer.parts)
      .filter(([, works]) => !works)
      .map(([name]) => name);
    expect([wrong, answer.ok, answer.status]).toEqual([[part], ok, ok ? 200 : 503]);
  });

  it("says so, with 503 and nothing more, where D1 does not answer", async () => {
    relay.setBindings({ DB: broken });
    const { status, ok, parts } = await ask();
    expect([status, ok, parts["database"], parts["coordinator"]]).toEqual([503, false, false, true]);
  });

  it("looks once in ten seconds", async () => {
    await relay.seed();
    await ask();
    relay.setBindings({ DB: broken });
    expect((await ask()).parts["database"]).toBe(true);
    relay.later(10_001);
    expect((await ask()).parts["database"]).toBe(false);
  });
});
