/** The quota unit of a proof that refused, or of a question beside that failed, was on no audit row. */
import { beforeEach, expect, it } from "vitest";
import { listAuditRows } from "../../../server/store/audit.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await relay.ask("/repos/acme/widget/topics");
  await relay.github.clearLog();
});

/** Units that GitHub counted, and units on the newest audit row. */
async function units(): Promise<readonly [charged: number, counted: number | undefined]> {
  const charged = (await relay.github.log()).reduce((sum, { charged: units }) => sum + units, 0);
  const [row] = await listAuditRows(relay.db, { poolId: POOL, from: 0, to: 2 ** 52, limit: 1 });
  return [charged, row?.quotaUnits];
}

it("a read of a repository that is not public counts the proof that said so", async () => {
  expect((await relay.ask("/repos/acme/secret/pulls/7")).http).toBe(424);
  const [charged, counted] = await units();
  expect(charged).toBeGreaterThan(0);
  expect(counted).toBe(charged);
});
