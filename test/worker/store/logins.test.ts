import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  findCallerByTokenHash,
  recordDenial,
  recordMembership,
  setCallerDisabled,
  setPoolGrant,
} from "../../../server/store/callers.ts";
import { MAX_CLIENTS, revokeClient, saveLogin } from "../../../server/store/logins.ts";
import { endDashboardRole, setDashboardRole } from "../../../server/store/operators.ts";
import { startSession, findSession } from "../../../server/store/sessions.ts";
import { aLogin, aMember, anAct, countRows, NOON, POLICY, theDb } from "./rows.ts";

const poolId = "maintainers";
const callerId = "gh_101";

describe("a login", () => {
  it("creates the caller, grants the pool and makes the token findable", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    expect(await findCallerByTokenHash(theDb(), "hash-1")).toMatchObject({
      id: callerId,
      githubLogin: "Alice",
      name: "Alice",
      clientName: "laptop",
      poolIds: [poolId],
      membershipVerifiedAt: NOON,
      disabled: false,
    });
  });

  it("replaces the token of the same caller and client only", async () => {
    await saveLogin(theDb(), aLogin({ clientName: "laptop", tokenHash: "old" }), anAct());
    await saveLogin(theDb(), aLogin({ clientName: "desk", tokenHash: "desk" }), anAct());
    await saveLogin(
      theDb(),
      aLogin({ member: aMember({ githubUserId: 102, githubLogin: "bob" }), tokenHash: "bob" }),
      anAct(),
    );
    await saveLogin(theDb(), aLogin({ clientName: "laptop", tokenHash: "new" }), anAct());
    expect(await findCallerByTokenHash(theDb(), "old")).toBeUndefined();
    for (const live of ["new", "desk", "bob"]) expect(await findCallerByTokenHash(theDb(), live)).toBeDefined();
  });

  it("of a seventeenth client retires the least recently updated one", async () => {
    for (let index = 0; index <= MAX_CLIENTS; index += 1) {
      // The second client renews its token last of all, so the first but one is not the oldest any more.
      await saveLogin(
        theDb(),
        aLogin({ clientName: `c${index}`, tokenHash: `t${index}` }),
        anAct({ at: NOON + index }),
      );
      if (index === 1)
        await saveLogin(theDb(), aLogin({ clientName: "c0", tokenHash: "t0-again" }), anAct({ at: NOON + index }));
    }
    expect(await findCallerByTokenHash(theDb(), "t1")).toBeUndefined();
    expect(await findCallerByTokenHash(theDb(), "t0-again")).toBeDefined();
    expect(await countRows("caller_tokens", "revoked_at IS NULL")).toBe(MAX_CLIENTS);
  });

  it("keeps the new token even when the clock stood still over all logins", async () => {
    for (let index = 0; index <= MAX_CLIENTS; index += 1) {
      await saveLogin(theDb(), aLogin({ clientName: `c${index}`, tokenHash: `t${index}` }), anAct());
    }
    expect(await findCallerByTokenHash(theDb(), `t${MAX_CLIENTS}`)).toBeDefined();
    expect(await findCallerByTokenHash(theDb(), "t0")).toBeUndefined();
  });

  it("follows the GitHub user id through a new login name", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    const renamed = aLogin({ member: aMember({ githubLogin: "alice-new" }), clientName: "desk", tokenHash: "hash-2" });
    expect(await saveLogin(theDb(), renamed, anAct())).toMatchObject({ id: callerId, githubLogin: "alice-new" });
    expect(await countRows("callers")).toBe(1);
  });

  it("makes a new caller of whoever took over an old login name", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    const other = await saveLogin(
      theDb(),
      aLogin({ member: aMember({ githubUserId: 999 }), tokenHash: "hash-2" }),
      anAct(),
    );
    expect(other.id).toBe("gh_999");
    expect(await findCallerByTokenHash(theDb(), "hash-1")).toMatchObject({ id: callerId });
  });

  it("keeps the name an administrator gave", async () => {
    await saveLogin(theDb(), aLogin({ member: aMember({ name: "Alice A." }) }), anAct());
    expect(await saveLogin(theDb(), aLogin({ tokenHash: "hash-2" }), anAct())).toMatchObject({ name: "Alice A." });
  });

  it("does not undo a disabling or a grant that an operator took away", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await setPoolGrant(theDb(), { poolId, callerId, granted: false }, anAct());
    await setCallerDisabled(theDb(), { poolId, callerId, disabled: true }, anAct());
    expect(await saveLogin(theDb(), aLogin({ tokenHash: "again" }), anAct())).toMatchObject({
      disabled: true,
      poolIds: [],
    });
    expect(await saveLogin(theDb(), aLogin({ tokenHash: "third", regrant: true }), anAct())).toMatchObject({
      poolIds: [poolId],
    });
  });

  it("writes nothing of the token but its hash", async () => {
    await saveLogin(theDb(), aLogin({ tokenHash: "only-this" }), anAct());
    const { results } = await env.DB.prepare("SELECT * FROM caller_tokens").all();
    expect(Object.keys(results[0] ?? {}).sort()).toEqual([
      "caller_id",
      "client_name",
      "created_at",
      "revoked_at",
      "token_hash",
    ]);
  });
});

