/**
 * What crosses on its way: reads, fills and purges whose statements at D1, or whose questions to GitHub, are held at the
 * worst moment. What was ended stays ended, and a body is never sold as younger than it is.
 */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import { deliver, SECRET } from "../http/webhook-sender.ts";
import { HeldD1 } from "../support/held-d1.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
const KEY = "pull:acme/widget#7";
const LIVE = { headers: { "cache-control": "max-age=0" } };
const EVENT = { action: "edited", pull_request: { number: 7 }, repository: { full_name: "acme/widget" } };
const PING = { hook: { type: "Repository", active: true, events: ["*"] }, repository: EVENT.repository };
const STORING = 'insert into "github_cache_entries"';
const LOOKUP = 'from "github_cache_entries"';

let relay: TestRelay;
let d1: HeldD1;

beforeEach(async () => {
  vi.spyOn(console, "log").mockReturnValue(undefined); // a line for each delivery would drown the report
  d1 = new HeldD1();
  relay = new TestRelay({
    vars: { PUBLIC_REPO_TTL_SECONDS: "86400", GITHUB_WEBHOOK_SECRET: SECRET },
    bindings: { DB: d1.binding },
  });
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await relay.ask("/repos/acme/widget/topics"); // caller, pool and proof are known from here on
  await relay.github.clearLog();
  return () => vi.restoreAllMocks();
});

/** GitHub's pull from now on, for as many reads as come. */
async function publish(title: string): Promise<void> {
  const body = { number: 7, state: "open", mergeable: true, title };
  await relay.github.script([{ path: PULL, instead: true, headers: { etag: `W/"${title}"` }, body }]);
}

async function titleOf(asked: ReturnType<TestRelay["ask"]>): Promise<unknown> {
  const { http, envelope } = await asked;
  return http === 200 ? (envelope.body as { title: string }).title : envelope.error?.details;
}

async function purge(): Promise<void> {
  const response = await relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, { keys: [KEY] });
  expect(response.status).toBe(200);
}

async function deliverEvent(): Promise<void> {
  expect((await deliver(relay, EVENT, { event: "pull_request" })).status).toBe(202);
}

/** Another isolate in another data centre: only D1 and the coordinator are shared. */
function elsewhere(): void {
  relay.newIsolate();
  relay.forgetEdge();
}

async function someoneWaits(): Promise<void> {
  await vi.waitFor(async () => {
    const { fills } = await coordinatorFor(env.POOL_COORDINATOR, POOL).snapshot([]);
    expect(fills.waiting).toBeGreaterThan(0);
  }, 5_000);
}

describe("a row of D1", () => {
  it("that never got the newer body is not renewed by a 304 about that body", async () => {
    await publish("first");
    await relay.ask(PULL);
    await publish("second");
    const storing = d1.hold(STORING, "before");
    const second = relay.ask(PULL, LIVE);
    await storing.reached;
    expect(await titleOf(relay.ask(PULL, LIVE))).toBe("second");
    expect((await relay.reads(PULL)).map(({ status }) => status)).toEqual([200, 200, 304]);
    storing.release();
    await second;
    elsewhere();
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });

  it("keeps the later fill's body where the earlier one's comes last", async () => {
    await publish("first");
    const storing = d1.hold(STORING, "before");
    const first = relay.ask(PULL);
    await storing.reached;
    await publish("second");
    expect(await titleOf(relay.ask(PULL, LIVE))).toBe("second");
    storing.release();
    await first;
    elsewhere();
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });
});

