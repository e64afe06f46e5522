/** Who joined a fill in flight got its answer however long ago GitHub had been asked, past a bound or a purge. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
const FILE = "/repos/acme/widget/contents/noise.txt";
const RAW = "application/vnd.github.raw+json";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await relay.ask("/repos/acme/widget/topics");
  await relay.github.clearLog();
});

async function someoneWaits(): Promise<void> {
  await vi.waitFor(async () => {
    const { fills } = await coordinatorFor(env.POOL_COORDINATOR, POOL).snapshot([]);
    expect(fills.waiting).toBeGreaterThan(0);
  }, 5_000);
}

it.each([
  { name: "the caller's bound", headers: { "cache-control": "max-age=2" }, between: async () => undefined },
  { name: "a live read", headers: { "cache-control": "max-age=0" }, between: async () => undefined },
  {
    name: "a purge",
    headers: { "cache-control": "no-cache" }, // a directive that is ignored
    between: async () => {
      await relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, { keys: ["pull:acme/widget#7"] });
    },
  },
])("an answer in flight is older than $name allows, and GitHub is asked again", async ({ headers, between }) => {
  await relay.github.gate("pull", { path: PULL });
  const first = relay.ask(PULL);
  await relay.github.waitFor(1, { path: PULL });
  await between();
  relay.newIsolate();
  relay.later(3_000);
  const second = relay.ask(PULL, { headers });
  await someoneWaits();
  await relay.github.release("pull");
  expect((await first).envelope.status).toBe(200);
  const { envelope } = await second;
  expect(envelope.status).toBe(200);
  expect(envelope.relay["age_seconds"]).toBe(0);
  expect(await relay.reads(PULL)).toHaveLength(2);
});

it("a body too large to hand over is not taken from an older copy at the edge", async () => {
  const noise = (word: string) => `${word}\n`.repeat(100_000);
  const file = { path: FILE, status: 200, content_type: "text/plain" };
  await relay.github.script([
    { ...file, body_text: noise("first"), times: 1 },
    { ...file, body_text: noise("later"), times: 2 },
  ]);
  const live = { accept: RAW, "cache-control": "max-age=0" };
  await relay.ask(FILE, { headers: { accept: RAW } });
  relay.later(5_000);
  await relay.github.gate("file", { path: FILE });
  const first = relay.ask(FILE, { headers: live });
  await relay.github.waitFor(2, { path: FILE });
  relay.newIsolate();
  const second = relay.ask(FILE, { headers: live });
  await someoneWaits();
  await relay.github.release("file");
  await first;
  const { http, envelope } = await second;
  expect([http, String(envelope.body).slice(0, 5), envelope.error?.details]).toEqual([200, "later", undefined]);
});
