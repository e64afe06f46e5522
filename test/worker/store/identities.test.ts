import { describe, expect, it } from "vitest";
import { listAdminEvents } from "../../../server/store/admin-events.ts";
import {
  deleteIdentity,
  findIdentity,
  putIdentity,
  secretUsedElsewhere,
  setIdentityStatus,
} from "../../../server/store/identities.ts";
import { createPool, loadPool, savePolicy } from "../../../server/store/pools.ts";
import { anAct, anIdentityPut, countRows, POLICY, theDb } from "./rows.ts";

const put = (changes: Parameters<typeof anIdentityPut>[0] = {}) =>
  putIdentity(theDb(), anIdentityPut(changes), POLICY, anAct());
const scope = (owner: string, repo?: string, allowPrivate = false) => ({ owner, repo, allowPrivate });

describe("putting an identity", () => {
  it("creates its pool at the first mention, with the default policy", async () => {
    await put();
    expect(await loadPool(theDb(), "maintainers")).toMatchObject({
      policyText: JSON.stringify(POLICY),
      policyVersion: 1,
    });
  });

  it("again updates it and replaces the scopes, and keeps what was not said", async () => {
    await put({ weight: 7, publicOnly: true, scopes: [scope("acme"), scope("beta")] });
    expect(await put({ login: "alice2", scopes: [scope("gamma", "widget", true)] })).toEqual({
      kind: "saved",
      weight: 7,
      publicOnly: true,
    });
    expect(await findIdentity(theDb(), "pat_alice")).toMatchObject({
      login: "alice2",
      weight: 7,
      publicOnly: true,
      scopes: [scope("gamma", "widget", true)],
    });
  });

  it("does not resume a paused identity", async () => {
    await put();
    await setIdentityStatus(theDb(), { poolId: "maintainers", id: "pat_alice", status: "paused" }, anAct());
    await put();
    expect(await findIdentity(theDb(), "pat_alice")).toMatchObject({ status: "paused" });
  });

  it.each([
    { name: "another pool", changes: { poolId: "finance" } },
    { name: "another kind", changes: { kind: "github_app" as const, installationId: 42 } },
  ])("of $name is a conflict that writes nothing at all", async ({ changes }) => {
    await put({ scopes: [scope("acme")] });
    expect(await put({ ...changes, scopes: [scope("evil")] })).toEqual({ kind: "conflict" });
    expect(await findIdentity(theDb(), "pat_alice")).toMatchObject({
      poolId: "maintainers",
      kind: "pat",
      scopes: [scope("acme")],
    });
    expect(await countRows("pools")).toBe(1);
    expect(await countRows("admin_events", "action = 'identity.put'")).toBe(1);
  });

  it("reads two scopes of one repository as the narrower", async () => {
    await put({ scopes: [scope("acme", "widget", true), scope("acme", "widget", false)] });
    expect((await findIdentity(theDb(), "pat_alice"))?.scopes).toEqual([scope("acme", "widget", false)]);
  });

  it("tells when another pool names the same secret", async () => {
    await put();
    expect(await secretUsedElsewhere(theDb(), "PAT_ALICE", "finance")).toBe(true);
    expect(await secretUsedElsewhere(theDb(), "PAT_ALICE", "maintainers")).toBe(false);
  });

  it("is in the audit log with what it was before", async () => {
    await put({ weight: 5 });
    await put({ weight: 6 });
    const [last] = await listAdminEvents(theDb(), "maintainers", 1);
    expect(last).toMatchObject({ action: "identity.put", subject: "pat_alice", actor: "admin-token" });
    expect(JSON.parse(last?.before ?? "null")).toMatchObject({ weight: 5 });
    expect(JSON.parse(last?.after ?? "null")).toMatchObject({ weight: 6 });
  });
});

describe("deleting an identity", () => {
  it("takes its scopes along and touches no other pool's", async () => {
    await put({ scopes: [scope("acme")] });
    expect(await deleteIdentity(theDb(), "finance", "pat_alice", anAct())).toBe(false);
    expect(await deleteIdentity(theDb(), "maintainers", "pat_alice", anAct())).toBe(true);
    expect(await countRows("identity_scopes")).toBe(0);
  });
});

describe("a policy", () => {
  it("is saved only over the version that was read", async () => {
    await createPool(theDb(), "maintainers", POLICY, anAct());
    const known = { id: "maintainers", policyText: JSON.stringify(POLICY), policyVersion: 1 };
    expect(await savePolicy(theDb(), known, { ...POLICY, allow_search: true }, anAct())).toBe(2);
    expect(await savePolicy(theDb(), known, POLICY, anAct())).toBeUndefined();
    expect(await countRows("admin_events", "action = 'policy.save'")).toBe(1);
  });

  it("of a pool that exists is not replaced by creating it again", async () => {
    expect(await createPool(theDb(), "maintainers", POLICY, anAct())).toBe(true);
    expect(await createPool(theDb(), "maintainers", { other: true }, anAct())).toBe(false);
    expect(await countRows("admin_events", "action = 'pool.create'")).toBe(1);
  });
});