describe.each([
  { name: "an operator's purge", end: purge, memoMs: 30_000, ping: false },
  { name: "a webhook's event", end: deliverEvent, memoMs: 2_000, ping: true },
])("$name", ({ end, memoMs, ping }) => {
  beforeEach(async () => {
    if (ping) await deliver(relay, PING, { event: "ping" });
    await publish("first");
  });

  it("binds its own isolate at once, whatever a read of D1 from before it brings back", async () => {
    await relay.ask(PULL);
    elsewhere();
    await relay.ask("/repos/acme/widget/topics");
    relay.later(memoMs + 1);
    const reading = d1.hold(LOOKUP, "after");
    const early = relay.ask(PULL);
    await reading.reached;
    await publish("second");
    await end();
    reading.release();
    await early;
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });

  it.each([
    { name: "does not answer in time", isFailing: false, isKnown: false },
    { name: "fails", isFailing: true, isKnown: false },
    { name: "answered for another pull last", isFailing: true, isKnown: true },
  ])("binds its own isolate while D1 $name", async ({ isFailing, isKnown }) => {
    await relay.ask(PULL);
    await publish("second");
    await end();
    if (isKnown) await relay.ask("/repos/acme/widget/topics", LIVE);
    const reading = d1.hold('from "cache_generations"', "before");
    d1.isFailing = isFailing;
    const { response, settled } = await relay.fetchOpen("/v1/github/request", relay.init(PULL));
    expect(await response.json()).toMatchObject({ body: { title: "second" } });
    d1.isFailing = false; // what follows the answer need not wait for a D1 that never comes
    reading.release();
    await settled;
  });

  it("binds another isolate within the memo bound, however long D1's answer was on its way", async () => {
    await relay.ask(PULL);
    const first = relay.isolateNow();
    elsewhere();
    await relay.ask("/repos/acme/widget/topics");
    const second = relay.isolateNow();
    relay.later(memoMs + 1);
    const reading = d1.hold(LOOKUP, "after");
    const early = relay.ask(PULL);
    await reading.reached;
    await publish("second");
    relay.use(first);
    await end();
    relay.use(second);
    relay.later(memoMs + 1);
    reading.release();
    await early;
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });

  it.each([
    { name: "the fill", live: {}, first: "first" },
    { name: "a fill that renews with a 304", live: LIVE, first: "first" },
  ])("outlives $name that was under way, in every tier and isolate", async ({ live }) => {
    if (live === LIVE) await relay.ask(PULL);
    const asked = (await relay.reads(PULL)).length;
    await relay.github.gate("pull", { path: PULL });
    const early = relay.ask(PULL, live);
    await relay.github.waitFor(asked + 1, { path: PULL });
    await end();
    await relay.github.release("pull");
    expect(await titleOf(early)).toBe("first");
    await publish("second");
    const here = relay.isolateNow();
    relay.newIsolate(); // the same edge
    expect(await titleOf(relay.ask(PULL))).toBe("second");
    relay.use(here);
    expect(await titleOf(relay.ask(PULL))).toBe("second");
    elsewhere();
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });

  it("outlives the refresh behind a stale answer", async () => {
    await relay.ask(PULL);
    relay.later(ping ? 301_000 : 121_000);
    await relay.github.gate("pull", { path: PULL });
    const { response, settled } = await relay.fetchOpen("/v1/github/request", relay.init(PULL));
    expect(await response.json()).toMatchObject({ relay: { cache: "stale", stale_reason: "revalidating" } });
    await relay.github.waitFor(2, { path: PULL });
    await end();
    await relay.github.release("pull");
    await settled;
    await publish("second");
    expect(await titleOf(relay.ask(PULL))).toBe("second");
  });

  it("is known to a follower that went straight to the coordinator", async () => {
    await relay.github.gate("pull", { path: PULL });
    const leader = relay.ask(PULL);
    await relay.github.waitFor(1, { path: PULL });
    await end();
    relay.later(1);
    const follower = relay.ask(PULL);
    await someoneWaits();
    await relay.github.release("pull");
    expect(await titleOf(leader)).toBe("first");
    await follower;
    expect(await relay.reads(PULL)).toHaveLength(2);
  });

  it("is known to who finds an outcome of a moment ago at the coordinator", async () => {
    await relay.github.gate("pull", { path: PULL });
    const leader = relay.ask(PULL);
    await relay.github.waitFor(1, { path: PULL });
    await end();
    relay.later(memoMs + 1);
    const storing = d1.hold(STORING, "before");
    await relay.github.release("pull");
    await storing.reached;
    await publish("second");
    elsewhere();
    relay.later(1);
    const reading = d1.hold(LOOKUP, "before");
    const looking = relay.ask(PULL);
    await reading.reached;
    expect(await titleOf(relay.ask(PULL))).toBe("second");
    reading.release();
    storing.release();
    await Promise.all([leader, looking]);
  });
});

it("a body too large to hand over is not taken from a copy past its freshness at another edge", async () => {
  const file = "/repos/acme/widget/contents/noise.txt";
  const headers = { accept: "application/vnd.github.raw+json" };
  const noise = (word: string) => `${word}\n`.repeat(100_000);
  const reply = { path: file, status: 200, content_type: "text/plain" };
  await relay.github.script([
    { ...reply, body_text: noise("first"), times: 1 },
    { ...reply, body_text: noise("later"), times: 1 },
  ]);
  const other = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "86400" } });
  other.callerToken = relay.callerToken;
  await other.ask(file, { headers });
  for (const each of [relay, other]) each.later(400_000);
  await relay.github.gate("file", { path: file });
  const leader = relay.ask(file, { headers });
  await relay.github.waitFor(2, { path: file });
  const follower = other.ask(file, { headers });
  await someoneWaits();
  await relay.github.release("file");
  await leader;
  expect(String((await follower).envelope.body).slice(0, 5)).toBe("later");
});
