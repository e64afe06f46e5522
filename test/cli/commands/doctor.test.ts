import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Environment } from "../../../cli/machine.ts";
import type { Finding } from "../../../cli/doctor/finding.ts";
import { discovery, fallback, raw, refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, NOW, type Desk } from "../support/run-cli.ts";

let desk: Desk;
let relay: FakeRelay;
const SAMPLE = "POST /v1/github/request";
const date = (time: number) => ({ headers: { date: new Date(time).toUTCString() }, body: { ok: true } });

beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  relay.on("GET /.well-known/octopool", discovery(relay.url));
  relay.on("GET /", date(NOW));
  relay.on("GET /v1/pools/maintainers/health", { body: { identities_total: 2, identities_healthy: 1 } });
  relay.on(SAMPLE, [raw("{}"), raw("{}", { "x-octopool-cache": "hit" })]);
  mkdirSync(join(desk.home, "bin"));
  writeFileSync(join(desk.home, "bin/gh"), "#!/bin/sh\necho gh version 2.23.0\n");
  chmodSync(join(desk.home, "bin/gh"), 0o755);
  await desk.saveLogin(relay.url);
});
afterEach(async () => {
  await relay.close();
  desk.clear();
});

const healthy = () => ({ PATH: `${join(desk.home, "bin")}:/usr/bin:/bin`, GH_TOKEN: "ghp_x" });

async function look(env: Environment = {}) {
  const ran = await desk.run(["doctor", "--json"], { env: { ...healthy(), ...env } });
  const findings = JSON.parse(ran.stdout) as readonly Finding[];
  return { ...ran, states: Object.fromEntries(findings.map(({ link, state }) => [link, state])) };
}

describe("octopool doctor", () => {
  it("finds every link well, and asks for the sample twice", async () => {
    const { code, states, stderr } = await look();
    expect(Object.values(states)).toEqual(Object.values(states).map(() => "ok"));
    expect(Object.keys(states)).toEqual([
      "login",
      "server",
      "clock",
      "token",
      "relay",
      "cache",
      "gh",
      "gh login",
      "gh settings",
      "shim",
      "proxy",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(relay.heard.filter(({ path }) => path === "/v1/github/request")).toHaveLength(2);
  });

  it.each([
    { what: "a clock two minutes off", link: "clock", door: "GET /", script: date(NOW - 120_000), state: "poor" },
    {
      what: "a token nobody knows",
      link: "token",
      door: "GET /v1/pools/maintainers/health",
      script: refusal(401, "invalid_auth"),
      state: "broken",
    },
    {
      what: "a pool without a healthy identity",
      link: "token",
      door: "GET /v1/pools/maintainers/health",
      script: { body: { identities_total: 2, identities_healthy: 0 } },
      state: "poor",
    },
    { what: "a relay that refuses", link: "relay", door: SAMPLE, script: fallback("route_denied"), state: "broken" },
    { what: "a cache that keeps nothing", link: "cache", door: SAMPLE, script: raw("{}"), state: "poor" },
    { what: "no Octopool", link: "server", door: "GET /.well-known/octopool", script: { body: {} }, state: "broken" },
  ])("says what is wrong with $what, and exits by whether it is broken", async ({ link, door, script, state }) => {
    relay.on(door, script);
    const { code, states, stderr } = await look();
    expect({ state: states[link], code }).toEqual({ state, code: state === "broken" ? 1 : 0 });
    expect(stderr).toContain(`octopool: ${link}: `);
  });

  it.each([
    { made: new Date(NOW).toISOString(), state: "ok" },
    { made: new Date(NOW - 120_000).toISOString(), state: "poor" },
    { made: undefined, state: "poor" },
  ])("takes the time of the statistics where no answer has a date: $made", async ({ made, state }) => {
    relay.on("GET /", { headers: { date: "" }, body: { ok: true } });
    if (made !== undefined) relay.on("GET /v1/pools/maintainers/stats?since=1m", { body: { generated_at: made } });
    expect((await look()).states["clock"]).toBe(state);
  });

  it.each([
    { what: "no gh", link: "gh", env: { PATH: "/nowhere" }, state: "broken" },
    { what: "no login of gh", link: "gh login", env: { GH_TOKEN: "" }, state: "poor" },
    { what: "a proxy of another kind", link: "proxy", env: { HTTPS_PROXY: "socks5://127.0.0.1:1" }, state: "broken" },
  ])("sees $what on this machine", async ({ link, env, state }) => {
    expect((await look(env)).states[link]).toBe(state);
  });

  it("looks at nothing behind a broken link", async () => {
    relay.on("GET /.well-known/octopool", { status: 500 });
    const { states } = await look();
    expect([states["clock"], states["token"], states["cache"]]).toEqual(["unseen", "unseen", "unseen"]);
    expect(states["gh"]).toBe("ok");
  });

  it("says where a login is missing what to type", async () => {
    const { code, states, stderr } = await look({ OCTOPOOL_CONFIG_DIR: join(desk.home, "empty") });
    expect({ code, login: states["login"] }).toEqual({ code: 1, login: "broken" });
    expect(stderr).toContain("octopool: login: octopool login ");
  });
});
