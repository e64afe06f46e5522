/** The install host's Worker in front of the main one, and what the two serve between them. */
import { beforeEach, describe, expect, it } from "vitest";
import { createProxy } from "../../../server/public-proxy.ts";
import { TestRelay } from "../support/relay.ts";

const SECRET = "proxy-secret-for-tests-only";
const APP = "https://relay.example";
const INSTALL = "https://get.relay.example";
const ENV = { UPSTREAM_ORIGIN: APP, OCTOPOOL_PROXY_SECRET: SECRET };

let relay: TestRelay;
let passed: Request[];
beforeEach(async () => {
  relay = new TestRelay({
    vars: {
      APP_ORIGIN: APP,
      PUBLIC_HOST: "get.relay.example",
      OCTOPOOL_PROXY_SECRET: SECRET,
      INSTALL_COMMAND: "brew me",
    },
  });
  await relay.github.reset();
  passed = [];
});

/** Asks the proxy; `upstream` stands for the network between the two Workers. */
async function ask(
  url: string,
  init: RequestInit = {},
  { env = ENV as Record<string, string>, upstream = toMain as (request: Request) => Promise<Response> } = {},
): Promise<Response> {
  const proxy = createProxy({ fetch: upstream, randomId: () => crypto.randomUUID() });
  if (proxy.fetch === undefined) throw new Error("the proxy has no fetch");
  const request = new Request(url, { redirect: "manual", ...init });
  return proxy.fetch(request as never, env as never, {} as never);
}

async function toMain(request: Request): Promise<Response> {
  passed.push(request.clone() as Request);
  const { method, headers } = request;
  const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
  return relay.fetch(request.url, { method, headers, body, redirect: "manual" });
}

describe("through the proxy", () => {
  it("the install host shows the install command and no sign-in", async () => {
    relay.setVars({ GITHUB_OAUTH_CLIENT_ID: "id", GITHUB_OAUTH_CLIENT_SECRET: "secret" });
    const response = await ask(`${INSTALL}/`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain("brew me");
    expect(text).not.toContain("/login/github");
    expect(response.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}/);
  });

  it("discovery names the install host as the API's and the app host as the app's", async () => {
    const response = await ask(`${INSTALL}/.well-known/octopool`);
    expect(await response.json()).toMatchObject({ api_base: INSTALL, app_base: APP });
  });

  it("a read is relayed, body and token and all", async () => {
    await relay.seed();
    const response = await ask(`${INSTALL}/v1/github/request`, relay.init("/repos/acme/widget"));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 200, body: { full_name: "acme/widget" } });
  });

  it.each([
    "/dashboard",
    "/dashboard/identities?since=7d",
    "/login/github?next=%2Fdashboard",
    "/login/github/callback?code=x&state=y",
  ])("%s is the app host's", async (path) => {
    for (const method of ["GET", "HEAD"]) {
      const response = await ask(INSTALL + path, { method });
      expect([response.status, response.headers.get("location")]).toEqual([302, APP + path]);
      expect(response.headers.get("set-cookie")).toBeNull();
    }
  });

  it.each([
    ["GET", "/trpc"],
    ["GET", "/trpc/pools.list"],
    ["POST", "/trpc/identities.pause"],
    ["POST", "/dashboard"],
    ["POST", "/login/github"],
  ])("the dashboard's API is not there: %s %s", async (method, path) => {
    const response = await ask(INSTALL + path, { method, headers: { origin: INSTALL } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
  });

  it("a path that only begins alike is no page of the app host", async () => {
    expect((await ask(`${INSTALL}/dashboards`)).status).toBe(404);
  });

  it("plain http goes to https on the install host itself, and no further", async () => {
    const response = await ask("http://get.relay.example//evil.example/x?y", { method: "POST" });
    expect([response.status, response.headers.get("location")]).toEqual([308, `${INSTALL}//evil.example/x?y`]);
    expect(passed).toEqual([]);
  });

  it("a path that looks like another host stays a path", async () => {
    await ask(`${INSTALL}//evil.example/x`);
    expect(passed.map(({ url }) => url)).toEqual([`${APP}//evil.example/x`]);
  });
});

