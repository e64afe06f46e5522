/** `Accept: application/vnd.octopool.raw`: the HTTP answer is GitHub's own, byte for byte (2-wire, Raw mode). */
import { beforeEach, describe, expect, it } from "vitest";
import { untilFollowing } from "../support/followers.ts";
import { TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/issues/7";
/** Odd spacing, escapes and number forms that no parse and serialise would keep. */
const ODD =
  '{ "number" :7,\n\t"state":"open", "big":12345678901234567890, "exp":1.0E+2,"esc":"\\u00e9\\/\\ud83d\\udc19 é🐙" }\n';

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer()).toString("base64");
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function script(answer: Partial<Parameters<TestRelay["github"]["script"]>[0][number]>): Promise<void> {
  await relay.github.script([{ path: PATH, content_type: "application/json; charset=utf-8", times: 1, ...answer }]);
}

describe("a raw answer", () => {
  it("has GitHub's bytes, cold, as a hit, from the stores and coalesced", async () => {
    await script({ body_text: ODD, headers: { etag: '"odd"' } });
    await relay.github.gate("odd", { path: PATH });
    const asked = [relay.askRaw(PATH), relay.askRaw(PATH), relay.askRaw(PATH)];
    await relay.github.waitFor(1, { path: PATH });
    await untilFollowing(2);
    await relay.github.release("odd");
    const first = await Promise.all(asked);
    const hit = await relay.askRaw(PATH);
    relay.newIsolate();
    const stored = await relay.askRaw(PATH);
    for (const response of [...first, hit, stored]) {
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toBe(base64(ODD));
      expect(response.headers.get("x-octopool-answer")).toBe("github");
      expect(response.headers.get("cache-control")).toBe("private, no-store, no-transform");
      expect(response.headers.get("x-octopool-route-kind")).toBe("issue_view");
    }
    expect([hit, stored].map((response) => response.headers.get("x-octopool-cache"))).toEqual(["hit", "hit"]);
    const collapsed = first.filter((response) => response.headers.get("cache-status")?.includes("collapsed"));
    expect(collapsed).toHaveLength(2);
    expect(await relay.reads(PATH)).toHaveLength(1);
  });

  it("stands in the envelope with the same bytes", async () => {
    await script({ body_text: ODD });
    const response = await relay.fetch("/v1/github/request", relay.init(PATH));
    expect(await response.text()).toContain(`"body":${ODD},"body_encoding":"json"`);
  });

  it.each([
    { name: "a binary file", status: 200, content_type: "application/octet-stream", body_base64: "AP/+gAECAw==" },
    { name: "text that is no UTF-8", status: 200, content_type: "text/plain", body_base64: "6ekA" },
    { name: "text after a byte order mark", status: 200, content_type: "text/plain", body_base64: "77u/aGk=" },
    { name: "a 404", status: 404, content_type: "application/json", body_base64: base64('{ "message":"Not Found" }') },
    { name: "a 410", status: 410, content_type: "application/json", body_base64: base64('{"message" : "Gone"}') },
    { name: "a 422", status: 422, content_type: "application/json", body_base64: base64('{"message":"No \\u0041"}') },
    { name: "a 451", status: 451, content_type: "text/plain", body_base64: base64("withheld") },
  ])("of $name has its status, type and bytes", async ({ name: _name, ...answer }) => {
    await script({ ...answer, times: 2 });
    const response = await relay.askRaw(PATH);
    expect([response.status, response.headers.get("content-type")]).toEqual([answer.status, answer.content_type]);
    expect(await bytesOf(response)).toBe(answer.body_base64);
    const again = await relay.askRaw(PATH);
    expect(await bytesOf(again)).toBe(answer.body_base64);
    await relay.github.script([]);
    for (const script of await relay.github.unusedScripts()) if (script.times === 2) await relay.github.reset();
  });

  it("of a 204 has no body, and a 304 neither", async () => {
    const merged = "/repos/acme/widget/pulls/7/merge";
    await relay.github.script([{ path: merged, status: 204, times: 1 }]);
    const empty = await relay.askRaw(merged);
    expect([empty.status, await empty.text()]).toEqual([204, ""]);
    await script({ body_text: ODD, headers: { etag: 'W/"odd"' } });
    await relay.askRaw(PATH);
    const unchanged = await relay.askRaw(PATH, { headers: { "if-none-match": '"other", "odd"' } });
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get("etag")]).toEqual([304, "", 'W/"odd"']);
    expect(unchanged.headers.get("x-octopool-cache")).toBe("hit");
  });

  it("carries the allowed headers of GitHub and no other", async () => {
    await script({
      body_text: ODD,
      headers: {
        etag: '"e"',
        link: '<https://api.github.com/x?page=2>; rel="next"',
        "x-poll-interval": "60",
        "content-disposition": "attachment; filename=a.txt",
        "set-cookie": "a=b",
        "x-oauth-scopes": "repo",
        "x-octopool-identity": "forged",
        "x-octopool-answer": "forged",
        "cache-status": "forged",
        "access-control-allow-origin": "*",
        "x-powered-by": "x",
      },
    });
    const allowed =
      /^(content-type|etag|last-modified|link|x-ratelimit-(limit|remaining|reset|used|resource)|retry-after|x-github-request-id|x-github-media-type|x-poll-interval|date|content-disposition|cache-control|cache-status|x-octopool-(request-id|answer|cache|age|expires|route-kind|identity|backend|stale-reason|filtered)|x-content-type-options|referrer-policy|content-security-policy)$/;
    const live = await relay.askRaw(PATH);
    const hit = await relay.askRaw(PATH);
    for (const response of [live, hit]) {
      expect([...response.headers.keys()].filter((name) => !allowed.test(name))).toEqual([]);
      expect(JSON.stringify([...response.headers])).not.toContain("forged");
    }
    expect(live.headers.has("x-ratelimit-remaining")).toBe(true);
    expect([...hit.headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
    expect(hit.headers.get("link")).toBe('<https://api.github.com/x?page=2>; rel="next"');
  });

  it("names the identity that fetched it, or the backend that spared one", async () => {
    const spared = await relay.askRaw("/repos/acme/widget/issues/8");
    await relay.spendAnonymousQuota();
    await relay.askRaw("/repos/acme/widget/issues/9");
    const pooled = await relay.askRaw("/repos/acme/widget/issues/10");
    const facts = [spared, pooled].map(({ headers }) => [
      headers.get("x-octopool-identity"),
      headers.get("x-octopool-backend"),
    ]);
    expect(facts).toEqual([
      [null, "web"],
      ["pat_alice", null],
    ]);
  });
});

