import { beforeEach, describe, expect, it } from "vitest";
import { listAdminEvents } from "../../../server/store/admin-events.ts";
import { findIdentity } from "../../../server/store/identities.ts";
import { countRows } from "../store/rows.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

async function admin(method: string, path: string, body?: unknown) {
  const response = await relay.admin(method, path, body);
  const answer = (await response.json()) as { error?: { code: string; details?: Record<string, string> } } & Record<
    string,
    unknown
  >;
  return { status: response.status, code: answer.error?.code, field: answer.error?.details?.["field"], answer };
}

const IDENTITY = {
  id: "pat_alice",
  kind: "pat",
  login: "alice",
  secret_ref: "PAT_ALICE",
  scopes: [{ owner: "Acme", repo: "Widget", allow_private: true }],
};
const identities = `/v1/admin/pools/${POOL}/identities`;

describe("the admin doors", () => {
  const doors = [
    ["POST", "/v1/admin/callers"],
    ["POST", "/v1/admin/operators"],
    ["GET", `/v1/admin/pools/${POOL}`],
    ["PUT", `/v1/admin/pools/${POOL}`],
    ["POST", identities],
  ] as const;

  it.each(doors)("%s %s opens to the admin token only", async (method, path) => {
    const ask = (authorization?: string) =>
      relay.fetch(path, {
        method,
        headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
        ...(method === "GET" ? {} : { body: "{}" }),
      });
    expect(await (await ask()).json()).toMatchObject({ error: { code: "missing_auth" } });
    expect(await (await ask(`Bearer ${await relay.login("alice")}`)).json()).toMatchObject({
      error: { code: "invalid_admin_auth" },
    });
    relay.setVars({ OCTOPOOL_ADMIN_TOKEN: null });
    expect(await (await ask("Bearer anything")).json()).toMatchObject({ error: { code: "admin_unconfigured" } });
  });

  it("tell a guesser to wait after 20 failures, and never the right token", async () => {
    const guess = () => relay.fetch(`/v1/admin/pools/${POOL}`, { headers: { authorization: "Bearer wrong" } });
    for (let attempt = 0; attempt < 20; attempt += 1) expect((await guess()).status).toBe(401);
    const limited = await guess();
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await relay.admin("PUT", `/v1/admin/pools/${POOL}`, { policy: {} })).status).toBe(400);
  });
});

describe("registering a caller", () => {
  it("needs the membership and leaves an event without the token", async () => {
    const { status, answer } = await admin("POST", "/v1/admin/callers", {
      pool: POOL,
      github_login: "Bob",
      name: "Bob B.",
    });
    expect(status).toBe(201);
    expect(answer["caller"]).toMatchObject({
      id: "gh_102",
      github_login: "bob",
      name: "Bob B.",
      client_name: "admin",
      pool: POOL,
    });
    const events = await listAdminEvents(relay.db, POOL, 10);
    expect(events.map(({ action }) => action).sort()).toEqual(["caller.create", "pool.create"]);
    expect(JSON.stringify(events)).not.toContain(String(answer["token"]));
  });

  it.each([
    { name: "nobody", login: "no-such-user", code: "caller_not_found", status: 404 },
    { name: "somebody outside", login: "mallory", code: "org_member_denied", status: 403 },
    { name: "a path", login: "a/../b", code: "invalid_request", status: 400 },
  ])("that is $name is $code and creates not even the pool", async ({ login, code, status }) => {
    expect(await admin("POST", "/v1/admin/callers", { pool: POOL, github_login: login })).toMatchObject({
      status,
      code,
    });
    expect(await countRows("pools")).toBe(0);
  });

  it("cannot be done without the organization's token", async () => {
    relay.setVars({ OCTOPOOL_GITHUB_ORG_TOKEN: null });
    const answer = await admin("POST", "/v1/admin/callers", { pool: POOL, github_login: "bob" });
    expect(answer).toMatchObject({ status: 503, code: "org_verification_unavailable" });
  });
});

