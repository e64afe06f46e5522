/** Deliveries about who may see a repository, against everything that is remembered of it: proofs of both kinds, and answers. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ping from "../../fixtures/webhooks/ping.repository.json" with { type: "json" };
import { countRows } from "../store/rows.ts";
import type { TestRelay } from "../support/relay.ts";
import { deliver, openRelay } from "./webhook-sender.ts";

const MARKER = "zebra-marker-004";
const API = "https://api.github.com/repos";
const TIMELINE = "/repos/acme/widget/issues/1/timeline";

const WIDGET = { id: 1_300_192, full_name: "Acme/Widget" };
const SECRET_ONE = { id: 1_300_193, full_name: "Acme/Secret" };

let relay: TestRelay;
beforeEach(async () => {
  relay = await openRelay();
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function reasonOf(path: string): Promise<string> {
  const { http, envelope } = await relay.ask(path);
  return http === 200 ? `${envelope.status}` : `${envelope.error?.details?.["reason"]}`;
}

describe("a number, and a name, that were found to be private", () => {
  it.each([
    { event: "repository", action: "publicized" },
    { event: "public", action: undefined },
    { event: "repository", action: "transferred" },
  ])("are asked about anew once GitHub tells: $event $action", async ({ event, action }) => {
    const paths = [`/repositories/${SECRET_ONE.id}/issues`, "/repos/acme/secret/issues"];
    for (const path of [...paths, ...paths]) expect(await reasonOf(path)).toBe("repo_not_public");
    expect(await countRows("github_public_repos", "public = 0")).toBe(2);
    const other = relay.isolateNow();
    await relay.github.setVisibility("acme/secret", "public");
    await relay.github.clearLog();
    for (const path of paths) expect(await reasonOf(path)).toBe("repo_not_public");
    expect(await relay.github.log()).toEqual([]);
    relay.newIsolate();
    const told = { ...SECRET_ONE, private: false };
    expect(await deliver(relay, { action, repository: told }, { event })).toMatchObject({ status: 202 });
    relay.later(1_001); // a refusal a moment ago is that of the same burst
    for (const path of paths) expect(await reasonOf(path)).toBe("200");
    relay.use(other);
    relay.later(30_001); // CONFIG_TTL_SECONDS: as long as any isolate believes its memory
    for (const path of paths) expect(await reasonOf(path)).toBe("200");
  });

  it.each([
    { event: "repository", action: "deleted" },
    { event: "installation_repositories", action: "added" },
  ])("stay private where that is what GitHub tells: $event $action", async ({ event, action }) => {
    const paths = [`/repositories/${SECRET_ONE.id}/issues`, "/repos/acme/secret/issues"];
    for (const path of paths) expect(await reasonOf(path)).toBe("repo_not_public");
    if (action === "deleted") await relay.github.setVisibility("acme/secret", "deleted");
    const installation = { id: 1, account: { login: "acme" }, events: ["repository"] };
    const payload = { action, repository: SECRET_ONE, installation, repositories_added: [SECRET_ONE] };
    expect(await deliver(relay, payload, { event })).toMatchObject({ status: 202 });
    for (const path of paths) expect(await reasonOf(path)).toBe("repo_not_public");
    relay.newIsolate();
    for (const path of paths) expect(await reasonOf(path)).toBe("repo_not_public");
  });
});

it("what an answer tells of a repository that was private is told once GitHub says that it is public", async () => {
  const issue = { number: 1, title: "found", repository_url: `${API}/acme/secret` };
  const crossing = { event: "cross-referenced", source: { type: "issue", issue } };
  await relay.spendAnonymousQuota();
  await relay.github.script([{ path: TIMELINE, status: 200, body: [crossing], credential: "alice" }]);
  const tell = async () =>
    (await relay.ask(TIMELINE, { headers: { "cache-control": "max-age=0" } })).envelope.body as readonly unknown[];
  relay.isolate.hiddenReferences.set("acme/secret", Infinity);
  expect(await tell()).toEqual([]);
  await relay.github.setVisibility("acme/secret", "public");
  expect(await tell()).toEqual([]);
  await deliver(relay, { action: "publicized", repository: SECRET_ONE }, { event: "repository" });
  relay.later(3_000);
  expect(await tell()).toEqual([crossing]);
});

describe.each([
  { name: "whose events reach us", action: "privatized", isCovered: true, boundMs: 2_001 },
  { name: "of which an isolate believes its memory", action: "deleted", isCovered: false, boundMs: 30_001 },
] as const)(
  "a repository $name, with answers and proofs in memory, D1 and at the edge",
  ({ action, isCovered, boundMs }) => {
    it(`is refused in every isolate once it was ${action}`, async () => {
      if (isCovered) await deliver(relay, ping, { event: "ping" });
      await relay.spendAnonymousQuota();
      const paths = ["/repos/acme/widget/pulls/7", `/repositories/${WIDGET.id}/issues/8`];
      for (const path of ["/repos/acme/widget/pulls/7", "/repos/acme/widget/issues/8"])
        await relay.github.script([{ path, status: 200, body: { number: 7, state: "open", title: MARKER } }]);
      const filler = relay.isolateNow();
      for (const path of paths) expect(await reasonOf(path)).toBe("200");
      relay.newIsolate();
      const reader = relay.isolateNow();
      await relay.github.clearLog();
      for (const path of paths) expect(await reasonOf(path)).toBe("200"); // by the edge, and the proof in D1
      expect(await relay.github.log()).toEqual([]);
      relay.newIsolate();
      const taker = relay.isolateNow();
      await relay.github.setVisibility("acme/widget", action === "deleted" ? "deleted" : "private");
      await deliver(relay, { action, repository: { ...WIDGET, private: true } }, { event: "repository" });
      for (const path of paths) expect(await reasonOf(path)).toBe("repo_not_public"); // at once, where it was taken
      relay.later(boundMs);
      relay.newIsolate();
      for (const isolate of [filler, reader, taker, relay.isolateNow()]) {
        relay.use(isolate);
        for (const path of paths) {
          const { envelope } = await relay.ask(path);
          expect(envelope.error?.details?.["reason"]).toBe("repo_not_public");
          expect(JSON.stringify(envelope)).not.toContain(MARKER);
        }
      }
      expect(await countRows("github_cache_entries")).toBe(0);
      expect(await relay.atEdge()).toEqual([]);
      const { results } = await env.DB.prepare("SELECT public FROM github_public_repos WHERE owner = 'acme'").all();
      expect(new Set(results.map((row) => row["public"]))).toEqual(new Set([0]));
    });
  },
);
