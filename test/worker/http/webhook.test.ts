/** POST /v1/github/webhook: what a delivery changes, in D1 and in what is served. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findCoverage } from "../../../server/store/webhooks.ts";
import pingOrganization from "../../fixtures/webhooks/ping.organization.json" with { type: "json" };
import pingRepository from "../../fixtures/webhooks/ping.repository.json" with { type: "json" };
import pullRequest from "../../fixtures/webhooks/pull_request.json" with { type: "json" };
import push from "../../fixtures/webhooks/push.json" with { type: "json" };
import privatized from "../../fixtures/webhooks/repository.privatized.json" with { type: "json" };
import renamed from "../../fixtures/webhooks/repository.renamed.json" with { type: "json" };
import star from "../../fixtures/webhooks/star.json" with { type: "json" };
import { countRows } from "../store/rows.ts";
import type { TestRelay } from "../support/relay.ts";
import { deliver, openRelay } from "./webhook-sender.ts";

const PULL = "/repos/acme/widget/pulls/7";
const ISSUE = "/repos/acme/widget/issues/8";
const REPO = "/repos/acme/widget";

let relay: TestRelay;
beforeEach(async () => {
  relay = await openRelay();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const isAsked = async (path: string): Promise<boolean> => {
  const facts = (await relay.ask(path)).envelope.relay;
  return facts["cache"] === "miss" || facts["revalidated"] === true;
};

describe("a delivery", () => {
  it("ends what it is about and nothing else, at once in this isolate", async () => {
    for (const path of [PULL, ISSUE]) await relay.ask(path);
    expect(await deliver(relay, pullRequest, { event: "pull_request" })).toMatchObject({
      status: 202,
      body: { accepted: true, keys: 4 },
    });
    expect([await isAsked(PULL), await isAsked(ISSUE)]).toEqual([true, false]);
  });

  it("ends it in another isolate once its memo has ended", async () => {
    const first = relay.isolateNow();
    relay.newIsolate();
    await relay.ask(PULL);
    const second = relay.isolateNow();
    relay.use(first);
    await deliver(relay, pullRequest, { event: "pull_request" });
    relay.use(second);
    relay.later(30_001); // CONFIG_TTL_SECONDS
    expect(await isAsked(PULL)).toBe(true);
  });

  it("of a star empties no repository's cache", async () => {
    for (const path of [PULL, ISSUE, REPO]) await relay.ask(path);
    await deliver(relay, star, { event: "star" });
    expect([await isAsked(PULL), await isAsked(ISSUE), await isAsked(REPO)]).toEqual([false, false, true]);
  });

  it("of a repository gone private ends its proof at once", async () => {
    await relay.ask(PULL);
    await relay.github.setVisibility("acme/widget", "private");
    expect((await relay.ask(PULL)).http).toBe(200);
    await deliver(relay, privatized, { event: "repository" });
    expect((await relay.ask(PULL)).envelope.error).toMatchObject({ details: { reason: "repo_not_public" } });
  });

  it("of a rename ends both names", async () => {
    await deliver(relay, renamed, { event: "repository" });
    expect(await countRows("cache_generations", "surrogate_key IN ('repo:acme/widget', 'repo:acme/gadget')")).toBe(2);
  });

  it("nobody understands is counted", async () => {
    expect(await deliver(relay, { repository: push.repository }, { event: "gollum" })).toMatchObject({
      status: 202,
      body: { keys: 0 },
    });
    expect(
      await countRows("webhook_deliveries", "event = 'gollum' AND bumped = 0 AND repository = 'acme/widget'"),
    ).toBe(1);
    expect(await countRows("cache_generations")).toBe(0);
  });

  it("bumps the keys of every pool, with the epoch of their scope", async () => {
    await relay.addIdentity("bob_elsewhere", { id: "bob_elsewhere", login: "bob", secret_ref: "PAT_BOB" });
    await env.DB.exec(
      "INSERT INTO pools (id, policy, policy_version, created_at, updated_at) SELECT 'second', policy, 1, 1, 1 FROM pools WHERE id = 'maintainers'",
    );
    await deliver(relay, star, { event: "star" });
    expect(await countRows("cache_generations", "surrogate_key = 'stars:acme/widget'")).toBe(2);
    expect(await countRows("cache_generations", "surrogate_key = 'epoch:acme/widget'")).toBe(2);
  });

  it("is timed in the log, by name and number only", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue(undefined);
    await deliver(relay, pullRequest, { event: "pull_request", delivery: "d-7" });
    const line = JSON.parse(String(log.mock.calls.at(-1)?.[0])) as Record<string, unknown>;
    expect(line).toMatchObject({ delivery: "d-7", event: "pull_request", repository: "acme/widget", keys: 4 });
    expect([typeof line["duration_ms"], typeof line["since_change_ms"]]).toEqual(["number", "number"]);
    const row = await env.DB.prepare(
      "SELECT visible_ms, since_change_ms FROM webhook_deliveries WHERE delivery_id = 'd-7'",
    ).first();
    expect(row).toEqual({ visible_ms: line["duration_ms"], since_change_ms: line["since_change_ms"] });
  });

  it("comes in chunks without a declared length as well", async () => {
    const text = JSON.stringify(push);
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 100) controller.enqueue(bytes.slice(at, at + 100));
        controller.close();
      },
    });
    expect(await deliver(relay, push, { body })).toMatchObject({ status: 202, body: { keys: 4 } });
  });

  it("of more than a megabyte is taken, one after another", async () => {
    const large = { ...push, padding: "x".repeat(1_200_000) };
    expect(await deliver(relay, large)).toMatchObject({ status: 202 });
    expect(await deliver(relay, large)).toMatchObject({ status: 202 });
  });
});

describe("two at once", () => {
  it("of the same delivery count as one", async () => {
    const both = await Promise.all(
      [1, 2].map(() => deliver(relay, pullRequest, { event: "pull_request", delivery: "same" })),
    );
    expect(new Set(both.map(({ body }) => body["keys"]))).toEqual(new Set([0, 4]));
    expect(await countRows("webhook_deliveries")).toBe(1);
  });

  it("of more than a megabyte: the second is deferred while the first is being read, a small one is not", async () => {
    const text = JSON.stringify({ ...push, padding: "x".repeat(1_200_000) });
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const bytes = new TextEncoder().encode(text);
    let part = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        part += 1;
        if (part === 1) return controller.enqueue(bytes.slice(0, 1_100_000));
        held.resolve();
        await gate.promise;
        controller.enqueue(bytes.slice(1_100_000));
        return controller.close();
      },
    });
    const first = deliver(relay, text, { body });
    await held.promise;
    expect(await deliver(relay, text)).toMatchObject({ status: 503, code: "webhook_deferred" });
    expect(await deliver(relay, push)).toMatchObject({ status: 202 });
    gate.resolve();
    expect(await first).toMatchObject({ status: 202 });
    expect(await deliver(relay, text)).toMatchObject({ status: 202 });
  });
});

describe("coverage", () => {
  it("starts with a repository's ping and ends for what the next one leaves out", async () => {
    await deliver(relay, pingRepository, { event: "ping" });
    expect(await findCoverage(relay.db, "acme", "widget")).toEqual(new Set(["push", "pull_request"]));
    const hook = { ...pingRepository.hook, events: ["push"] };
    await deliver(relay, { ...pingRepository, hook }, { event: "ping" });
    expect(await findCoverage(relay.db, "acme", "widget")).toEqual(new Set(["push"]));
  });

  it("starts for every repository with an organization's ping", async () => {
    await deliver(relay, pingOrganization, { event: "ping" });
    expect(await findCoverage(relay.db, "acme", "anything")).toContain("workflow_run");
  });

  it("does not follow a repository to its new name", async () => {
    await deliver(relay, { ...pingRepository, repository: { full_name: "Acme/Gadget" } }, { event: "ping" });
    await deliver(relay, renamed, { event: "repository" });
    expect(await findCoverage(relay.db, "acme", "gadget")).toEqual(new Set());
    expect(await countRows("repo_coverage", "ended_reason = 'renamed'")).toBe(2);
  });
});
