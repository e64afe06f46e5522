import { describe, expect, it } from "vitest";
import { tokenOf } from "./client.ts";
import { standInForTests } from "./fixture.ts";

const asker = standInForTests();
const WIDGET = "/repos/acme/widget";

describe("quota", () => {
  it("is shared by all tokens of a user and told on every answer", async () => {
    const { get, client } = asker();
    await client.addToken({ token: "ghp_second", login: "bob" });
    await get(WIDGET, "bob");
    const second = await get(WIDGET, undefined, { authorization: "token ghp_second" });
    expect(second.headers.get("x-ratelimit-used")).toBe("2");
    expect(second.headers.get("x-ratelimit-remaining")).toBe("4998");
    expect(second.headers.get("x-ratelimit-resource")).toBe("core");
  });

  it.each([
    { path: "/search/issues?q=cache", resource: "search", limit: "30" },
    { path: "/search/code?q=cache", resource: "code_search", limit: "10" },
    { path: WIDGET, resource: "core", limit: "5000" },
  ])("counts $path in $resource", async ({ path, resource, limit }) => {
    const { headers } = await asker().get(path, "bob");
    expect(headers.get("x-ratelimit-resource")).toBe(resource);
    expect(headers.get("x-ratelimit-limit")).toBe(limit);
  });

  it("refuses with 403 and remaining 0 when spent, until the reset", async () => {
    const { get, client } = asker();
    await client.setQuota("bob", "core", { remaining: 1 });
    expect((await get(WIDGET, "bob")).status).toBe(200);
    const refused = await get(WIDGET, "bob");
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining("API rate limit exceeded for user ID 102"),
    });
    await client.advanceClock(3_600_000);
    expect((await get(WIDGET, "bob")).status).toBe(200);
  });

  it("gives anonymous askers 60 an hour, and reading the limits is free", async () => {
    const { get, client } = asker();
    await client.setAnonymousQuota("core", { remaining: 0 });
    expect((await get(WIDGET)).status).toBe(403);
    const limits = await get("/rate_limit");
    expect(limits.status).toBe(200);
    expect(await limits.json()).toMatchObject({ resources: { core: { limit: 60, remaining: 0 } } });
  });
});

describe("conditions", () => {
  it("answers 304 free of quota with a credential, and charges it anonymously", async () => {
    const { get, client } = asker();
    for (const login of ["bob", undefined]) {
      const etag = (await get(WIDGET, login)).headers.get("etag") ?? "";
      expect((await get(WIDGET, login, { "if-none-match": etag })).status).toBe(304);
    }
    expect((await client.log()).map(({ status, charged }) => [status, charged])).toEqual([
      [200, 1],
      [304, 0],
      [200, 1],
      [304, 1],
    ]);
  });

  it("gives each credential its own etag", async () => {
    const { get } = asker();
    const etag = (await get(WIDGET, "bob")).headers.get("etag") ?? "";
    expect((await get(WIDGET, "carol", { "if-none-match": etag })).status).toBe(200);
  });

  it("changes the etag, the body and the web diff of a touched pull", async () => {
    const { get, client, url } = asker();
    const path = `${WIDGET}/pulls/7`;
    const before = await get(path, "bob");
    const diff = await (await fetch(`${url}/acme/widget/pull/7.diff`)).text();
    await client.touch(path);
    const after = await get(path, "bob", { "if-none-match": before.headers.get("etag") ?? "" });
    expect(after.status).toBe(200);
    expect(await after.text()).not.toBe(await before.text());
    expect(await (await fetch(`${url}/acme/widget/pull/7.diff`)).text()).not.toBe(diff);
  });
});

describe("refusals", () => {
  it("needs a user agent", async () => {
    const response = await asker().get(WIDGET, "bob", { "user-agent": "" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("User-Agent");
  });

  it("answers 401 to a token nobody holds", async () => {
    const response = await asker().get(WIDGET, undefined, { authorization: "Bearer ghp_unknown" });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message: "Bad credentials" });
  });

  it.each([
    { who: undefined, status: 404 },
    { who: "bob", status: 404 },
    { who: "alice", status: 200 },
  ])("answers $status about a private repository to $who", async ({ who, status }) => {
    expect((await asker().get("/repos/acme/secret", who)).status).toBe(status);
  });

  it("sends former names to the repository's id, which answers", async () => {
    const { get } = asker();
    const moved = await get("/repos/acme/old/pulls/7?x=1", "bob");
    expect(moved.status).toBe(301);
    const location = new URL(moved.headers.get("location") ?? "");
    expect(location.pathname + location.search).toBe("/repositories/1300194/pulls/7?x=1");
    expect(await (await get(location.pathname, "bob")).json()).toMatchObject({
      number: 7,
      base: { repo: { full_name: "acme/new" } },
    });
  });

  it("hides member-only fields from the public and shows them to members", async () => {
    const { get } = asker();
    expect(await (await get(WIDGET)).json()).not.toHaveProperty("permissions");
    expect(await (await get(WIDGET, "alice")).json()).toHaveProperty("allow_squash_merge");
    expect(await (await get(WIDGET, "bob")).json()).not.toHaveProperty("allow_squash_merge");
    expect(await (await get(`${WIDGET}/issues/5/timeline`, "alice")).text()).toContain("acme/secret");
    expect(await (await get(`${WIDGET}/issues/5/timeline`, "bob")).text()).not.toContain("acme/secret");
  });
});

describe("log", () => {
  it("names the user and holds no token", async () => {
    const { get, client } = asker();
    await get(`${WIDGET}?page=2`, "bob");
    const log = await client.log({ credential: "bob" });
    expect(log).toMatchObject([{ path: WIDGET, query: { page: ["2"] }, status: 200, resource: "core" }]);
    expect(JSON.stringify(log)).not.toContain(tokenOf("bob"));
  });
});

describe("a GitHub App", () => {
  const app = { id: 7, app_id: "4242", account: "acme-app" } as const;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

  async function mint() {
    const { get, client, url } = asker();
    const seconds = Date.UTC(2026, 0, 1) / 1000;
    const jwt = `${part({ alg: "RS256" })}.${part({ iss: "4242", iat: seconds, exp: seconds + 300 })}.signature`;
    const headers = { authorization: `Bearer ${jwt}`, "user-agent": "test" };
    const answer = await fetch(`${url}/app/installations/7/access_tokens`, { method: "POST", headers });
    const { token = "" } = (await answer.json()) as { token?: string };
    const read = async () => (await get(WIDGET, undefined, { authorization: `Bearer ${token}` })).status;
    return { status: answer.status, client, read };
  }

  it("asks with an installation's token until it is suspended or uninstalled", async () => {
    await asker().client.addInstallation(app);
    const { status, client, read } = await mint();
    expect([status, await read()]).toEqual([201, 200]);
    await client.addInstallation({ ...app, suspended: true });
    expect([(await mint()).status, await read()]).toEqual([403, 403]);
    await client.removeInstallation(7);
    expect([(await mint()).status, await read()]).toEqual([404, 401]);
  });
});