describe("Cache-Status", () => {
  it("says hit with its time left, miss, revalidation, stale and bypass (RFC 9211)", async () => {
    await relay.spendAnonymousQuota();
    const miss = await relay.askRaw(PATH);
    relay.later(10_000);
    const hit = await relay.askRaw(PATH);
    relay.later(400_000);
    const renewed = await relay.askRaw(PATH);
    relay.later(400_000);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PATH } });
    const stale = await relay.askRaw(PATH);
    const bypass = await relay.askRaw("/rate_limit");
    const said = [miss, hit, renewed, stale, bypass].map((response) => response.headers.get("cache-status"));
    expect(said).toEqual([
      "octopool; fwd=miss; stored",
      expect.stringMatching(/^octopool; hit; ttl=(289|290)$/),
      "octopool; fwd=stale; fwd-status=304; stored",
      expect.stringMatching(/^octopool; hit; ttl=-\d+; detail=github_unavailable$/),
      "octopool; fwd=bypass",
    ]);
    expect(stale.headers.get("x-octopool-stale-reason")).toBe("github_unavailable");
    expect(hit.headers.get("x-octopool-age")).toBe("10");
  });
});

describe("a refusal in raw mode", () => {
  it.each([
    { name: "a fallback", path: "/notifications", options: {}, status: 424 },
    { name: "a mistake", path: "nowhere", options: {}, status: 400 },
    { name: "a write", path: PATH, options: { method: "PUT" }, status: 403 },
    { name: "no token", path: PATH, options: { token: null }, status: 401 },
    { name: "a private repository", path: "/repos/acme/secret/issues/7", options: {}, status: 424 },
  ])("of $name says that it is the relay's", async ({ path, options, status }) => {
    const response = await relay.askRaw(path, options);
    expect([response.status, response.headers.get("x-octopool-answer")]).toEqual([status, "relay"]);
    expect(await response.json()).toMatchObject({
      error: { request_id: response.headers.get("x-octopool-request-id") },
    });
  });
});
