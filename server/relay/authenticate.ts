/** Bearer token to caller: known, enabled, granted this pool, and still a member of the allowed organization. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { Memo } from "../isolate.ts";
import { askMembership } from "../github/membership.ts";
import { findCallerByTokenHash, recordMembership } from "../store/callers.ts";
import { hashToken, isOurToken } from "./caller-token.ts";
import type { Caller } from "./stages.ts";

/** A caller whose grants changed a moment ago is read again, but not for every wrong pool name in between. */
const REREAD_AFTER_MS = 1_000;
/** D1 answers in a few milliseconds. One that hangs decides nothing, and the token may be good. */
const WAIT_MS = 1_000;
const WAIT_STEP_MS = 5;
const TOKEN = /^op_[\x21-\x7e]{8,200}$/;

/** @throws RelayError missing_auth, invalid_auth (details.reason `org_denied`), org_verification_*, relay_overloaded. */
export async function authenticate(request: Request, poolId: string, deps: Deps): Promise<Caller> {
  const token = bearerToken(request);
  if (token === undefined) throw new RelayError("missing_auth");
  const tokenHash = hashToken(token);
  const memo = deps.isolate.callers.get(tokenHash);
  const now = deps.now();
  if (memo !== undefined && memo.until > now && memo.value.poolIds.includes(poolId))
    return proveMember(memo, tokenHash, deps);
  const recent = memo !== undefined && memo.until - now > deps.config.configTtlMs - REREAD_AFTER_MS;
  const asks = !recent && (await mayAskStore(token, tokenHash, deps));
  const known = asks ? await lookUp(tokenHash, deps) : undefined;
  if (known === undefined || !known.value.poolIds.includes(poolId)) {
    deps.isolate.guessing.failed(deps.clientAddress, now);
    throw new RelayError("invalid_auth");
  }
  return proveMember(known, tokenHash, deps);
}

/** Undefined where the header is absent or of another scheme. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  return header === null ? undefined : /^Bearer +(\S+) *$/i.exec(header)?.[1];
}

/**
 * Past the guessing limit the answer comes from memory. A token that was once good here, or that this server made, is
 * always asked about: its caller may share the guesser's address.
 */
async function mayAskStore(token: string, tokenHash: string, deps: Deps): Promise<boolean> {
  const { strangers, callers, guessing } = deps.isolate;
  if (!TOKEN.test(token) || (strangers.get(tokenHash) ?? 0) > deps.now()) return false;
  if (callers.get(tokenHash) !== undefined || isOurToken(token, deps.config)) return true;
  // A burst of guesses must not be looked up whole before the first of them has failed.
  for (let waitedMs = 0; guessing.isUndecided(deps.clientAddress, deps.now()); waitedMs += WAIT_STEP_MS) {
    if (waitedMs >= WAIT_MS) break;
    await scheduler.wait(WAIT_STEP_MS);
  }
  return guessing.blocked(deps.clientAddress, deps.now()) === undefined;
}

/** The failure, if it is one, is counted in the same turn as this ends: no other request looks in between. */
async function lookUp(tokenHash: string, deps: Deps): Promise<Memo<Caller> | undefined> {
  const ended = deps.isolate.guessing.lookingUp(deps.clientAddress);
  try {
    return await readCaller(tokenHash, deps);
  } finally {
    ended();
  }
}

/** Believed from the moment D1 was asked; and by this request alone where callers changed meanwhile. */
async function readCaller(tokenHash: string, deps: Deps): Promise<Memo<Caller> | undefined> {
  const until = deps.now() + deps.config.configTtlMs;
  const { changes } = deps.isolate;
  const found = await findCallerByTokenHash(deps.db, tokenHash).catch((cause: unknown) => {
    // The memo has ended and is never extended: without D1 nobody can be let in.
    throw new RelayError("relay_overloaded", { cause });
  });
  const remembers = deps.isolate.changes === changes;
  if (found === undefined || found.disabled) {
    deps.isolate.callers.delete(tokenHash);
    if (remembers) deps.isolate.strangers.set(tokenHash, until);
    return undefined;
  }
  const memo = { value: found, until };
  if (remembers) deps.isolate.callers.set(tokenHash, memo);
  return memo;
}

async function proveMember({ value: caller, until }: Memo<Caller>, tokenHash: string, deps: Deps): Promise<Caller> {
  const { allowedOrg, orgVerifyTtlMs, orgToken } = deps.config;
  const denied = () => new RelayError("invalid_auth", { details: { reason: "org_denied" } });
  if (caller.orgLogin.toLowerCase() !== allowedOrg) throw denied();
  const now = deps.now();
  if (now - caller.membershipVerifiedAt <= orgVerifyTtlMs) return caller;
  if (orgToken === undefined) throw new RelayError("org_verification_unavailable");
  const verdict = await askMembership(
    { login: caller.githubLogin, githubUserId: caller.githubUserId, org: allowedOrg, token: orgToken },
    deps,
  );
  if (verdict.kind === "failed") throw new RelayError("org_verification_failed");
  if (verdict.kind === "unavailable") throw new RelayError("org_verification_unavailable");
  if (verdict.kind === "not_member") {
    deps.isolate.callers.delete(tokenHash);
    throw denied();
  }
  const member = { ...caller, membershipVerifiedAt: now };
  // GitHub told of the membership only: token and grants are believed for no longer than before.
  if (deps.isolate.callers.get(tokenHash)?.value === caller)
    deps.isolate.callers.set(tokenHash, { value: member, until });
  deps.background(recordMembership(deps.db, caller.id, now));
  return member;
}