describe("operators", () => {
  it("are made of members and unmade without asking GitHub", async () => {
    const made = await admin("POST", "/v1/admin/operators", { pool: POOL, github_login: "bob", role: "admin" });
    expect(made.answer["caller"]).toEqual({ id: "gh_102", github_login: "bob", dashboard_role: "admin", pool: POOL });
    await relay.github.setOrgMember("acme-inc", "bob", false);
    await relay.github.clearLog();
    const unmade = await admin("POST", "/v1/admin/operators", { pool: POOL, github_login: "BOB", role: "none" });
    expect(unmade).toMatchObject({ status: 200, answer: { caller: { dashboard_role: "none" } } });
    expect(await relay.github.log()).toEqual([]);
  });

  it.each([
    {
      name: "from outside the organization",
      body: { pool: POOL, github_login: "mallory", role: "admin" },
      code: "org_member_denied",
    },
    {
      name: "of a role nobody knows",
      body: { pool: POOL, github_login: "bob", role: "root" },
      code: "invalid_request",
    },
    {
      name: "nobody has heard of",
      body: { pool: POOL, github_login: "ghost", role: "none" },
      code: "caller_not_found",
    },
  ])("$name are $code", async ({ body, code }) => {
    expect(await admin("POST", "/v1/admin/operators", body)).toMatchObject({ code });
  });
});

describe("putting an identity", () => {
  it("stores scopes lower-cased and takes a star for public repositories only", async () => {
    const put = await admin("POST", identities, {
      ...IDENTITY,
      public_only: true,
      scopes: [...IDENTITY.scopes, { owner: "*", allow_private: true }],
    });
    expect(put).toMatchObject({
      status: 201,
      answer: { identity: { weight: 100, installation_id: null, public_only: true, pool: POOL } },
    });
    expect((await findIdentity(relay.db, "pat_alice"))?.scopes).toEqual([
      { owner: "*", repo: undefined, allowPrivate: false },
      { owner: "acme", repo: "widget", allowPrivate: true },
    ]);
  });

  it.each([
    {
      name: "a setting of the service",
      change: { secret_ref: "OCTOPOOL_ADMIN_TOKEN" },
      code: "secret_ref_reserved",
      field: undefined,
    },
    { name: "a binding", change: { secret_ref: "ACTIONS_LOGS" }, code: "secret_ref_reserved", field: undefined },
    { name: "no secret's name", change: { secret_ref: "ghp_abc" }, code: "invalid_request", field: "secret_ref" },
    { name: "a kind nobody knows", change: { kind: "oauth" }, code: "identity_kind_unsupported", field: undefined },
    {
      name: "an App without installation",
      change: { kind: "github_app", installation_id: 0 },
      code: "installation_id_required",
      field: undefined,
    },
    {
      name: "a scope without owner",
      change: { scopes: [{ repo: "widget" }] },
      code: "invalid_request",
      field: "scopes.0.owner",
    },
  ])("of $name is $code", async ({ change, code, field }) => {
    expect(await admin("POST", identities, { ...IDENTITY, ...change })).toMatchObject({ status: 400, code, field });
    expect(await countRows("identities")).toBe(0);
  });

  it("in a pool of a strange name is refused", async () => {
    expect(await admin("POST", "/v1/admin/pools/a%2Fb/identities", IDENTITY)).toMatchObject({
      status: 400,
      field: "pool",
    });
  });
});

describe("a pool's policy", () => {
  const path = `/v1/admin/pools/${POOL}`;

  it("is read as it was put, version by version", async () => {
    expect(await admin("GET", path)).toMatchObject({ status: 404, code: "pool_not_found" });
    await relay.setPolicy({ allow_search: true });
    const { answer } = await admin("GET", path);
    expect(answer).toMatchObject({ pool: POOL, policy_version: 1, policy: { allow_search: true } });
    const again = await admin("PUT", path, { policy: { ...(answer["policy"] as object), allowed_owners: ["Beta"] } });
    expect(again.answer).toMatchObject({ policy_version: 2, policy: { allowed_owners: ["beta"] } });
  });

  it.each([
    { name: "a member nobody knows", change: { allow_everything: true }, field: "allow_everything" },
    { name: "a yes in a string", change: { allow_logs: "yes" }, field: "allow_logs" },
    { name: "a member missing", change: { allow_logs: undefined }, field: "allow_logs" },
  ])("with $name is refused by name and changes nothing", async ({ change, field }) => {
    await relay.setPolicy({});
    const { answer } = await admin("GET", path);
    const put = await admin("PUT", path, { policy: { ...(answer["policy"] as object), ...change } });
    expect(put).toMatchObject({ status: 400, code: "invalid_policy", field });
    expect((await admin("GET", path)).answer).toEqual(answer);
  });

  it("that cannot be read is shown as none and can be put anew", async () => {
    await relay.setPolicy({});
    await relay.db.$client.prepare("UPDATE pools SET policy = '{'").run();
    expect((await admin("GET", path)).answer).toMatchObject({ policy: null });
    await relay.setPolicy({});
    expect((await admin("GET", path)).answer).toMatchObject({ policy_version: 2, policy: { allow_logs: true } });
  });
});