describe("membership", () => {
  it("is never set back in time", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await recordMembership(theDb(), callerId, NOON - 1);
    expect(await findCallerByTokenHash(theDb(), "hash-1")).toMatchObject({ membershipVerifiedAt: NOON });
    await recordDenial(theDb(), callerId, NOON + 5);
    expect(await findCallerByTokenHash(theDb(), "hash-1")).toMatchObject({ membershipDeniedAt: NOON + 5 });
    await recordMembership(theDb(), callerId, NOON + 9);
    const caller = await findCallerByTokenHash(theDb(), "hash-1");
    expect(caller).toMatchObject({ membershipVerifiedAt: NOON + 9, membershipDeniedAt: undefined });
  });
});

describe("operators", () => {
  const session = { member: aMember(), sessionHash: "session-1", at: NOON, expiresAt: NOON + 1000 };

  it("get the role, the grant and an admin event in one batch", async () => {
    const ask = { member: aMember(), poolId, newPoolPolicy: POLICY, role: "admin" } as const;
    expect(await setDashboardRole(theDb(), ask, anAct())).toMatchObject({ dashboardRole: "admin" });
    expect(await countRows("caller_pools", "revoked_at IS NULL")).toBe(1);
    expect(await countRows("admin_events", "action = 'operator.set' AND actor = 'admin-token'")).toBe(1);
  });

  it("lose the role with their sessions, without a word from GitHub and in any case of the login", async () => {
    await setDashboardRole(theDb(), { member: aMember(), poolId, newPoolPolicy: POLICY, role: "admin" }, anAct());
    await startSession(theDb(), session);
    expect(await findSession(theDb(), "session-1", NOON)).toMatchObject({ dashboardRole: "admin", poolIds: [poolId] });
    expect(await endDashboardRole(theDb(), { githubLogin: "ALICE", poolId }, anAct())).toMatchObject({
      dashboardRole: "none",
    });
    expect(await findSession(theDb(), "session-1", NOON)).toBeUndefined();
  });

  it("of a login nobody bears are unknown", async () => {
    expect(await endDashboardRole(theDb(), { githubLogin: "nobody", poolId }, anAct())).toBeUndefined();
  });

  it("find no session at its end", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await startSession(theDb(), session);
    expect(await findSession(theDb(), "session-1", session.expiresAt)).toBeUndefined();
  });
});

describe("revoking a client", () => {
  it("ends its token and leaves an event; a client that is not there leaves none", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    expect(await revokeClient(theDb(), { poolId, callerId, clientName: "desk" }, anAct())).toBe(false);
    expect(await revokeClient(theDb(), { poolId: "finance", callerId, clientName: "laptop" }, anAct())).toBe(false);
    expect(await revokeClient(theDb(), { poolId, callerId, clientName: "laptop" }, anAct())).toBe(true);
    expect(await findCallerByTokenHash(theDb(), "hash-1")).toBeUndefined();
    expect(await countRows("admin_events", "action = 'client.revoke'")).toBe(1);
  });
});
