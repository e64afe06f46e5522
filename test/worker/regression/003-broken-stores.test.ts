/** R2 that broke off half-way, or an edge that failed, became an internal error. */
import { beforeEach, expect, it } from "vitest";
import { findAtEdge } from "../../../server/relay/edge.ts";
import { TestRelay } from "../support/relay.ts";

const FILE = "/repos/acme/widget/contents/noise.txt";
const headers = { accept: "application/vnd.github.raw+json" };

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

it("a stored body that breaks off in R2 is no copy, and no failure", async () => {
  const noise = Array.from({ length: 40_000 }, () => Math.random().toString(36).slice(2)).join("\n");
  await relay.github.script([
    { path: FILE, status: 200, content_type: "text/plain; charset=utf-8", body_text: noise, times: 1 },
  ]);
  await relay.ask(FILE, { headers });
  relay.newIsolate();
  relay.forgetEdge();
  const broken = { arrayBuffer: () => Promise.reject(new Error("the connection was lost")) };
  relay.setBindings({
    ACTIONS_LOGS: { get: async () => broken, put: async () => null, delete: async () => undefined } as unknown,
  });
  const { http, envelope } = await relay.ask(FILE, { headers });
  expect([http, envelope.body === noise, envelope.relay["cache"]]).toEqual([200, true, "miss"]);
});

it.each([
  { name: "fails", match: () => Promise.reject(new Error("the cache is away")) },
  { name: "has a copy of another form", match: async () => new Response(new Uint8Array([0, 0, 0, 1, 123])) },
])("an edge that $name has no copy", async ({ match }) => {
  const edge = { match, put: async () => undefined, delete: async () => true };
  const deps = { platform: { edge } as never, now: () => 0 };
  expect(await findAtEdge("key", deps)).toBeUndefined();
});
