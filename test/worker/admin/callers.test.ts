/** The callers room's API: who is who, what each used, and what each lever does. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CallersView, ProvisionedView } from "../../../shared/dashboard/callers.ts";
import { makeOperator } from "../support/browser.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const ALICE = "gh_101";
const BOB = "gh_102";

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
});

const list = (input: object = {}) => bench.ask<CallersView>("callers.list", input);
const bob = async () => (await list({ text: "bob" })).rows[0];
const works = async (token: string) =>
  (await bench.relay.fetch(`/v1/pools/${POOL}/health`, { headers: { authorization: `Bearer ${token}` } })).status;

describe("the list", () => {
  it("shows callers with their clients, and what each used in the window", async () => {
    await bench.relay.login("bob", "ci");
    await bench.traffic([
      { callerId: BOB, clientName: "ci", quotaUnits: 1, cache: "miss", upstreamCalls: 1 },
      { callerId: BOB, clientName: "ci" },
      {
        callerId: BOB,
        clientName: "old",
        routeKind: "issue_view",
        errorCode: "fallback_local",
        fallbackReason: "no_identity",
      },
      { callerId: BOB, clientName: "ci", ago: 8 * 86_400_000 },
    ]);
    const view = await list();
    expect(view.rows.map(({ login, isSelf, isOperator }) => [login, isSelf, isOperator])).toEqual([
      ["alice", true, true],
      ["bob", false, false],
    ]);
    expect(await bob()).toMatchObject({
      id: BOB,
      requests: 3,
      saved: 1,
      fallbacks: 1,
      grants: [{ pool: POOL, granted: true }],
      topRoutes: [
        { routeKind: "pr_view", requests: 2 },
        { routeKind: "issue_view", requests: 1 },
      ],
      clients: [
        { name: "ci", requests: 2, createdAt: expect.any(Number) },
        { name: "old", requests: 1, createdAt: null },
      ],
    });
  });

  it("comes page by page, and by a part of the login or name", async () => {
    await bench.relay.login("bob");
    const first = await list({ limit: 1 });
    expect(first.rows.map(({ login }) => login)).toEqual(["alice"]);
    expect((await list({ limit: 1, cursor: first.next })).rows.map(({ login }) => login)).toEqual(["bob"]);
    expect((await list({ text: "%" })).rows).toEqual([]);
    expect(codeOf(await bench.browser.query("callers.list", { pool: POOL, cursor: "x" }))).toBe("invalid_request");
  });

  it("looks at no more than thirty days", async () => {
    const window = { from: 1, to: Date.now() };
    expect(codeOf(await bench.browser.query("callers.list", { pool: POOL, window }))).toBe("invalid_window");
  });

  it("holds no hash of a token and no pool of another operator", async () => {
    await bench.relay.login("bob");
    await makeOperator(bench.relay, "bob", "admin", "hidden-pool");
    const text = JSON.stringify(await list());
    const { results } = await bench.relay.db.$client.prepare("SELECT token_hash AS hash FROM caller_tokens").all();
    expect(results.length).toBeGreaterThan(1);
    for (const { hash } of results) expect(text).not.toContain(hash);
    expect(text).not.toContain("hidden-pool");
    expect(await bob()).toMatchObject({ holdsOtherPools: true });
  });
});

describe("provisioning", () => {
  it("lets a member in, with a token that works and is nowhere stored", async () => {
    const { data } = await bench.act("callers.provision", { login: "bob", clientName: "ci.local" });
    const { token, ...rest } = data as ProvisionedView;
    expect(rest).toEqual({ login: "bob", clientName: "ci" });
    expect(await works(token)).toBe(200);
    expect((await bench.log())[0]).toMatchObject({ actor: "alice", action: "caller.create", subject: "bob" });
    expect(JSON.stringify([await bench.log(), await list()])).not.toContain(token);
  });

  it.each([
    { name: "somebody from outside", login: "mallory", code: "org_member_denied" },
    { name: "nobody", login: "nobody-at-all", code: "caller_not_found" },
    { name: "no login", login: "a b", code: "invalid_request" },
  ])("of $name is $code, and nothing is written", async ({ login, code }) => {
    const before = await bench.log();
    expect(codeOf(await bench.act("callers.provision", { login }))).toBe(code);
    expect(await bench.log()).toEqual(before);
  });

  it("makes no token for a caller who holds pools that the operator does not", async () => {
    await makeOperator(bench.relay, "bob", "admin", "another");
    expect(codeOf(await bench.act("callers.provision", { login: "bob" }))).toBe("caller_elsewhere");
  });
});

describe("levers", () => {
  let token: string;
  beforeEach(async () => {
    token = await bench.relay.login("bob", "laptop");
  });

  it("disabling shuts a caller out at once, enabling lets him in again", async () => {
    expect(await works(token)).toBe(200);
    expect((await bench.act("callers.disable", { callerId: BOB })).status).toBe(200);
    expect([await works(token), (await bob())?.disabledAt]).toEqual([401, expect.any(Number)]);
    await bench.act("callers.enable", { callerId: BOB });
    expect([await works(token), (await bob())?.disabledAt]).toEqual([200, null]);
    expect((await bench.log()).slice(0, 2)).toMatchObject([
      { action: "caller.enable", before: { disabled: true }, after: { disabled: false } },
      { action: "caller.disable", before: { disabled: false }, after: { disabled: true } },
    ]);
  });

  it("revoking a client ends its token and no other", async () => {
    const other = await bench.relay.login("bob", "ci");
    expect((await bench.act("callers.revokeClient", { callerId: BOB, clientName: "laptop" })).status).toBe(200);
    expect([await works(token), await works(other)]).toEqual([401, 200]);
    expect((await bench.log())[0]).toMatchObject({ action: "client.revoke", subject: `${BOB}/laptop` });
    const again = await bench.act("callers.revokeClient", { callerId: BOB, clientName: "laptop" });
    expect(codeOf(again)).toBe("client_not_found");
  });

  it("a grant is taken and given, in the pools that the operator holds", async () => {
    await makeOperator(bench.relay, "alice", "admin", "second");
    const grant = (grantPool: string, granted: boolean) =>
      bench.act("callers.setGrant", { callerId: BOB, grantPool, granted });
    await grant(POOL, false);
    expect(await works(token)).toBe(401);
    await grant("second", true);
    expect((await bob())?.grants).toEqual([
      { pool: POOL, granted: false },
      { pool: "second", granted: true },
    ]);
    expect((await bench.log())[0]).toMatchObject({ action: "caller.revoke", before: { granted: true } });
    expect(codeOf(await grant("third", true))).toBe("pool_not_held");
  });

  it.each([
    { lever: "disable", input: {} },
    { lever: "enable", input: {} },
    { lever: "revokeClient", input: { clientName: "laptop" } },
  ])("$lever does not reach into pools that the operator does not hold", async ({ lever, input }) => {
    await makeOperator(bench.relay, "bob", "admin", "another");
    const before = await bench.log();
    expect(codeOf(await bench.act(`callers.${lever}`, { callerId: BOB, ...input }))).toBe("caller_elsewhere");
    expect(await works(token)).toBe(200);
    expect(await bench.log()).toEqual(before);
  });

  it.each([
    { lever: "disable", input: {} },
    { lever: "setGrant", input: { grantPool: POOL, granted: false } },
  ])("$lever does not take the operator's own access", async ({ lever, input }) => {
    expect(codeOf(await bench.act(`callers.${lever}`, { callerId: ALICE, ...input }))).toBe("own_access");
  });

  it.each([
    { lever: "disable", input: {} },
    { lever: "enable", input: {} },
    { lever: "revokeClient", input: { clientName: "laptop" } },
    { lever: "setGrant", input: { grantPool: POOL, granted: true } },
  ])("$lever knows nobody of another pool", async ({ lever, input }) => {
    expect(codeOf(await bench.act(`callers.${lever}`, { callerId: "gh_999", ...input }))).toBe("caller_not_found");
    expect(codeOf(await bench.act(`callers.${lever}`, { callerId: "bob", ...input }))).toBe("invalid_request");
  });
});
