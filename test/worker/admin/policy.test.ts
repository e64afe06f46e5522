/** The policy room's API: edit with validation, preview, save, history and restore. */
import { beforeEach, describe, expect, it } from "vitest";
import type { PolicyHistoryView, PolicyView, PreviewView } from "../../../shared/dashboard/policy.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

let bench: Bench;
let current: PolicyView;
beforeEach(async () => {
  bench = await anOperator();
  current = await bench.ask<PolicyView>("policy.get");
});

const edited = (changes: object) => ({ policy: { ...current.policy, ...changes } });
const preview = (changes: object) => bench.ask<PreviewView>("policy.preview", edited(changes));
const save = (changes: object, version = current.version) => bench.act("policy.save", { ...edited(changes), version });

describe("saving", () => {
  it("makes a new version that holds at once, and the log says what changed", async () => {
    const { data } = await save({ allow_logs: false, allowed_owners: ["Acme"] });
    expect(data).toMatchObject({
      version: current.version + 1,
      policy: { allow_logs: false, allowed_owners: ["acme"] },
    });
    const { envelope } = await bench.relay.ask("/repos/acme/widget/actions/jobs/1/logs");
    expect(envelope.error?.details?.["reason"]).toBe("logs_denied");
    expect((await bench.log())[0]).toMatchObject({
      actor: "alice",
      action: "policy.save",
      after: { allow_logs: false },
    });
  });

  it("over another operator's change is refused, and nothing is written over", async () => {
    await bench.relay.setPolicy({ fills_per_hour_per_caller: 7 });
    expect(codeOf(await save({ allow_logs: false }))).toBe("policy_conflict");
    expect((await bench.ask<PolicyView>("policy.get")).policy).toMatchObject({ fills_per_hour_per_caller: 7 });
  });

  it("said twice is done once", async () => {
    await save({ allow_logs: false });
    const again = await save({ allow_logs: false });
    expect(again.data).toMatchObject({ version: current.version + 1 });
  });

  it.each([
    { name: "a member nobody knows", change: { allow_everything: true }, code: "invalid_policy" },
    { name: "a yes in a string", change: { allow_logs: "yes" }, code: "invalid_policy" },
    { name: "a number below its least", change: { max_concurrent_per_caller: 0 }, code: "invalid_policy" },
    { name: "an owner that is none", change: { allowed_owners: ["a/b"] }, code: "invalid_policy" },
  ])("with $name is $code", async ({ change, code }) => {
    for (const answer of [
      await save(change),
      await bench.browser.query("policy.preview", { pool: POOL, ...edited(change) }),
    ])
      expect(codeOf(answer)).toBe(code);
    expect((await bench.ask<PolicyView>("policy.get")).version).toBe(current.version);
  });

  it("mends a policy that cannot be read", async () => {
    await bench.relay.db.$client.prepare("UPDATE pools SET policy = '{'").run();
    const closed = await bench.ask<PolicyView>("policy.get");
    expect(closed.policy).toBeNull();
    const mended = await bench.act("policy.save", { policy: closed.defaults, version: closed.version });
    expect(mended.data).toMatchObject({ policy: closed.defaults });
  });
});

