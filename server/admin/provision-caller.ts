/** A caller whom an operator lets in: the member of that login, granted the pool, with a token for one client. */
import { defaultPolicy } from "../../shared/policy.ts";
import type { Deps } from "../deps.ts";
import { hashToken, newCallerToken } from "../relay/caller-token.ts";
import type { Act } from "../store/admin-events.ts";
import type { KnownCaller } from "../store/callers.ts";
import { type Member, saveLogin } from "../store/logins.ts";

export interface Provisioned {
  readonly caller: KnownCaller;
  /** Shown once: only its hash is stored. */
  readonly token: string;
}

/** Ends an earlier revocation of the grant, and the token that this client had before. */
export async function provisionCaller(
  ask: { readonly member: Member; readonly poolId: string; readonly clientName: string },
  act: Act,
  deps: Pick<Deps, "db" | "config" | "isolate">,
): Promise<Provisioned> {
  const { member, poolId, clientName } = ask;
  const token = newCallerToken(deps.config);
  const event = {
    poolId,
    action: "caller.create",
    subject: member.githubLogin,
    before: undefined,
    after: { githubUserId: member.githubUserId, clientName },
  };
  const newPoolPolicy = defaultPolicy(deps.config.defaultAllowedOwners);
  const login = { member, poolId, newPoolPolicy, clientName, regrant: true, tokenHash: hashToken(token) };
  const caller = await saveLogin(deps.db, login, act, event);
  deps.isolate.forgetCallers();
  deps.isolate.forgetPool(poolId);
  return { caller, token };
}
