/** A proof that a webhook ended in one isolate was remembered by the others, and undone by an answer on its way. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import ping from "../../fixtures/webhooks/ping.repository.json" with { type: "json" };
import privatized from "../../fixtures/webhooks/repository.privatized.json" with { type: "json" };
import { deliver, SECRET } from "../http/webhook-sender.ts";
import { TestRelay } from "../support/relay.ts";

const REPO = "/repos/acme/widget";
const PULL = `${REPO}/pulls/7`;
const MARKER = "zebra-marker-001";
const secret = { number: 7, state: "open", title: MARKER, head: { sha: "a".repeat(40) } };

let relay: TestRelay;
beforeEach(async () => {
  for (const method of ["log", "error"] as const) vi.spyOn(console, method).mockReturnValue(undefined);
  relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "600", GITHUB_WEBHOOK_SECRET: SECRET } });
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await deliver(relay, ping, { event: "ping" });
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function turnsPrivate(): Promise<void> {
  await relay.github.setVisibility("acme/widget", "private");
  await deliver(relay, privatized, { event: "repository" });
}

it("a covered repository gone private is refused by every isolate two seconds after its webhook", async () => {
  const first = relay.isolateNow();
  expect((await relay.ask(PULL)).http).toBe(200);
  relay.newIsolate();
  await turnsPrivate();
  await relay.github.script([{ path: PULL, status: 200, body: secret, credential: "alice" }]);
  relay.use(first);
  relay.later(2_001);
  const { http, envelope } = await relay.ask(PULL);
  expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "repo_not_public"]);
  expect(JSON.stringify(envelope)).not.toContain(MARKER);
});

it("an answer asked for before the webhook renews no proof", async () => {
  await relay.ask(PULL);
  relay.later(601_000); // the proof's end
  const told = { id: 1, full_name: "acme/widget", private: false };
  await relay.github.script([{ path: REPO, status: 200, body: told, times: 1 }]);
  await relay.github.clearLog();
  await relay.github.gate("proof", { path: REPO });
  const asked = relay.ask(PULL, { headers: { "cache-control": "max-age=1" } });
  await relay.github.waitFor(1, { path: REPO });
  relay.later(10);
  await turnsPrivate();
  relay.later(10);
  await relay.github.release("proof");
  await asked;
  const row = await env.DB.prepare("SELECT expires_at FROM github_public_repos WHERE owner = 'acme'").first<{
    expires_at: number;
  }>();
  expect(row?.expires_at).toBeLessThanOrEqual(Date.now() + relay.offsetMs);
  relay.later(2_001);
  expect((await relay.ask(PULL)).envelope.error?.details?.["reason"]).toBe("repo_not_public");
});
