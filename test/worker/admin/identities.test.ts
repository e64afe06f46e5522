/** The identities room's API: what it shows, and what each lever does and leaves in the admin log. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { IdentitiesView, IdentityCheck } from "../../../shared/dashboard/identities.ts";
import { findIdentity } from "../../../server/store/identities.ts";
import { tokenOf } from "../../github/client.ts";
import { makeOperator } from "../support/browser.ts";
import { ADMIN_TOKEN, POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

/** A fill that failed is shared for two seconds, so what is asked again is another question. */
const PATH = "/repos/acme/widget/pulls/7";
const NEXT = "/repos/acme/widget/pulls/8";
const BOB = { id: "pat_bob", kind: "pat", login: "bob", secret_ref: "PAT_BOB", scopes: [{ owner: "Acme" }] };
const alice = { identityId: "pat_alice" };

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
});

const list = () => bench.ask<IdentitiesView>("identities.list");
const only = async () => {
  const [row] = (await list()).rows;
  if (row === undefined) throw new Error("no identity");
  return row;
};

describe("the list", () => {
  it("shows what is stored, whether the secret is there, and how the identity stands", async () => {
    await bench.relay.spendAnonymousQuota();
    expect((await bench.relay.ask(PATH)).envelope.status).toBe(200);
    const row = await only();
    expect(row).toMatchObject({
      id: "pat_alice",
      kind: "pat",
      login: "alice",
      status: "active",
      secretRef: "PAT_ALICE",
      secretPresent: true,
      problem: null,
      scopes: [{ owner: "*", repo: null, allowPrivate: false }],
    });
    const core = row.standing?.resources.find(({ resource }) => resource === "core");
    expect(core).toMatchObject({ limit: 5000 });
    expect(core?.remaining).toBeLessThan(5000);
    expect(JSON.stringify(row)).not.toContain(tokenOf("alice"));
  });

  it("names a missing secret, and what to do about it", async () => {
    bench.relay.setVars({ PAT_ALICE: null });
    expect(await only()).toMatchObject({ secretPresent: false, problem: { code: "identity_secret_missing" } });
  });

  it("says which share of the pool's units each spent in the last hour", async () => {
    await bench.traffic([
      { identityId: "pat_alice", quotaUnits: 3, backend: "github_identity", ago: 30 * 60_000 },
      { identityId: "pat_bob", quotaUnits: 1, backend: "github_identity" },
      { identityId: "pat_alice", quotaUnits: 9, backend: "github_identity", ago: 61 * 60_000 },
    ]);
    expect((await only()).lastHour).toEqual({ requests: 1, units: 3, share: 0.75, burnPerMinute: 0 });
  });

  it("goes on without standings where the coordinator does not answer", async () => {
    bench.relay.setBindings({
      POOL_COORDINATOR: {
        idFromName: () => ({}),
        get: () => ({ snapshot: () => Promise.reject(new Error("restarting")) }),
        getByName: () => ({ snapshot: () => Promise.reject(new Error("restarting")) }),
      },
    });
    expect(await list()).toMatchObject({ coordinatorAnswered: false, rows: [{ id: "pat_alice", standing: null }] });
  });

  it("comes page by page", async () => {
    await bench.relay.addIdentity("pat_bob");
    const first = await bench.ask<IdentitiesView>("identities.list", { limit: 1 });
    expect(first).toMatchObject({ rows: [{ id: "pat_alice" }], next: "pat_alice" });
    const second = await bench.ask<IdentitiesView>("identities.list", { limit: 1, cursor: first.next });
    expect(second).toMatchObject({ rows: [{ id: "pat_bob" }], next: null });
  });

  it("keeps a repository that is not known to be public out of rests and leases", async () => {
    const about = { identityId: "pat_alice", kind: "pat", resource: "core", durationMs: 1 } as const;
    const coordinator = env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${POOL}`));
    await coordinator.report([
      { ...about, routeKey: "pr_view acme/classified", result: { kind: "forbidden" } },
      { ...about, routeKey: "pr_view acme/widget", result: { kind: "forbidden" } },
    ]);
    await bench.relay.ask("/repos/acme/widget");
    const on = (await only()).standing?.cooldowns.map((cooldown) => cooldown.on).toSorted();
    expect(on).toEqual(["pr_view", "pr_view acme/widget"]);
  });
});

describe("adding and editing", () => {
  it("stores an identity, and the log says who and what", async () => {
    expect((await bench.act("identities.put", { mode: "add", identity: BOB })).status).toBe(200);
    expect(await findIdentity(bench.relay.db, "pat_bob")).toMatchObject({ poolId: POOL, scopes: [{ owner: "acme" }] });
    expect((await bench.log())[0]).toMatchObject({ actor: "alice", action: "identity.put", subject: "pat_bob" });
    const edited = await bench.act("identities.put", { mode: "edit", identity: { ...BOB, weight: 50 } });
    expect(edited.status).toBe(200);
    expect((await bench.log())[0]).toMatchObject({ before: { weight: 100 }, after: { weight: 50 } });
  });

  it("serves with a new identity at once", async () => {
    await bench.act("identities.remove", alice);
    await bench.relay.spendAnonymousQuota();
    const before = await bench.relay.ask(PATH);
    expect(before.envelope.error?.details?.["reason"]).toBeDefined();
    await bench.act("identities.put", { mode: "add", identity: { ...BOB, scopes: [{ owner: "*" }] } });
    expect((await bench.relay.ask(NEXT)).envelope.identity).toEqual({ id: "pat_bob", kind: "pat" });
  });

  it("said twice is no conflict with itself", async () => {
    await bench.act("identities.put", { mode: "add", identity: BOB });
    expect((await bench.act("identities.put", { mode: "add", identity: BOB })).status).toBe(200);
  });

  it.each([
    { name: "an id that is there", mode: "add", change: { id: "pat_alice" }, code: "identity_conflict" },
    { name: "an id that is not there", mode: "edit", change: {}, code: "identity_not_found" },
    {
      name: "a setting of the service",
      mode: "add",
      change: { secret_ref: "METRICS_TOKEN" },
      code: "secret_ref_reserved",
    },
    { name: "no secret's name", mode: "add", change: { secret_ref: "ghp_abc" }, code: "invalid_request" },
    { name: "a kind nobody knows", mode: "add", change: { kind: "oauth" }, code: "identity_kind_unsupported" },
    {
      name: "an App without installation",
      mode: "add",
      change: { kind: "github_app" },
      code: "installation_id_required",
    },
    { name: "a scope without owner", mode: "add", change: { scopes: [{ repo: "x" }] }, code: "invalid_request" },
    { name: "another kind of change", mode: "upsert", change: {}, code: "invalid_request" },
  ])("of $name is $code, and nothing is written", async ({ mode, change, code }) => {
    const before = await bench.log();
    expect(codeOf(await bench.act("identities.put", { mode, identity: { ...BOB, ...change } }))).toBe(code);
    expect(await bench.log()).toEqual(before);
  });

  it("takes no secret that another pool uses, unless the admin token put it there", async () => {
    const other = { ...BOB, id: "pat_other" };
    await bench.relay.admin("POST", "/v1/admin/pools/another/identities", other);
    expect(codeOf(await bench.act("identities.put", { mode: "add", identity: BOB }))).toBe("secret_ref_elsewhere");
    expect(codeOf(await bench.act("identities.put", { mode: "add", identity: other }))).toBe("identity_conflict");
    await bench.relay.admin("POST", `/v1/admin/pools/${POOL}/identities`, BOB);
    expect((await bench.act("identities.put", { mode: "edit", identity: { ...BOB, weight: 9 } })).status).toBe(200);
  });
});

describe("levers", () => {
  it("pausing takes it out of selection at once, resuming puts it back", async () => {
    await bench.relay.spendAnonymousQuota();
    await bench.act("identities.pause", alice);
    expect((await only()).status).toBe("paused");
    expect((await bench.relay.ask(PATH)).envelope.error?.details?.["reason"]).toBe("no_identity");
    await bench.act("identities.resume", alice);
    expect((await bench.relay.ask(NEXT)).envelope.status).toBe(200);
    expect((await bench.log()).slice(0, 2)).toMatchObject([
      { action: "identity.resume", before: { status: "paused" }, after: { status: "active" } },
      { action: "identity.pause", before: { status: "active" }, after: { status: "paused" } },
    ]);
  });

  it("clearing a cooldown ends it, and the log keeps what it was", async () => {
    await bench.relay.github.removeToken(tokenOf("alice"));
    await bench.act("identities.test", alice);
    expect((await only()).standing?.cooldowns).toMatchObject([{ scope: "identity", cause: "unauthorized" }]);
    await bench.act("identities.clearCooldowns", alice);
    expect((await only()).standing?.cooldowns).toEqual([]);
    expect((await bench.log())[0]).toMatchObject({
      action: "identity.clear_cooldowns",
      before: { rests: [{ scope: "identity", cause: "unauthorized" }] },
    });
  });

  it("deleting takes identity and scopes away, and the log keeps what they were", async () => {
    expect((await bench.act("identities.remove", alice)).status).toBe(200);
    expect((await list()).rows).toEqual([]);
    expect((await bench.log())[0]).toMatchObject({
      action: "identity.delete",
      before: { id: "pat_alice" },
      after: null,
    });
  });

  it.each(["pause", "resume", "clearCooldowns", "test", "remove"])(
    "%s knows no identity of another pool",
    async (lever) => {
      await makeOperator(bench.relay, "bob", "admin", "another");
      await bench.relay.admin("POST", "/v1/admin/pools/another/identities", { ...BOB, id: "pat_other" });
      const before = await bench.log();
      for (const identityId of ["pat_other", "pat_nobody"])
        expect(codeOf(await bench.act(`identities.${lever}`, { identityId }))).toBe("identity_not_found");
      expect(await bench.log()).toEqual(before);
      expect(await findIdentity(bench.relay.db, "pat_other")).toMatchObject({ status: "active" });
    },
  );
});

describe("testing an identity", () => {
  const test = async () => (await bench.act("identities.test", alice)).data as IdentityCheck;

  it("asks GitHub once, for nothing, and shows what the credential has left and may see", async () => {
    const check = await test();
    expect(check).toMatchObject({ kind: "accepted", scopes: ["public_repo", "read:org"], publicOnlyConfirmed: false });
    const log = await bench.relay.github.log();
    expect(log.map(({ path, credential, charged }) => ({ path, credential, charged }))).toEqual([
      { path: "/rate_limit", credential: "alice", charged: 0 },
    ]);
    expect((await only()).standing).toMatchObject({ inFlight: 0, leases: [] });
    expect((await only()).standing?.resources.map(({ resource }) => resource)).toContain("core");
    expect((await bench.log())[0]).toMatchObject({ action: "identity.test", after: { result: "accepted" } });
  });

  it.each([
    { name: "shows that it has none", scopes: [], confirmed: true, shown: [] },
    { name: "shows none for its kind", scopes: null, confirmed: false, shown: null },
  ])("confirms public_only only where GitHub $name", async ({ scopes, confirmed, shown }) => {
    await bench.relay.github.addToken({ token: tokenOf("alice"), login: "alice", scopes });
    expect(await test()).toMatchObject({ kind: "accepted", scopes: shown, publicOnlyConfirmed: confirmed });
  });

  it("of a revoked credential shows the refusal and rests the identity", async () => {
    await bench.relay.github.removeToken(tokenOf("alice"));
    expect(await test()).toMatchObject({ kind: "refused", githubStatus: 401, cause: "unauthorized" });
    expect((await only()).standing?.cooldowns).toMatchObject([{ cause: "unauthorized" }]);
  });

  it("without its secret asks nobody", async () => {
    bench.relay.setVars({ PAT_ALICE: null });
    expect(await test()).toMatchObject({ kind: "unusable", problem: { code: "identity_secret_missing" } });
    expect(await bench.relay.github.log()).toEqual([]);
  });

  it("answers nothing that is a secret", async () => {
    const answer = JSON.stringify([await test(), await list(), await bench.log()]);
    for (const secret of [tokenOf("alice"), tokenOf("octocat"), ADMIN_TOKEN, bench.relay.callerToken])
      expect(answer).not.toContain(secret);
  });
});
