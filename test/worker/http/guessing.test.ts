/** Limits on guessing (2-wire): what a stranger's failures cost, and that they cost no caller anything. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { tokenOf } from "../../github/client.ts";
import { hashToken } from "../../../server/relay/caller-token.ts";
import { ADMIN_TOKEN, POOL, TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget";

/** D1 as it is, with its statements counted. */
function countedDb(count: () => void): D1Database {
  return new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare" || name === "batch" || name === "exec") count();
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

let relay: TestRelay;
let statements: number;
beforeEach(async () => {
  statements = 0;
  relay = new TestRelay({ bindings: { DB: countedDb(() => (statements += 1)) } });
  await relay.github.reset();
  await relay.seed();
});

async function guess(token: string, options: { pool?: string; address?: string } = {}) {
  const init = relay.init(PATH, { token, ...(options.pool === undefined ? {} : { pool: options.pool }) });
  const headers = new Headers(init.headers);
  if (options.address !== undefined) headers.set("cf-connecting-ip", options.address);
  const response = await relay.fetch("/v1/github/request", { ...init, headers });
  return { status: response.status, code: ((await response.json()) as { error?: { code: string } }).error?.code };
}

/** A token from before tokens were marked. */
async function unmarked(login: string, clientName: string): Promise<string> {
  relay.newIsolate(); // logins of one address are limited
  return relay.login(login, clientName);
}

const REFUSED = { status: 401, code: "invalid_auth" };

describe("a guesser of caller tokens", () => {
  it("is answered from memory after 20 failures a minute, still with invalid_auth", async () => {
    statements = 0;
    for (let at = 0; at < 20; at += 1) expect(await guess(`op_guess-number-${at}`)).toEqual(REFUSED);
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(20);
    statements = 0;
    for (let at = 20; at < 120; at += 1) expect(await guess(`op_guess-number-${at}`)).toEqual(REFUSED);
    expect(statements).toBe(0);
    relay.later(61_000);
    await guess("op_guess-number-200");
    expect(statements).toBe(1);
  });

  it("who tries a hundred at one time has twenty looked up", async () => {
    statements = 0;
    const tried = await Promise.all(Array.from({ length: 100 }, (_, at) => guess(`op_guess-number-${at}`)));
    expect(new Set(tried.map(({ code }) => code))).toEqual(new Set(["invalid_auth"]));
    expect(statements).toBeLessThanOrEqual(20);
  });

  it("pays one read for one wrong token however often it is tried", async () => {
    statements = 0;
    for (let at = 0; at < 10; at += 1) await guess("op_the-same-wrong-token");
    expect(statements).toBe(1);
  });

  it("reads nothing with text that cannot be a token", async () => {
    statements = 0;
    for (const token of ["op_", "ghp_abcdefghijkl", "x".repeat(10_000), "op_<script>", `op_${"y".repeat(300)}`]) {
      const { status, code } = await guess(token);
      expect([status, code]).toEqual([401, "invalid_auth"]);
    }
    expect(statements).toBeLessThanOrEqual(1);
  });

  it("is one address: another is asked about", async () => {
    for (let at = 0; at < 25; at += 1) await guess(`op_guess-number-${at}`, { address: "192.0.2.1" });
    statements = 0;
    await guess("op_another-guess", { address: "192.0.2.2" });
    expect(statements).toBe(1);
  });

  it("who writes other addresses himself is not believed without the proxy's secret", async () => {
    for (let at = 0; at < 20; at += 1) await guess(`op_guess-number-${at}`, { address: "192.0.2.1" });
    statements = 0;
    const init = relay.init(PATH, { token: "op_another-guess" });
    const headers = new Headers(init.headers);
    headers.set("cf-connecting-ip", "192.0.2.1");
    headers.set("x-octopool-forwarded-for", "198.51.100.7");
    headers.set("x-forwarded-for", "198.51.100.7");
    await relay.fetch("/v1/github/request", { ...init, headers });
    expect(statements).toBe(0);
  });
});

describe("a valid token", () => {
  it("from the guesser's own address goes on, also past its memo's end", async () => {
    await relay.ask(PATH);
    for (let at = 0; at < 40; at += 1) await guess(`op_guess-number-${at}`);
    expect((await relay.ask(PATH)).http).toBe(200);
    relay.later(31_000);
    for (let at = 0; at < 40; at += 1) await guess(`op_guess-again-${at}`);
    expect((await relay.ask(PATH)).http).toBe(200);
  });

  it("is let in from the guesser's own address by an isolate that has never seen it", async () => {
    relay.newIsolate();
    for (let at = 0; at < 40; at += 1) await guess(`op_guess-number-${at}`);
    statements = 0;
    expect((await relay.ask(PATH)).http).toBe(200);
    expect(statements).toBeGreaterThan(0);
  });

  it("without a mark is let in among thirty of its kind at one time", async () => {
    relay.setVars({ OCTOPOOL_GITHUB_ORG_TOKEN: null });
    const tokens: string[] = [];
    for (let at = 0; at < 15; at += 1)
      tokens.push(await unmarked("alice", `host-${at}`), await unmarked("bob", `host-${at}`));
    relay.newIsolate();
    const answers = await Promise.all(tokens.map((token) => guess(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("that was revoked is asked about once, and is no way past the limit", async () => {
    const revoked = relay.callerToken;
    relay.callerToken = await relay.login("alice"); // the same client: its former token has ended
    relay.newIsolate();
    for (let at = 0; at < 40; at += 1) await guess(`op_guess-number-${at}`);
    statements = 0;
    for (let at = 0; at < 10; at += 1) expect(await guess(revoked)).toEqual(REFUSED);
    expect(statements).toBe(1);
  });

  it("keeps its memo while thousands of tokens and pool names are tried", { timeout: 60_000 }, async () => {
    await relay.ask(PATH);
    const memo = () => relay.isolate.callers.get(hashToken(relay.callerToken));
    expect(memo()?.value).toMatchObject({ githubLogin: "alice" });
    const tries = Array.from({ length: 6_000 }, (_, at) => at);
    const settled = [];
    for (const at of tries) {
      const own = at % 2 === 0;
      const init = relay.init(PATH, own ? { pool: `pool-${at}` } : { token: `op_guess-number-${at}` });
      const headers = new Headers(init.headers);
      headers.set("cf-connecting-ip", `10.0.${at % 250}.${Math.floor(at / 250)}`);
      const one = await relay.fetchOpen("/v1/github/request", { ...init, headers });
      expect(one.response.status).toBe(401);
      settled.push(one.settled);
    }
    await Promise.all(settled);
    expect(memo()?.value).toMatchObject({ githubLogin: "alice" });
  });

  it("with a wrong pool is read again at most once a second", async () => {
    await relay.ask(PATH);
    statements = 0;
    for (let at = 0; at < 50; at += 1) expect(await guess(relay.callerToken, { pool: `pool-${at}` })).toEqual(REFUSED);
    expect(statements).toBeLessThanOrEqual(1);
  });
});

describe("the other doors", () => {
  it("tell a guesser of the admin token to wait, with retry-after, and never the right one", async () => {
    const ask = (token: string) =>
      relay.fetch(`/v1/admin/pools/${POOL}`, { headers: { authorization: `Bearer ${token}` } });
    for (let at = 0; at < 20; at += 1) expect((await ask(`wrong-${at}`)).status).toBe(401);
    const limited = await ask("wrong-again");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(limited.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(await limited.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect((await ask(ADMIN_TOKEN)).status).toBe(200);
    relay.later(61_000);
    expect((await ask("wrong-later")).status).toBe(401);
  });

  it("tell the eleventh login of a minute to wait, and ask GitHub about none of the rest", async () => {
    relay.newIsolate();
    const body = { github_token: tokenOf("nobody"), pool: POOL };
    for (let at = 0; at < 10; at += 1) expect((await relay.post("/v1/login/github-cli", body)).status).toBe(401);
    await relay.github.clearLog();
    const limited = await relay.post("/v1/login/github-cli", { ...body, github_token: tokenOf("alice") });
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, expect.stringMatching(/^\d{1,2}$/)]);
    expect(await relay.github.log()).toEqual([]);
    const elsewhere = await relay.post("/v1/login/github-cli", body, { "cf-connecting-ip": "192.0.2.7" });
    expect(elsewhere.status).toBe(401);
  });
});
