/** The dashboard's queries find their rows by an index as well: none reads a table from end to end. */
import { describe, expect, it } from "vitest";
import { findPolicyEvent, listPolicyEvents, searchAdminEvents } from "../../../server/store/admin-log.ts";
import { recordAct } from "../../../server/store/admin-events.ts";
import {
  countByKind,
  countInForce,
  findEntryDetail,
  listEntriesByKey,
  listEntriesOfScope,
} from "../../../server/store/cache-entries.ts";
import { publishEntry } from "../../../server/store/cache.ts";
import { holdsOtherPools, isCallerOfPool, listCallersOfPool, readLogins } from "../../../server/store/caller-list.ts";
import type { Db } from "../../../server/store/db.ts";
import { listIdentitiesAfter } from "../../../server/store/identities.ts";
import { readIdentityShares } from "../../../server/store/identity-share.ts";
import { saveLogin } from "../../../server/store/logins.ts";
import { createPool } from "../../../server/store/create-pool.ts";
import { writeAuditBatch } from "../../../server/store/audit.ts";
import { sumHours } from "../../../server/store/running-sums.ts";
import { readSeries } from "../../../server/store/series.ts";
import { readFiltered } from "../../../server/store/series-filtered.ts";
import { readReplayFetches, readReplayFills, readReplayPatterns } from "../../../server/store/replay.ts";
import { readPatternsBy, readUsageBy } from "../../../server/store/usage-groups.ts";
import { readVerdicts } from "../../../server/store/visibility.ts";
import { capturingDb, tableScans } from "./captured-sql.ts";
import { aCacheRow, aLogin, anAct, anAuditRow, DAY, HOUR, NOON, POLICY } from "./rows.ts";

const poolId = "maintainers";
const key = "pull:acme/widget#7";
const window = (length: number) => ({ poolId, from: NOON - length + 5, to: NOON + 5, now: NOON + 5 });
const logAsk = { poolId, limit: 50, before: { at: NOON, id: 9 } };
const callersAsk = { poolId, poolIds: [poolId], text: "", limit: 50 };

/** Those that look further only where they found something. */
async function stored(db: Db): Promise<void> {
  await publishEntry(db, aCacheRow(), [key]);
  await saveLogin(db, aLogin(), anAct());
}

/** A day's hours summed up, over midnight. */
async function summed(db: Db): Promise<void> {
  await createPool(db, poolId, POLICY, anAct());
  await writeAuditBatch(db, { isolateId: "i", sequence: 1, rows: [anAuditRow({ at: NOON - DAY })], lost: 0, at: NOON });
  await sumHours(db, poolId, NOON, 30);
}

const QUERIES: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  searchAdminEvents: (db) =>
    searchAdminEvents(db, { ...logAsk, from: 1, to: NOON, actor: "alice", action: "policy", text: "50%_" }),
  listPolicyEvents: (db) => listPolicyEvents(db, logAsk),
  findPolicyEvent: (db) => findPolicyEvent(db, poolId, 7),
  recordAct: (db) =>
    recordAct(db, anAct(), { poolId, action: "identity.test", subject: "a", before: undefined, after: {} }),
  countByKind: (db) => countByKind(db, poolId, NOON),
  listEntriesOfScope: async (db) => {
    await stored(db);
    return listEntriesOfScope(db, { poolId, scope: "acme/widget", limit: 50, beforeRow: 9 });
  },
  listEntriesByKey: async (db) => {
    await stored(db);
    return listEntriesByKey(db, { poolId, key, limit: 50 });
  },
  findEntryDetail: async (db) => {
    await stored(db);
    return findEntryDetail(db, poolId, "key-1");
  },
  countInForce: (db) => countInForce(db, poolId, [key], NOON),
  listCallersOfPool: async (db) => {
    await stored(db);
    return listCallersOfPool(db, { ...callersAsk, text: "al", after: { loginKey: "a", id: "gh_1" } });
  },
  holdsOtherPools: (db) => holdsOtherPools(db, "gh_101", [poolId]),
  isCallerOfPool: (db) => isCallerOfPool(db, "gh_101", poolId),
  readLogins: (db) => readLogins(db, ["gh_101"]),
  listIdentitiesAfter: (db) => listIdentitiesAfter(db, { poolId, after: "a", limit: 50 }),
  readIdentityShares: (db) => readIdentityShares(db, { poolId, from: NOON - HOUR, recentFrom: NOON }),
  readReplayPatterns: (db) => readReplayPatterns(db, window(DAY)),
  readReplayFetches: (db) => readReplayFetches(db, { poolId, from: NOON - DAY, identityIds: ["pat_alice"] }),
  readReplayFills: (db) => readReplayFills(db, { poolId, from: NOON - DAY, limit: 100 }),
  "readUsageBy of a day": (db) => readUsageBy(db, window(DAY), ["caller_id", "client_name", "route_kind"]),
  "readUsageBy of a month": (db) => readUsageBy(db, window(30 * DAY), ["route_kind", "outcome"]),
  "readPatternsBy of a week": (db) => readPatternsBy(db, window(7 * DAY), ["route_kind", "route_key", "outcome"]),
  "readUsageBy of some callers in a summed month": async (db) => {
    await summed(db);
    return readUsageBy(db, { ...window(30 * DAY), callerIds: ["gh_101"] }, ["caller_id", "route_kind"]);
  },
  "readPatternsBy of a summed month": async (db) => {
    await summed(db);
    return readPatternsBy(db, window(30 * DAY), ["route_kind", "route_key", "outcome"]);
  },
  "readSeries of a summed week": async (db) => {
    await summed(db);
    const ask = { ...window(7 * DAY), bucketMs: 3 * HOUR, shiftMs: 0 };
    return readSeries(db, ask, { ...ask, from: ask.from - 7 * DAY, to: ask.from, shiftMs: 7 * DAY });
  },
  "readFiltered of a summed month": async (db) => {
    await summed(db);
    return readFiltered(db, window(30 * DAY), { kind: "pr_view", reason: "no_identity" });
  },
  readVerdicts: (db) => readVerdicts(db, [{ owner: "acme", repo: "widget" }]),
};

describe("reads no table from end to end", () => {
  it.each(Object.entries(QUERIES))("%s", async (_, run) => {
    const { db, captured } = capturingDb();
    await run(db);
    expect(captured.length).toBeGreaterThan(0);
    for (const query of captured)
      expect({ sql: query.sql, scans: await tableScans(query) }).toMatchObject({ scans: [] });
  });
});
