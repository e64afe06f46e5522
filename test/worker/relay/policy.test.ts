/** The pool's policy at the door: what it refuses is refused however it is written, and what cannot be read opens nothing. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.github.clearLog();
});

async function said(path: string, token = relay.callerToken): Promise<string> {
  const { http, envelope } = await relay.ask(path, { token });
  return http === 200 ? `${envelope.status}` : (envelope.error?.details?.["reason"] ?? String(envelope.error?.code));
}
const reached = async () => (await relay.github.log()).map(({ path }) => path);

describe.each(["compare", "dependency-graph/compare"])("a comparison at %s", (where) => {
  const ACROSS = [
    "main...eve:topic",
    "eve:main...topic",
    "eve:widget:main...topic",
    "main...eve%3Atopic",
    "main...eve%3atopic",
    "eve%3Amain...eve%3Atopic",
    "main%2E%2E%2Eeve:topic",
    "main....eve:topic",
    "main...release%2F1.0:topic",
    "main...eve%EF%BC%9Atopic", // full-width
    "main...eve\uFE55topic", // small
    "main...:topic",
  ];
  it("never leaves its repository, however the fork is written", async () => {
    const answers = await Promise.all(ACROSS.map((ends) => said(`/repos/acme/widget/${where}/${ends}`)));
    expect(answers.map((reason, row) => [ACROSS[row], reason])).toEqual(ACROSS.map((ends) => [ends, "route_denied"]));
    expect(await reached()).toEqual([]);
  });

  it("that is escaped twice is one of names that hold a percent sign, and is sent on as such", async () => {
    await said(`/repos/acme/widget/${where}/main...eve%253Atopic`);
    const sent = (await reached()).filter((path) => path.includes("/compare/"));
    expect(new Set(sent)).toEqual(new Set([`/repos/acme/widget/${where}/main...eve%253Atopic`]));
  });
});

describe("a pool of one owner", () => {
  beforeEach(async () => {
    await relay.setPolicy({ allowed_owners: ["acme"], allow_public_repos: false });
  });

  const ELSEWHERE: readonly (readonly [path: string, reason: string])[] = [
    ["/repos/octocat/hello-world/pulls/42", "owner_denied"],
    ["/repos/OctoCat/Hello-World/pulls/42", "owner_denied"],
    ["/repos/%6fctocat/hello-world/pulls/42", "owner_denied"],
    ["/repos/%6Fctocat/%68ello-world/pulls/42", "owner_denied"],
    ["/Repos/octocat/hello-world/pulls/42", "route_denied"],
    ["/REPOS/acme/widget/pulls/7", "route_denied"],
    ["/repos/acme%2Foctocat/hello-world/pulls/42", "route_denied"],
    ["/repos/acme/..%2Foctocat/pulls/42", "invalid_path"],
    ["/repos/acme/../octocat/hello-world/pulls/42", "invalid_path"],
    ["/repos/acme/%2e%2e/octocat/hello-world/pulls/42", "invalid_path"],
    ["/repos/acme/%252e%252e/octocat/hello-world/pulls/42", "route_denied"],
    ["/repos/acme/%25%32%65%25%32%65/octocat/pulls/42", "route_denied"],
    ["/repos/acme/widget/contents/..%2F..%2F..%2Foctocat", "invalid_path"],
    ["/repos/acme/widget%00/pulls/42", "invalid_path"],
    ["/repos/acme\u200b/widget/pulls/42", "route_denied"],
    ["/repos/\uFF41cme/widget/pulls/42", "route_denied"],
    ["/repos/acme\u2044widget/pulls/42", "route_denied"],
    ["/repos/octocat@acme/widget/pulls/42", "route_denied"],
    ["/repos/acme;octocat/widget/pulls/42", "route_denied"],
    ["/api/v3/repos/octocat/hello-world/pulls/42", "route_denied"],
  ];
  it("serves nobody else's, however the owner is written", async () => {
    const answers = await Promise.all(ELSEWHERE.map(([path]) => said(path)));
    expect(answers.map((reason, row) => [ELSEWHERE[row]?.[0], reason])).toEqual(ELSEWHERE);
    expect(await reached()).toEqual([]);
  });
});

describe("a policy that cannot be read", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", "{}"],
    ["a list", "[]"],
    ["a member nobody knows", { allow_everything: true }],
    ["a word for a boolean", { allow_search: "true" }],
    ["one owner for a list", { allowed_owners: "acme" }],
    ["a budget below none", { fills_per_hour_per_caller: -1 }],
  ])("closes the pool: %s", async (_what, change) => {
    expect(await said("/repos/acme/widget/pulls/7")).toBe("200");
    const known = await env.DB.prepare("SELECT policy FROM pools WHERE id = 'maintainers'").first<{ policy: string }>();
    const text =
      typeof change === "string" ? change : JSON.stringify({ ...JSON.parse(known?.policy ?? ""), ...change });
    await env.DB.prepare("UPDATE pools SET policy = ? WHERE id = 'maintainers'").bind(text).run();
    relay.newIsolate();
    await relay.github.clearLog();
    expect(await said("/repos/acme/widget/pulls/7")).toBe("misconfigured");
    expect(await said("/repos/acme/widget/pulls/8")).toBe("misconfigured");
    expect(await reached()).toEqual([]);
  });
});

describe("a caller's budget", () => {
  it("of fills bounds what GitHub is asked for him, and neither hits nor anybody else", async () => {
    await relay.setPolicy({ fills_per_hour_per_caller: 2 });
    for (const number of [1, 2]) expect(await said(`/repos/acme/widget/pulls/${number}`)).toBe("200");
    await relay.github.clearLog();
    for (const number of [3, 4]) expect(await said(`/repos/acme/widget/pulls/${number}`)).toBe("relay_overloaded");
    relay.newIsolate();
    expect(await said("/repos/acme/widget/pulls/3")).toBe("relay_overloaded");
    expect(await reached()).toEqual([]);
    expect(await said("/repos/acme/widget/pulls/1")).toBe("200");
    const bob = await relay.login("bob");
    expect(await said("/repos/acme/widget/pulls/3", bob)).toBe("200");
    expect(await said("/repos/acme/widget/pulls/3")).toBe("200"); // it is there now
  });

  it("is not another client's of the same caller: both spend the same hour", async () => {
    await relay.setPolicy({ fills_per_hour_per_caller: 1 });
    const other = await relay.login("alice", "another-machine");
    expect(await said("/repos/acme/widget/pulls/1")).toBe("200");
    expect(await said("/repos/acme/widget/pulls/2", other)).toBe("relay_overloaded");
  });

  it("of requests at one time bounds those under way, and not those who wait for the same", async () => {
    await relay.setPolicy({ max_concurrent_per_caller: 1 });
    const bob = await relay.login("bob");
    await relay.github.gate("first", { path: "/repos/acme/widget/pulls/1" });
    const held = [said("/repos/acme/widget/pulls/1")];
    await relay.github.waitFor(1, { path: "/repos/acme/widget/pulls/1" });
    const second = said("/repos/acme/widget/pulls/2");
    held.push(said("/repos/acme/widget/pulls/1"));
    expect(await said("/repos/acme/widget/pulls/3", bob)).toBe("200");
    expect(await second).toBe("relay_overloaded");
    expect(await reached()).not.toContain("/repos/acme/widget/pulls/2");
    await relay.github.release("first");
    await Promise.all(held);
    expect(await said("/repos/acme/widget/pulls/2")).toBe("200");
  });
});
