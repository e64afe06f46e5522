/** POST /v1/login/github-cli: a GitHub token for a caller token. The former is used twice and then forgotten. */
import { RelayError } from "../../shared/errors.ts";
import { defaultPolicy } from "../../shared/policy.ts";
import { GITHUB_TOKEN, loginSchema, toClientName } from "../../shared/wire.ts";
import { requireMember } from "../admin/find-member.ts";
import type { Deps } from "../deps.ts";
import { askMembership } from "../github/membership.ts";
import { askWhoOwns, type GitHubUser } from "../github/user.ts";
import { hashToken, newCallerToken } from "../relay/caller-token.ts";
import type { KnownCaller } from "../store/callers.ts";
import { saveLogin } from "../store/logins.ts";
import { invalidField, readJsonBody } from "./read-body.ts";
import { json } from "./respond.ts";

/**
 * @throws RelayError rate_limited, pool_denied, github_auth_failed, org_member_denied, org_verification_failed,
 * org_verification_unavailable.
 */
export async function loginFromCli(request: Request, deps: Deps): Promise<Response> {
  const { config, isolate } = deps;
  const waitSeconds = isolate.guessing.loginAttempt(deps.clientAddress, deps.now());
  if (waitSeconds !== undefined) throw tooManyAttempts(waitSeconds);
  const body = await readJsonBody(request, loginSchema);
  const clientName = toClientName(body.client_name);
  if (clientName === undefined) throw invalidField("client_name", "must be at most 80 characters");
  if ((body.pool ?? config.defaultLoginPool) !== config.defaultLoginPool) throw new RelayError("pool_denied");
  const githubToken = body.github_token.trim();
  if (!GITHUB_TOKEN.test(githubToken)) throw new RelayError("github_auth_failed");
  const user = await whoOwns(githubToken, deps);
  requireMember(
    await askMembership({ login: user.login, org: config.allowedOrg, token: githubToken, githubUserId: user.id }, deps),
  );
  const token = newCallerToken(deps.config);
  const caller = await saveLogin(
    deps.db,
    {
      member: { githubUserId: user.id, githubLogin: user.login, orgLogin: config.allowedOrg, name: undefined },
      poolId: config.defaultLoginPool,
      newPoolPolicy: defaultPolicy(config.defaultAllowedOwners),
      clientName,
      tokenHash: hashToken(token),
      regrant: false,
    },
    { actor: user.login, at: deps.now(), requestId: deps.requestId },
  );
  isolate.forgetCallers();
  if (caller.disabled || !caller.poolIds.includes(config.defaultLoginPool)) {
    throw new RelayError("pool_denied", { message: "An operator has closed this pool to you. Ask your operator." });
  }
  return json(201, { caller: callerBody(caller, config.defaultLoginPool), token });
}

/** A caller as the wire has it. */
export function callerBody(caller: KnownCaller, poolId: string): Readonly<Record<string, string>> {
  return {
    id: caller.id,
    name: caller.name,
    github_login: caller.githubLogin,
    org_login: caller.orgLogin,
    pool: poolId,
    client_name: caller.clientName,
  };
}

/** @throws RelayError rate_limited, with the seconds to wait. */
export function tooManyAttempts(waitSeconds: number): RelayError {
  return new RelayError("rate_limited", { headers: { "retry-after": String(waitSeconds) } });
}

/** Published clients read a limit out of the message, so the words stand there only when a limit is the cause. */
async function whoOwns(githubToken: string, deps: Deps): Promise<GitHubUser> {
  const answer = await askWhoOwns(githubToken, deps);
  switch (answer.kind) {
    case "user":
      return answer.user;
    case "refused": {
      const details = Object.keys(answer.details).length === 0 ? {} : { details: answer.details };
      const limited = { message: "GitHub's rate limit for this token is reached. Log in again after its reset." };
      throw new RelayError("github_auth_failed", { ...(answer.rateLimited ? limited : {}), ...details });
    }
    case "not_found":
      throw new RelayError("github_auth_failed");
    case "failed":
      throw new RelayError("org_verification_failed");
    case "unavailable":
      throw new RelayError("org_verification_unavailable");
    default:
      throw answer satisfies never;
  }
}
