/** A read of D1 under way brought back the caller or pool that was just ended; a membership's renewal extended a memo. */
import { beforeEach, expect, it } from "vitest";
import { HeldD1 } from "../support/held-d1.ts";
import { TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";

let relay: TestRelay;
let d1: HeldD1;
beforeEach(async () => {
  d1 = new HeldD1();
  relay = new TestRelay({
    vars: { PUBLIC_REPO_TTL_SECONDS: "600", ORG_VERIFY_TTL_SECONDS: "60" },
    bindings: { DB: d1.binding },
  });
  await relay.github.reset();
  await relay.seed();
  await relay.ask(PULL);
  relay.newIsolate();
});

it("a token that was replaced is refused at once by its isolate, whatever a read from before brings back", async () => {
  const reading = d1.hold('from "caller_tokens"', "after");
  const early = relay.ask(PULL);
  await reading.reached;
  await relay.login("alice");
  reading.release();
  expect((await early).http).toBe(200);
  relay.later(1_001); // a memo younger than that refuses without a look
  expect((await relay.ask(PULL)).http).toBe(401);
});

it("a policy that was changed holds at once in its isolate, whatever a read from before brings back", async () => {
  const reading = d1.hold('from "pools"', "after");
  const early = relay.ask(PULL);
  await reading.reached;
  await relay.setPolicy({ allowed_owners: ["octocat"], allow_public_repos: false });
  reading.release();
  expect((await early).http).toBe(200);
  expect((await relay.ask(PULL)).envelope.error?.details).toMatchObject({ reason: "owner_denied" });
});

it.each([
  { name: "membership was asked about meanwhile", untilAsked: 61_000 },
  { name: "D1 answered late", untilAsked: 0 },
])("a token replaced elsewhere is refused within the revocation bound, though $name", async ({ untilAsked }) => {
  const other = relay.isolateNow();
  relay.newIsolate();
  const own = relay.isolateNow();
  relay.later(untilAsked);
  const reading = d1.hold('from "caller_tokens"', "after");
  const early = relay.ask(PULL);
  await reading.reached;
  relay.later(20_000);
  relay.use(other);
  await relay.login("alice");
  reading.release();
  expect((await early).http).toBe(200);
  relay.use(own);
  relay.later(10_001);
  expect((await relay.ask(PULL)).http).toBe(401);
});
