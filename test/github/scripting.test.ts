import { describe, expect, it } from "vitest";
import { standInForTests } from "./fixture.ts";

const asker = standInForTests();
const PULL = "/repos/acme/widget/pulls/7";

describe("scripts", () => {
  it("win over the world, carry quota headers, and fill the origin in", async () => {
    const { get, client, url } = asker();
    await client.script([
      { path: "/repos/acme/old", status: 301, headers: { Location: "${github_api}/repositories/1" } },
    ]);
    const response = await get("/repos/acme/old", "bob");
    expect(response.headers.get("location")).toBe(`${url}/repositories/1`);
    expect(response.headers.get("x-ratelimit-used")).toBe("1");
  });

  it("are found by decoded path and by query as a set, defaults left out", async () => {
    const { get, client } = asker();
    const tag = "/repos/acme/widget/releases/tags/@acme%2Fcli@1.2.3+build";
    await client.script([
      { path: tag, body: { found: "tag" } },
      { path: PULL, query: { labels: ["a", "b"], page: "1" }, body: { found: "query" } },
    ]);
    expect(await (await get("/repos/acme/widget/releases/tags/%40acme%2Fcli%401.2.3%2Bbuild")).json()).toEqual({
      found: "tag",
    });
    expect(await (await get(`${PULL}?labels=b&per_page=30&labels=a`)).json()).toEqual({ found: "query" });
    expect(await (await get(`${PULL}?labels=b`)).json()).toMatchObject({ number: 7 });
  });

  it("answer as often as they say, in the order written", async () => {
    const { get, client } = asker();
    await client.script([
      { path: PULL, status: 502, times: 1 },
      { path: PULL, body_text: "then this" },
    ]);
    expect((await get(PULL)).status).toBe(502);
    expect(await (await get(PULL)).text()).toBe("then this");
  });

  it("are listed while nobody has asked, or has asked without the headers they want", async () => {
    const { get, client } = asker();
    await client.script([{ path: PULL, request_headers: { accept: "diff", "x-custom": null }, body_text: "diff" }]);
    await get(PULL, "bob", { accept: "application/json" });
    await get(PULL, "bob", { accept: "application/vnd.github.diff", "x-custom": "1" });
    expect(await client.unusedScripts()).toHaveLength(1);
    await get(PULL, "bob", { accept: "application/vnd.github.diff" });
    expect(await client.unusedScripts()).toEqual([]);
  });

  it("do not make a bad token good, unless they say `any`", async () => {
    const { get, client } = asker();
    const bad = { authorization: "Bearer ghp_bad" };
    await client.script([
      { path: PULL, status: 404 },
      { path: "/user", status: 200, body: {}, credential: "any" },
    ]);
    expect((await get(PULL, undefined, bad)).status).toBe(401);
    expect((await get("/user", undefined, bad)).status).toBe(200);
  });

  it("refuse a misspelt member", async () => {
    const misspelt = { path: PULL, staus: 404 };
    await expect(asker().client.script([misspelt])).rejects.toThrow("staus");
  });

  it.each([
    { name: "body_bytes", script: { body_bytes: 10 }, size: 10 },
    { name: "body_fill", script: { body_fill: { text: '"', bytes: 4096 } }, size: 4096 },
    { name: "body_base64", script: { body_base64: "AAEC" }, size: 3 },
    { name: "repeat", script: { repeat: { count: 2, item: 1 } }, size: 5 },
  ])("send $name", async ({ script, size }) => {
    const { get, client } = asker();
    await client.script([{ path: PULL, ...script }]);
    expect((await (await get(PULL)).arrayBuffer()).byteLength).toBe(size);
  });
});

describe("gates", () => {
  it("hold matching requests, which have arrived already, until released", async () => {
    const { get, client } = asker();
    await client.gate("pulls", { path_prefix: "/repos/acme/widget/pulls/" });
    const held = [get(PULL, "bob"), get("/repos/acme/widget/pulls/8", "bob")];
    expect((await client.waitFor(2, { method: "GET" })).map(({ status }) => status)).toEqual([null, null]);
    expect((await get("/repos/acme/widget", "bob")).status).toBe(200);
    await client.release("pulls");
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("tell a wait that ends how many came", async () => {
    await expect(asker().client.waitFor(1, { path: "/never" }, 1)).rejects.toThrow("0 came");
  });
});

describe("faults", () => {
  it.each([
    { fault: { kind: "status", status: 502 }, status: 502 },
    { fault: { kind: "secondary", status: 429, retry_after: 7 }, status: 429 },
    { fault: { kind: "forbidden", reason: "sso" }, status: 403 },
    { fault: { kind: "unauthorized" }, status: 401 },
    { fault: { kind: "slow", chunk_bytes: 8192, every_ms: 1 }, status: 200 },
  ] as const)("answer $status for $fault.kind, as often as asked", async ({ fault, status }) => {
    const { get, client } = asker();
    await client.addFault({ ...fault, times: 1, match: { path: PULL } });
    const spoiled = await get(PULL, "bob");
    expect(spoiled.status).toBe(status);
    await spoiled.arrayBuffer();
    expect((await get(PULL, "bob")).status).toBe(200);
  });

  it.each(["reset", "truncated"] as const)("break the connection for %s", async (kind) => {
    const { get, client } = asker();
    await client.addFault({ kind, match: { path: PULL } });
    await expect(get(PULL, "bob").then((response) => response.text())).rejects.toThrow(/fetch failed|terminated/);
  });

  it("accept a request and send nothing for hang", async () => {
    const { url, client } = asker();
    await client.addFault({ kind: "hang" });
    const stop = new AbortController();
    const asked = fetch(url + PULL, { headers: { "user-agent": "t" }, signal: stop.signal });
    expect(await client.waitFor(1)).toMatchObject([{ status: null }]);
    stop.abort();
    await expect(asked).rejects.toThrow("abort");
  });
});
