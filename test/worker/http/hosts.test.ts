/** Which host was asked, over which scheme, by whom: and the headers that every answer carries. */
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const PROXY_SECRET = "proxy-secret-for-tests-only";
const APP = "https://relay.example";
const INSTALL = "get.relay.example";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay({
    vars: { APP_ORIGIN: APP, PUBLIC_HOST: INSTALL, OCTOPOOL_PROXY_SECRET: PROXY_SECRET, INSTALL_COMMAND: "brew me" },
  });
  await relay.github.reset();
});

describe("plain http on a public host", () => {
  it.each([
    { url: "http://relay.example/dashboard?a=b%20c", to: "https://relay.example/dashboard?a=b%20c" },
    { url: "http://relay.example/v1/github/request", to: "https://relay.example/v1/github/request" },
    { url: "http://other.example//evil.example/x", to: "https://relay.example//evil.example/x" },
    { url: "http://10.0.0.7/", to: "https://relay.example/" },
    { url: "http://localhost.evil.example/", to: "https://relay.example/" },
  ])("$url goes to $to with 308", async ({ url, to }) => {
    const response = await relay.fetch(url, { method: "POST", redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([308, to]);
    expect(response.headers.get("x-octopool-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("strict-transport-security")).toBeNull();
  });

  it("goes to the host asked where there is no APP_ORIGIN", async () => {
    relay.setVars({ APP_ORIGIN: null, PUBLIC_HOST: null });
    const response = await relay.fetch("http://self.example:8080/x?y", { redirect: "manual" });
    expect(response.headers.get("location")).toBe("https://self.example:8080/x?y");
  });

  it.each(["http://127.0.0.1:8787/", "http://localhost/", "http://octopool.localhost/", "http://[::1]:1/"])(
    "is served at %s, on this machine",
    async (url) => {
      const response = await relay.fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get("strict-transport-security")).toBeNull();
    },
  );
});

describe("an https answer", () => {
  it("carries HSTS and the security headers, whatever kind it is", async () => {
    await relay.seed();
    const post = relay.init("/repos/acme/widget");
    const kinds: readonly (readonly [string, string, RequestInit, number])[] = [
      ["the page", "/", {}, 200],
      ["the probe", "/", { headers: { accept: "application/json" } }, 200],
      ["discovery", "/.well-known/octopool", {}, 200],
      ["openapi", "/openapi.json", {}, 200],
      ["HEAD", "/", { method: "HEAD" }, 200],
      ["an envelope", "/v1/github/request", post, 200],
      ["raw", "/v1/github/request", relay.init("/repos/acme/widget", { raw: true }), 200],
      ["a fallback", "/v1/github/request", relay.init("/notifications"), 424],
      ["a login refused", "/v1/login/github-cli", { method: "POST" }, 415],
      ["admin refused", "/v1/admin/callers", { method: "POST" }, 401],
      ["health refused", `/v1/pools/${POOL}/health`, {}, 401],
      ["no such path", "/nowhere", {}, 404],
      ["a wrong method", "/", { method: "DELETE" }, 405],
    ];
    for (const [name, path, init, status] of kinds) {
      const { headers, ...response } = await relay
        .fetch(APP + path, init)
        .then((one) => ({ headers: one.headers, status: one.status }));
      expect([name, response.status]).toEqual([name, status]);
      expect({ name, hsts: headers.get("strict-transport-security") }).toEqual({
        name,
        hsts: expect.stringMatching(/^max-age=\d{8}/),
      });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get("x-octopool-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe("the install host", () => {
  const page = async (url: string, headers: Record<string, string> = {}) => {
    const response = await relay.fetch(url, { headers });
    return { status: response.status, text: await response.text() };
  };

  it("shows the install command and no sign-in", async () => {
    relay.setVars({ GITHUB_OAUTH_CLIENT_ID: "id", GITHUB_OAUTH_CLIENT_SECRET: "secret" });
    const install = await page(`https://${INSTALL}/`);
    expect(install.text).toContain("brew me");
    expect(install.text).not.toContain("/login/github");
    expect((await page(`${APP}/`)).text).toContain("/login/github");
  });

  it("answers discovery with its own origin and the app's", async () => {
    const { text } = await page(`https://${INSTALL}/.well-known/octopool`);
    expect(JSON.parse(text)).toMatchObject({
      api_base: `https://${INSTALL}`,
      app_base: APP,
      auth: { cli_github_token: true, web_login: false },
    });
  });

  it.each<{ name: string; headers: Record<string, string>; base: string }>([
    { name: "no secret", headers: {}, base: APP },
    { name: "a wrong secret", headers: { "x-octopool-proxy-secret": "guess" }, base: APP },
    { name: "an empty secret", headers: { "x-octopool-proxy-secret": "" }, base: APP },
    { name: "the secret", headers: { "x-octopool-proxy-secret": PROXY_SECRET }, base: `https://${INSTALL}` },
  ])("is believed of a forwarded host with $name: $base", async ({ headers, base }) => {
    const forwarded = { ...headers, "x-octopool-forwarded-host": INSTALL.toUpperCase() };
    const { text } = await page(`${APP}/.well-known/octopool`, forwarded);
    expect(JSON.parse(text)).toMatchObject({ api_base: base });
  });

  it("is no other host, whatever the proxy says", async () => {
    const headers = { "x-octopool-proxy-secret": PROXY_SECRET, "x-octopool-forwarded-host": "evil.example" };
    const { text } = await page(`${APP}/.well-known/octopool`, headers);
    expect(JSON.parse(text)).toMatchObject({ api_base: APP });
  });

  it("is nobody's where no secret is set", async () => {
    relay.setVars({ OCTOPOOL_PROXY_SECRET: null });
    const headers = { "x-octopool-proxy-secret": "", "x-octopool-forwarded-host": INSTALL };
    const { text } = await page(`${APP}/.well-known/octopool`, headers);
    expect(JSON.parse(text)).toMatchObject({ api_base: APP });
  });
});

describe("behind a TLS proxy of one's own", () => {
  const inner = "http://10.0.0.7:8787";
  const ask = (headers: Record<string, string>) =>
    relay.fetch(`${inner}/.well-known/octopool`, { headers, redirect: "manual" });

  it("believes x-forwarded-proto only with TRUST_PROXY", async () => {
    expect((await ask({ "x-forwarded-proto": "https" })).status).toBe(308);
    relay.setVars({ TRUST_PROXY: "1" });
    expect((await ask({ "x-forwarded-proto": "http" })).status).toBe(308);
    const served = await ask({ "x-forwarded-proto": "https" });
    expect(await served.json()).toMatchObject({ api_base: APP, app_base: APP });
    expect(served.headers.get("strict-transport-security")).not.toBeNull();
  });

  it("counts guesses by the last x-forwarded-for, which the client cannot choose", async () => {
    relay.setVars({ TRUST_PROXY: "1" });
    const guess = async (forwardedFor: string, more: Record<string, string> = {}) => {
      const headers = {
        "x-forwarded-proto": "https",
        "x-forwarded-for": forwardedFor,
        authorization: "Bearer wrong",
        ...more,
      };
      return (await relay.fetch(`${inner}/v1/admin/pools/${POOL}`, { headers })).status;
    };
    for (let at = 0; at < 20; at += 1) expect(await guess(`203.0.113.${at}, 198.51.100.1`)).toBe(401);
    expect(await guess("203.0.113.99, 198.51.100.1", { "cf-connecting-ip": "192.0.2.1" })).toBe(429);
    expect(await guess("198.51.100.1, 198.51.100.2")).toBe(401);
  });
});
