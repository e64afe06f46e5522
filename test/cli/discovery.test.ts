import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discover } from "../../cli/discovery.ts";
import { createTransport, type HttpAsk, type Transport } from "../../cli/http.ts";
import { discovery, startFakeRelay, type FakeRelay, type Scripted } from "./support/fake-relay.ts";

const WELL_KNOWN = "GET /.well-known/octopool";

let relay: FakeRelay;
let other: FakeRelay;
beforeEach(async () => {
  [relay, other] = [await startFakeRelay(), await startFakeRelay()];
});
afterEach(async () => {
  await relay.close();
  await other.close();
});

const ask = (changes: Partial<Parameters<typeof discover>[0]> = {}) =>
  discover({
    server: relay.url,
    trustRedirect: false,
    version: "0.3.0",
    env: {},
    transport: createTransport({}),
    ...changes,
  });

/** Public names cannot be reached from a test: each origin's document comes from memory. */
function transportOf(documents: Record<string, Scripted>): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  const transport = async ({ url }: HttpAsk) => {
    asked.push(url.href);
    const { status = 200, headers = {}, body } = documents[url.origin] ?? { status: 404 };
    return { status, statusText: "", headers, body: Buffer.from(JSON.stringify(body ?? {})) };
  };
  return { transport, asked };
}

describe("discover", () => {
  it("reads the document with accept: application/json", async () => {
    relay.on(WELL_KNOWN, discovery(relay.url));
    expect(await ask()).toEqual({ apiOrigin: relay.url, defaultPool: "maintainers", allowedOrg: "acme" });
    expect(relay.heard[0]?.headers.accept).toBe("application/json");
  });

  it.each([
    { name: "another service", changes: { service: "squid" }, says: /is not an Octopool server/ },
    {
      name: "another protocol version",
      changes: { version: 2 },
      says: /speaks protocol version 2; this octopool speaks 1/,
    },
    { name: "a version that is no number", changes: { version: "1" }, says: /speaks protocol version/ },
    {
      name: "a newer minimum",
      changes: { min_cli_version: "0.10.0" },
      says: /needs octopool 0\.10\.0 or newer; this is 0\.3\.0/,
    },
    {
      name: "no command line logins",
      changes: { auth: { cli_github_token: false } },
      says: /takes no logins from the command line/,
    },
    {
      name: "an API below a path",
      changes: { api_base: "https://pool.example/api" },
      says: /does not say where its API is/,
    },
    {
      name: "an API that is no web address",
      changes: { api_base: "file:///etc" },
      says: /does not say where its API is/,
    },
    { name: "no API", changes: { api_base: "" }, says: /does not say where its API is/ },
  ])("refuses $name", async ({ changes, says }) => {
    relay.on(WELL_KNOWN, discovery(relay.url, changes));
    await expect(ask()).rejects.toThrow(says);
  });

  it.each([
    { name: "a page", reply: { body: "<html>" } },
    { name: "a 404", reply: { status: 404, body: {} } },
    { name: "a list", reply: { body: [] } },
  ])("refuses $name", async ({ reply }) => {
    relay.on(WELL_KNOWN, reply);
    await expect(ask()).rejects.toThrow("is not an Octopool server");
  });

  it("reads no more than 1 MiB", async () => {
    relay.on(WELL_KNOWN, discovery(relay.url, { padding: "x".repeat(1024 * 1024) }));
    await expect(ask()).rejects.toThrow("answered with more than 1048576 bytes");
  });

  it("refuses an API on another host, port included, unless told to trust it", async () => {
    relay.on(WELL_KNOWN, discovery(other.url));
    await expect(ask()).rejects.toThrow(`says its API is at ${other.url}, another host`);
    expect(await ask({ trustRedirect: true })).toMatchObject({ apiOrigin: other.url });
  });

  it("follows a redirect on the same host", async () => {
    relay.on(WELL_KNOWN, { status: 302, headers: { location: "/elsewhere" } });
    relay.on("GET /elsewhere", discovery(relay.url));
    expect(await ask()).toMatchObject({ apiOrigin: relay.url });
  });

  it.each([{ trustRedirect: false }, { trustRedirect: true }])(
    "never asks another host because of a redirect, trust: $trustRedirect",
    async ({ trustRedirect }) => {
      relay.on(WELL_KNOWN, { status: 302, headers: { location: `${other.url}/.well-known/octopool` } });
      other.on(WELL_KNOWN, discovery(other.url));
      await expect(ask({ trustRedirect })).rejects.toThrow("which is another host");
      expect(other.heard).toEqual([]);
    },
  );

  it("gives up on a circle of redirects", async () => {
    relay.on(WELL_KNOWN, { status: 302, headers: { location: "/.well-known/octopool" } });
    await expect(ask()).rejects.toThrow("redirects its discovery more than 3 times");
  });

  it.each([
    { name: "HTTPS", server: "https://pool.example", env: {} },
    { name: "plain HTTP the user allows", server: "http://pool.example", env: { OCTOPOOL_ALLOW_INSECURE_LOGIN: "1" } },
  ])("speaks to a public host over $name", async ({ server, env }) => {
    const { transport } = transportOf({ [server]: discovery(server) });
    expect(await ask({ server, env, transport })).toMatchObject({ apiOrigin: server });
  });

  it("does not even ask a public host over plain HTTP", async () => {
    const { transport, asked } = transportOf({});
    await expect(ask({ server: "http://pool.example", transport })).rejects.toThrow(
      "http://pool.example is plain HTTP",
    );
    expect(asked).toEqual([]);
  });

  it.each([
    { name: "document", reply: discovery("http://pool.example"), says: "http://pool.example is plain HTTP" },
    {
      name: "redirect",
      reply: { status: 301, headers: { location: "http://pool.example/x" } },
      says: "which is another host",
    },
  ])("lets no $name lead from HTTPS to plain HTTP", async ({ reply, says }) => {
    const { transport } = transportOf({ "https://pool.example": reply });
    await expect(ask({ server: "https://pool.example", transport })).rejects.toThrow(says);
  });
});