describe("what a client forges", () => {
  const forged = {
    "x-octopool-forwarded-host": "evil.example",
    "x-octopool-forwarded-for": "198.51.100.66",
    "x-octopool-proxy-secret": "guess",
  };

  it("is replaced by the proxy's own word", async () => {
    await ask(`${INSTALL}/`, { headers: { ...forged, "cf-connecting-ip": "203.0.113.9" } });
    const [request] = passed;
    expect(request?.headers.get("x-octopool-forwarded-host")).toBe("get.relay.example");
    expect(request?.headers.get("x-octopool-forwarded-for")).toBe("203.0.113.9");
    expect(request?.headers.get("x-octopool-proxy-secret")).toBe(SECRET);
  });

  it("is dropped where the proxy has nothing to say itself", async () => {
    await ask(`${INSTALL}/`, { headers: forged });
    expect(passed[0]?.headers.get("x-octopool-forwarded-for")).toBeNull();
  });

  it("at the main Worker itself opens no install host: the dashboard's door stays where it is", async () => {
    const response = await relay.fetch(`${APP}/trpc/pools.list`, {
      headers: { ...forged, "x-octopool-forwarded-host": "get.relay.example" },
    });
    const discovery = await relay.fetch(`${APP}/.well-known/octopool`, {
      headers: { ...forged, "x-octopool-forwarded-host": "get.relay.example" },
    });
    expect(response.headers.get("location")).toBeNull();
    expect(await discovery.json()).toMatchObject({ api_base: APP });
  });

  it("counts guesses by the address that the proxy saw", async () => {
    const guess = async (address: string) => {
      const headers = {
        "cf-connecting-ip": address,
        "x-octopool-forwarded-for": "192.0.2.1",
        authorization: "Bearer no",
      };
      return (await ask(`${INSTALL}/v1/admin/pools/maintainers`, { headers })).status;
    };
    for (let at = 0; at < 20; at += 1) expect(await guess("203.0.113.50")).toBe(401);
    expect(await guess("203.0.113.50")).toBe(429);
    expect(await guess("203.0.113.51")).toBe(401);
  });
});

describe("a proxy that cannot serve", () => {
  it.each([
    { name: "UPSTREAM_ORIGIN", env: { OCTOPOOL_PROXY_SECRET: SECRET } },
    { name: "UPSTREAM_ORIGIN", env: { ...ENV, UPSTREAM_ORIGIN: "relay.example" } },
    { name: "UPSTREAM_ORIGIN", env: { ...ENV, UPSTREAM_ORIGIN: INSTALL } },
    { name: "OCTOPOOL_PROXY_SECRET", env: { UPSTREAM_ORIGIN: APP } },
  ])("names $name, and asks nobody: $env", async ({ name, env }) => {
    const response = await ask(`${INSTALL}/`, {}, { env: env as Record<string, string> });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(response.status).toBe(503);
    expect(error).toMatchObject({ code: "misconfigured", message: expect.stringContaining(name) });
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(passed).toEqual([]);
  });

  it("tells callers to run their own gh where the main Worker cannot be reached, and says nothing of the failure", async () => {
    const upstream = () => Promise.reject(new Error(`connect ${APP} ${SECRET}`));
    const read = await ask(`${INSTALL}/v1/github/request`, { method: "POST", body: "{}" }, { upstream });
    expect(read.status).toBe(424);
    const text = await read.text();
    expect(JSON.parse(text)).toMatchObject({
      error: { code: "fallback_local", details: { reason: "relay_overloaded" } },
    });
    expect(text).not.toMatch(/relay\.example|proxy-secret/);
    const page = await ask(`${INSTALL}/`, {}, { upstream });
    expect(page.status).toBe(502);
  });
});
