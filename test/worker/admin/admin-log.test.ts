/** The audit-log room's API: the admin log by actor, action, text and time. */
import { beforeEach, describe, expect, it } from "vitest";
import type { AdminLogView } from "../../../shared/dashboard/admin-log.ts";
import { recordAct } from "../../../server/store/admin-events.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const HOUR = 3_600_000;
let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
  await bench.relay.db.$client.prepare("DELETE FROM admin_events").run();
});

const record = (
  actor: string,
  action: string,
  more: { subject?: string; ago?: number; before?: unknown; pool?: string } = {},
) =>
  recordAct(
    bench.relay.db,
    { actor, at: Date.now() - (more.ago ?? 0), requestId: "r" },
    {
      poolId: more.pool ?? POOL,
      action,
      subject: more.subject ?? "x",
      before: more.before,
      after: { status: "paused" },
    },
  );
const list = async (input: object = {}) => {
  const view = await bench.ask<AdminLogView>("adminLog.list", input);
  return { ...view, actions: view.rows.map(({ action }) => action) };
};

describe("the admin log", () => {
  it("says who did what, with what was before and after", async () => {
    await record("bob", "identity.pause", { subject: "pat_bob", before: { status: "active", weight: 1 } });
    await record("admin-token", "policy.save", { pool: "another" });
    expect((await list()).rows).toMatchObject([
      {
        actor: "bob",
        action: "identity.pause",
        subject: "pat_bob",
        changes: [
          { field: "status", before: "active", after: "paused" },
          { field: "weight", before: "1", after: null },
        ],
      },
    ]);
  });

  it.each([
    { name: "actor", filter: { actor: "alice" }, actions: ["identity.put"] },
    { name: "whole action", filter: { action: "policy.save" }, actions: ["policy.save"] },
    { name: "noun", filter: { action: "policy" }, actions: ["policy.save", "policy.restore"] },
    { name: "text of the subject", filter: { text: "PAT_A" }, actions: ["identity.put"] },
    { name: "text that is no pattern", filter: { text: "%" }, actions: [] },
    { name: "time", filter: { window: "1h" }, actions: ["identity.put", "policy.save"] },
  ])("is filtered by $name", async ({ filter, actions }) => {
    await record("bob", "policy.restore", { ago: 2 * HOUR });
    await record("bob", "policy.save", { ago: HOUR / 2 });
    await record("alice", "identity.put", { subject: "pat_alice" });
    expect((await list(filter)).actions).toEqual(actions);
  });

  it("comes page by page, also where many acts bear one time", async () => {
    const at = Date.now();
    for (const action of ["a.one", "a.two", "a.three"])
      await recordAct(
        bench.relay.db,
        { actor: "bob", at, requestId: "r" },
        { poolId: POOL, action, subject: "x", before: undefined, after: undefined },
      );
    const first = await list({ limit: 2 });
    expect(first.actions).toEqual(["a.three", "a.two"]);
    expect(await list({ limit: 2, cursor: first.next })).toMatchObject({ actions: ["a.one"], next: null });
  });

  it.each([{ cursor: "1" }, { action: "Policy!" }, { limit: 0 }, { limit: 1000 }, { window: "2h" }])(
    "refuses %o",
    async (input) => {
      expect(codeOf(await bench.browser.query("adminLog.list", { pool: POOL, ...input }))).toBe("invalid_request");
    },
  );
});
