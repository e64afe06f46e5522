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
import { readReplayFills, readReplayGroups } from "../../../server/store/replay.ts";
import { readPatternsBy, readUsageBy } from "../../../server/store/usage-groups.ts";
import { readVerdicts } from "../../../server/store/visibility.ts";
import { capturingDb, tableScans } from "./captured-sql.ts";
import { aCacheRow, aLogin, anAct, DAY, HOUR, NOON } from "./rows.ts";

const poolId = "maintainers";
const key = "pull:acme/widget#7";
const window = (length: number) => ({ poolId, from: NOON - length + 5, to: NOON + 5 });
const logAsk = { poolId, limit: 50, before: { at: NOON, id: 9 } };
const callersAsk = { poolId, poolIds: [poolId], text: "", limit: 50 };

/** Those that look further only where they found something. */
async function stored(db: Db): Promise<void> {
  await publishEntry(db, aCacheRow(), [key]);
  await saveLogin(db, aLogin(), anAct());
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
  readReplayGroups: (db) => readReplayGroups(db, { poolId, from: NOON - DAY, limit: 100 }),
  readReplayFills: (db) => readReplayFills(db, { poolId, from: NOON - DAY, limit: 100 }),
  "readUsageBy of a day": (db) => readUsageBy(db, window(DAY), ["caller_id", "client_name", "route_kind"]),
  "readUsageBy of a month": (db) => readUsageBy(db, window(30 * DAY), ["route_kind", "outcome"]),
  "readPatternsBy of a week": (db) => readPatternsBy(db, window(7 * DAY), ["route_kind", "route_key", "outcome"]),
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
