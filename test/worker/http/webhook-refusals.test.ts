/** POST /v1/github/webhook: who is not believed, and that nothing is half-done. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import pingOrganization from "../../fixtures/webhooks/ping.organization.json" with { type: "json" };
import pingRepository from "../../fixtures/webhooks/ping.repository.json" with { type: "json" };
import pullRequest from "../../fixtures/webhooks/pull_request.json" with { type: "json" };
import push from "../../fixtures/webhooks/push.json" with { type: "json" };
import privatized from "../../fixtures/webhooks/repository.privatized.json" with { type: "json" };
import { TestRelay } from "../support/relay.ts";
import { deliver, everythingItChanges, openRelay, SECRET, sign } from "./webhook-sender.ts";

const PULL = "/repos/acme/widget/pulls/7";

let relay: TestRelay;
beforeEach(async () => {
  relay = await openRelay();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("changes nothing:", () => {
  const text = JSON.stringify(privatized);
  let before: unknown;
  beforeEach(async () => {
    await relay.ask(PULL);
    await deliver(relay, pingRepository, { event: "ping", delivery: "first" });
    await deliver(relay, pullRequest, { event: "pull_request", delivery: "second" });
    before = await everythingItChanges();
  });

  it.each([
    { name: "no signature", sent: { signature: null }, status: 401, code: "invalid_signature" },
    {
      name: "a SHA-1 signature",
      sent: { signature: `sha1=${"a".repeat(40)}` },
      status: 401,
      code: "invalid_signature",
    },
    { name: "a malformed signature", sent: { signature: "sha256=xyz" }, status: 401, code: "invalid_signature" },
    {
      name: "another secret's signature",
      sent: { signature: sign(text, "another-secret-of-length") },
      status: 401,
      code: "invalid_signature",
    },
    {
      name: "an altered body",
      sent: { body: text.replace("Acme/Widget", "Acme/Gadget") },
      status: 401,
      code: "invalid_signature",
    },
    { name: "a truncated body", sent: { body: text.slice(0, -1) }, status: 401, code: "invalid_signature" },
    { name: "an empty body", sent: { body: "" }, status: 401, code: "invalid_signature" },
    { name: "no event", sent: { event: null }, status: 400, code: "invalid_request" },
    { name: "an event that is no name", sent: { event: "push; drop" }, status: 400, code: "invalid_request" },
    { name: "no delivery id", sent: { delivery: null }, status: 400, code: "invalid_request" },
    {
      name: "a form",
      sent: { contentType: "application/x-www-form-urlencoded" },
      status: 415,
      code: "unsupported_media_type",
    },
    {
      name: "a declared length over 25 MB",
      sent: { headers: { "content-length": "26214401" } },
      status: 413,
      code: "request_too_large",
    },
    {
      name: "a length that is no number",
      sent: { headers: { "content-length": "many" } },
      status: 413,
      code: "request_too_large",
    },
  ])("$name", async ({ sent, status, code }) => {
    expect(await deliver(relay, privatized, { event: "repository", ...sent })).toMatchObject({ status, code });
    expect(await everythingItChanges()).toEqual(before);
  });

  it.each([
    { name: "signed text that is no JSON", payload: "{", code: "invalid_json" },
    { name: "a signed list", payload: "[]", code: "invalid_json" },
  ])("$name", async ({ payload, code }) => {
    expect(await deliver(relay, payload)).toMatchObject({ status: 400, code });
    expect(await everythingItChanges()).toEqual(before);
  });

  it("a delivery that was taken before, whatever it now says", async () => {
    for (const [payload, event] of [
      [pullRequest, "pull_request"],
      [privatized, "repository"],
      [pingOrganization, "ping"],
    ] as const)
      expect(await deliver(relay, payload, { event, delivery: "second" })).toMatchObject({
        status: 202,
        body: { accepted: true, keys: 0, duplicate: true },
      });
    expect(await everythingItChanges()).toEqual(before);
  });

  it("a body that runs past 25 MB without having said so", async () => {
    const chunk = new Uint8Array(1024 * 1024);
    let chunks = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        if (chunks > 30) controller.close();
        else controller.enqueue(chunk);
      },
    });
    expect(await deliver(relay, privatized, { body })).toMatchObject({ status: 413, code: "request_too_large" });
    expect(await everythingItChanges()).toEqual(before);
  });
});

describe("a delivery that D1 does not take", () => {
  it("is 503, nothing of it is kept, and the next attempt is as good as the first", async () => {
    await relay.ask(PULL);
    await env.DB.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries BEGIN SELECT RAISE(ABORT, 'refused'); END",
    );
    const before = await everythingItChanges();
    expect(await deliver(relay, privatized, { event: "repository", delivery: "again" })).toMatchObject({
      status: 503,
      code: "webhook_deferred",
    });
    expect(await everythingItChanges()).toEqual(before);
    await env.DB.exec("DROP TRIGGER refuse");
    expect(await deliver(relay, privatized, { event: "repository", delivery: "again" })).toMatchObject({
      status: 202,
      body: { accepted: true, keys: 3 },
    });
  });

  it("asks D1 nothing before its signature is right", async () => {
    const failing = new Proxy(env.DB, {
      get() {
        throw new Error("D1 was asked");
      },
    });
    const blind = new TestRelay({ vars: { GITHUB_WEBHOOK_SECRET: SECRET }, bindings: { DB: failing } });
    expect(await deliver(blind, push, { signature: sign("else") })).toMatchObject({ code: "invalid_signature" });
    expect(await deliver(blind, push)).toMatchObject({ status: 503, code: "webhook_deferred" });
  });
});

describe("the door", () => {
  it.each([
    { name: "without a secret", secret: null },
    { name: "with an empty secret", secret: "" },
    { name: "with a secret of 15 characters", secret: "x".repeat(15) },
  ])("is not there $name", async ({ secret }) => {
    relay.setVars({ GITHUB_WEBHOOK_SECRET: secret });
    expect(await deliver(relay, push, { signature: sign(JSON.stringify(push), secret ?? "") })).toMatchObject({
      status: 404,
      code: "not_found",
    });
  });
});