describe("a preview", () => {
  it("changes nothing and finds nothing in the same policy", async () => {
    await bench.traffic([{}]);
    const before = await bench.log();
    expect(await preview({})).toMatchObject({ requests: 1, rows: [], cut: false });
    expect(await bench.log()).toEqual(before);
  });

  it("lists what would be refused and what would go on, from the last day only", async () => {
    await bench.traffic([
      { routeKind: "job_logs", routeKey: "/repos/acme/widget/actions/jobs/{id}/logs" },
      { routeKind: "job_logs", routeKey: "/repos/acme/widget/actions/jobs/{id}/logs", ago: 25 * 3_600_000 },
      {
        routeKind: "search_issues",
        routeKey: "/search/issues",
        errorCode: "fallback_local",
        fallbackReason: "search_denied",
        cache: "unknown",
      },
      {},
    ]);
    const view = await preview({ allow_logs: false, allow_search: true });
    expect(view.totals).toEqual({ refused: 1, admitted: 0, narrowed: 0, waits: 0 });
    expect(view.rows.map(({ effect, rule, reason }) => `${effect} ${rule} ${reason}`)).toEqual([
      "refused allow_logs logs_denied",
    ]);
    expect([view.requests, view.unjudged]).toEqual([3, [{ rule: "allow_search", why: "search_text", requests: 1 }]]);
  });

  it("adds up the day's first and last minutes and the hours between them", async () => {
    const hours = Array.from({ length: 24 }, (_, hour) => ({ ago: hour * 3_600_000 + 1_000 }));
    await bench.traffic(hours.map((row) => ({ ...row, routeKey: "/repos/strangers/x/pulls/{number}" })));
    const view = await preview({ allow_public_repos: false });
    expect([view.requests, view.totals.refused]).toEqual([24, 24]);
  });

  it("tells which fetches would need another identity", async () => {
    await bench.relay.addIdentity("pat_bob", { scopes: [{ owner: "acme" }] });
    const fetched = { cache: "miss", backend: "github_identity", upstreamCalls: 1 } as const;
    await bench.traffic([
      { ...fetched, identityId: "pat_bob" },
      { ...fetched, identityId: "pat_bob", routeKey: "/repos/strangers/x/pulls/{number}" },
      { ...fetched, identityId: "pat_alice" },
    ]);
    const { rows } = await preview({ allowed_owners: ["octocat"] });
    expect(rows).toMatchObject([{ effect: "narrowed", rule: "allowed_owners", requests: 1 }]);
  });

  it("tells what a larger budget would have let go on, by what the refused request itself left behind", async () => {
    await bench.relay.setPolicy({ fills_per_hour_per_caller: 1 });
    current = await bench.ask<PolicyView>("policy.get");
    for (const number of [7, 8]) await bench.relay.ask(`/repos/acme/widget/pulls/${number}`);
    const { rows, unjudged } = await preview({ fills_per_hour_per_caller: 10 });
    expect(rows).toMatchObject([
      { effect: "admitted", rule: "fills_per_hour_per_caller", reason: "relay_overloaded", requests: 1 },
    ]);
    expect(unjudged).toEqual([]);
  });

  it("names callers whose budget would be spent", async () => {
    await bench.traffic(
      [1, 2, 3].map((minutes) => ({ cache: "miss" as const, upstreamCalls: 1, ago: minutes * 60_000 })),
    );
    const { rows } = await preview({ fills_per_hour_per_caller: 2 });
    expect(rows).toMatchObject([
      {
        effect: "refused",
        rule: "fills_per_hour_per_caller",
        requests: 1,
        subject: { kind: "caller", callerId: "gh_101", login: "alice" },
      },
    ]);
  });

  it("names no repository that was not proven public", async () => {
    await bench.relay.setPolicy({ allow_public_repos: false });
    current = await bench.ask<PolicyView>("policy.get");
    await bench.traffic([
      {
        routeKey: "/repos/strangers/secret-plan/pulls/{number}",
        errorCode: "fallback_local",
        fallbackReason: "owner_denied",
        cache: "unknown",
      },
    ]);
    const view = await preview({ allow_public_repos: true });
    expect(view.rows[0]).toMatchObject({
      effect: "admitted",
      subject: { pattern: "/repos/{owner}/{repo}/pulls/{number}" },
    });
    expect(JSON.stringify(view)).not.toContain("secret-plan");
  });
});

describe("history", () => {
  it("shows who changed what, newest first, page by page", async () => {
    await save({ allow_logs: false });
    const history = await bench.ask<PolicyHistoryView>("policy.history");
    expect(history.rows.map(({ version, action, actor }) => [version, action, actor])).toEqual([
      [2, "saved", "alice"],
      [1, "created", "admin-token"],
    ]);
    expect(history.rows[0]?.changes).toEqual([{ rule: "allow_logs", before: "true", after: "false" }]);
    const first = await bench.ask<PolicyHistoryView>("policy.history", { limit: 1 });
    const second = await bench.ask<PolicyHistoryView>("policy.history", { limit: 1, cursor: first.next });
    expect(second.rows.map(({ version }) => version)).toEqual([1]);
  });

  it("puts an earlier version back as a new one", async () => {
    await save({ allow_logs: false });
    const [, created] = (await bench.ask<PolicyHistoryView>("policy.history")).rows;
    const restored = await bench.act("policy.restore", { eventId: created?.eventId, version: 2 });
    expect(restored.data).toMatchObject({ version: 3, policy: current.policy });
    expect((await bench.log())[0]).toMatchObject({ action: "policy.restore", subject: `${POOL}, version 1` });
    expect((await bench.ask<PolicyHistoryView>("policy.history")).rows[0]).toMatchObject({
      action: "restored",
      version: 3,
    });
  });

  it("puts back nothing of another pool and nothing that is no policy", async () => {
    await bench.relay.admin("PUT", "/v1/admin/pools/another", { policy: current.policy });
    const { results } = await bench.relay.db.$client
      .prepare("SELECT id FROM admin_events WHERE pool_id = 'another' OR action = 'identity.put'")
      .all<{ id: number }>();
    expect(results.length).toBe(2);
    for (const { id } of results)
      expect(codeOf(await bench.act("policy.restore", { eventId: id, version: 1 }))).toBe("policy_version_not_found");
  });
});
