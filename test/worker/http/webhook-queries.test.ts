/** What a delivery and the sweep ask of D1 finds its rows by an index; only the few pools are read as a whole. */
import { expect, it } from "vitest";
import type { Db } from "../../../server/store/db.ts";
import { changeCoverage, type CoverageChange, findTaken, takeDelivery } from "../../../server/store/webhooks.ts";
import { capturingDb, tableScans } from "../store/captured-sql.ts";
import { NOON } from "../store/rows.ts";

const starts: CoverageChange = { kind: "starts", owner: "acme", repos: ["widget"], source: "app", events: ["push"] };
const ends: CoverageChange = { kind: "ends", owner: "acme", source: "app", event: "push", reason: "failed_delivery" };
const delivery = { deliveryId: "d", event: "push", action: "", repository: "acme/widget", bumped: 1, receivedAt: NOON };
const effects = { at: NOON, keys: ["refs:acme/widget"], endedProofs: ["acme/widget"], coverage: [starts, ends] };

const QUERIES: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  takeDelivery: (db) => takeDelivery(db, delivery, effects),
  findTaken: (db) => findTaken(db, ["d", "e"]),
  changeCoverage: (db) => changeCoverage(db, [starts, ends], NOON),
};

it.each(Object.entries(QUERIES))("%s reads no table from end to end but pools", async (_, run) => {
  const { db, captured } = capturingDb();
  await run(db);
  expect(captured.length).toBeGreaterThan(0);
  for (const query of captured) {
    const scans = (await tableScans(query)).filter((line) => !/^SCAN pools\b/.test(line));
    expect({ sql: query.sql, scans }).toMatchObject({ scans: [] });
  }
});
