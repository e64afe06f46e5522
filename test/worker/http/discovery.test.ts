/** What a client may know before it logs in: discovery, the root and the API's description. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

describe("discovery", () => {
  it("says who serves, where, and how to log in, for five minutes", async () => {
    const response = await relay.fetch("/.well-known/octopool");
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    expect(await response.json()).toEqual({
      service: "octopool",
      version: 1,
      api_base: relay.origin,
      app_base: relay.origin,
      default_pool: "maintainers",
      allowed_org: "acme-inc",
      auth: { cli_github_token: true, web_login: false },
      min_cli_version: "0.2.2",
    });
  });

  it.each<{ vars: Record<string, string>; offered: boolean }>([
    { vars: { GITHUB_OAUTH_CLIENT_ID: "id" }, offered: false },
    { vars: { GITHUB_OAUTH_CLIENT_SECRET: "secret" }, offered: false },
    { vars: { GITHUB_OAUTH_CLIENT_ID: "id", GITHUB_OAUTH_CLIENT_SECRET: "secret" }, offered: true },
    { vars: { GITHUB_OAUTH_CLIENT_ID: "id", GITHUB_OAUTH_CLIENT_SECRET: " " }, offered: false },
  ])("offers web login only where both halves are set: $vars", async ({ vars, offered }) => {
    relay.setVars(vars);
    expect(await (await relay.fetch("/.well-known/octopool")).json()).toMatchObject({ auth: { web_login: offered } });
  });

  it("asks nobody: neither GitHub nor D1", async () => {
    const relayWithoutD1 = new TestRelay({ bindings: { DB: undefined } });
    expect((await relayWithoutD1.fetch("/.well-known/octopool")).status).toBe(200);
    expect(await relay.github.log()).toEqual([]);
  });
});

describe("the root", () => {
  it.each([
    { accept: "application/json", type: /^application\/json/, cache: "no-store" },
    { accept: "Application/JSON, */*", type: /^application\/json/, cache: "no-store" },
    { accept: "text/html,application/json", type: /^text\/html/, cache: "public, max-age=300" },
    { accept: "*/*", type: /^text\/html/, cache: "public, max-age=300" },
    { accept: undefined, type: /^text\/html/, cache: "public, max-age=300" },
  ])("answers Accept $accept with $type", async ({ accept, type, cache }) => {
    const response = await relay.fetch("/", accept === undefined ? {} : { headers: { accept } });
    const text = await response.text();
    expect(response.headers.get("content-type")).toMatch(type);
    expect(response.headers.get("cache-control")).toBe(cache);
    expect(response.headers.get("vary")?.toLowerCase()).toContain("accept");
    expect(text).toMatch(/^\{"ok":true,"service":"octopool"|<title>octopool<\/title>/);
  });
});

describe("/openapi.json", () => {
  it("describes every /v1 door that the router has", async () => {
    const description: { paths: Record<string, Record<string, unknown>> } = await (
      await relay.fetch("/openapi.json")
    ).json();
    for (const path of [
      "/v1/github/request",
      "/v1/login/github-cli",
      "/v1/pools/{pool}/health",
      "/v1/pools/{pool}/stats",
    ]) {
      expect(Object.keys(description.paths)).toContain(path);
    }
  });
});
