/** Logs in R2: what is believed of them, and when they go. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  findLog,
  forgetLogs,
  putLog,
  renewLog,
  revisionOf,
  type LogFacts,
  type StoredLog,
} from "../../../server/relay/log-store.ts";
import { LOGS_PREFIX, sweepLogs } from "../../../server/sweep-bucket.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const GENERATIONS = { "repo:acme/widget": 0, "job:acme/widget/9": 3 };
const KEY = `${LOGS_PREFIX}maintainers/repos/acme/widget/actions/jobs/9/logs`;
const at = (now: number) => ({ bucket: env.ACTIONS_LOGS, now: () => now });
const bytes = new TextEncoder().encode("a log");

const facts = (changes: Partial<LogFacts> = {}): LogFacts => ({
  storedAt: NOW,
  confirmedAt: NOW,
  size: bytes.byteLength,
  headers: { "content-type": "text/plain", etag: '"x"', date: "not kept" },
  identity: { id: "pat_alice", kind: "pat" },
  revision: revisionOf(GENERATIONS),
  ...changes,
});

const textOf = (log: StoredLog | undefined) => new Response(log?.body ?? null).text();

describe("a stored log", () => {
  it("is found with what was written about it", async () => {
    expect(await putLog(KEY, facts(), bytes, at(NOW))).toBe(true);
    const found = await findLog(KEY, GENERATIONS, at(NOW + 1));
    expect(found).toMatchObject({ ...facts(), headers: { "content-type": "text/plain", etag: '"x"' } });
    expect(await textOf(found)).toBe("a log");
  });

  it.each([
    { name: "a purge since", generations: { ...GENERATIONS, "job:acme/widget/9": 4 }, now: NOW },
    { name: "seven days", generations: GENERATIONS, now: NOW + 7 * DAY + 1 },
  ])("is no copy after $name", async ({ generations, now }) => {
    await putLog(KEY, facts(), bytes, at(NOW));
    expect(await findLog(KEY, generations, at(now))).toBeUndefined();
  });

  it("is judged by its times alone where D1 does not answer", async () => {
    await putLog(KEY, facts(), bytes, at(NOW));
    const found = await findLog(KEY, undefined, at(NOW));
    expect(await textOf(found)).toBe("a log");
  });

  it.each([
    { name: "no metadata", customMetadata: {} },
    { name: "another size", customMetadata: { stored_at: `${NOW}`, confirmed_at: `${NOW}`, revision: "r", size: "4" } },
    { name: "times that are none", customMetadata: { stored_at: "soon", confirmed_at: "", revision: "r", size: "5" } },
  ])("is no copy with $name", async ({ customMetadata }) => {
    const told: Record<string, string | undefined> = customMetadata;
    await env.ACTIONS_LOGS.put(KEY, bytes, { customMetadata: told as Record<string, string> });
    expect(await findLog(KEY, undefined, at(NOW))).toBeUndefined();
  });

  it("keeps the day it was stored when it is confirmed, and goes seven days after it", async () => {
    await putLog(KEY, facts({ storedAt: NOW - 6 * DAY }), bytes, at(NOW));
    await renewLog(KEY, NOW + 5, at(NOW));
    const found = await findLog(KEY, GENERATIONS, at(NOW));
    expect(found).toMatchObject({ storedAt: NOW - 6 * DAY, confirmedAt: NOW + 5 });
    await found?.body.cancel();
    expect(await sweepLogs(env.ACTIONS_LOGS, NOW + DAY - 1)).toBe(0);
    expect(await sweepLogs(env.ACTIONS_LOGS, NOW + DAY + 1)).toBe(1);
  });

  it("goes with its repository, in that pool alone", async () => {
    const others = [KEY.replace("widget", "widget2"), KEY.replace("maintainers", "others")];
    for (const key of [KEY, ...others]) await putLog(key, facts(), bytes, at(NOW));
    await forgetLogs("maintainers", { owner: "acme", repo: "widget" }, env.ACTIONS_LOGS);
    expect((await env.ACTIONS_LOGS.list()).objects.map(({ key }) => key).toSorted()).toEqual(others.toSorted());
  });
});
