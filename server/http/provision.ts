/** /v1/admin: callers, operators, identities and policies. Each change leaves an admin event in its own batch. */
import { RelayError } from "../../shared/errors.ts";
import { decodePolicy, defaultPolicy, policySchema } from "../../shared/policy.ts";
import { callerSchema, identitySchema, operatorSchema, policyPutSchema, POOL_NAME } from "../../shared/wire.ts";
import { RESERVED_NAMES } from "../config.ts";
import type { Deps } from "../deps.ts";
import { hashToken } from "../relay/authenticate.ts";
import type { Act } from "../store/admin-events.ts";
import { type IdentityPut, putIdentity as saveIdentity } from "../store/identities.ts";
import { saveLogin } from "../store/logins.ts";
import { endDashboardRole, setDashboardRole } from "../store/operators.ts";
import { createPool, findPool, savePolicy } from "../store/pools.ts";
import { requireAdmin } from "./admin-auth.ts";
import { findMember } from "./find-member.ts";
import { invalidField, readJsonBody } from "./read-body.ts";
import { json } from "./respond.ts";
import { callerBody, newCallerToken } from "./sign-in-cli.ts";

type Params = Readonly<Record<string, string>>;

const actOf = (deps: Deps): Act => ({ actor: "admin-token", at: deps.now(), requestId: deps.requestId });
const newPoolPolicy = (deps: Deps) => defaultPolicy(deps.config.defaultAllowedOwners);

/** POST /v1/admin/callers: a caller with a token for the client `admin`, after the membership check. */
export async function createCaller(request: Request, deps: Deps): Promise<Response> {
  requireAdmin(request, deps);
  const body = await readJsonBody(request, callerSchema);
  const member = { ...(await findMember(body.github_login, deps)), name: body.name };
  const token = newCallerToken();
  const event = {
    poolId: body.pool,
    action: "caller.create",
    subject: member.githubLogin,
    before: undefined,
    after: { githubUserId: member.githubUserId, clientName: "admin" },
  };
  const ask = { member, poolId: body.pool, newPoolPolicy: newPoolPolicy(deps), clientName: "admin", regrant: true };
  const caller = await saveLogin(deps.db, { ...ask, tokenHash: hashToken(token) }, actOf(deps), event);
  deps.isolate.forgetCallers();
  deps.isolate.forgetPool(body.pool);
  return json(201, { caller: callerBody(caller, body.pool), token });
}

/** POST /v1/admin/operators: gives or takes the operator role. Taking it needs no word from GitHub. */
export async function setOperator(request: Request, deps: Deps): Promise<Response> {
  requireAdmin(request, deps);
  const { pool, github_login: githubLogin, role } = await readJsonBody(request, operatorSchema);
  const caller =
    role === "none"
      ? await endDashboardRole(deps.db, { githubLogin, poolId: pool }, actOf(deps))
      : await setDashboardRole(
          deps.db,
          { member: await findMember(githubLogin, deps), poolId: pool, newPoolPolicy: newPoolPolicy(deps), role },
          actOf(deps),
        );
  if (caller === undefined) throw new RelayError("caller_not_found", { message: "No caller has that GitHub login." });
  deps.isolate.forgetCallers();
  deps.isolate.forgetPool(pool);
  return json(200, {
    caller: { id: caller.id, github_login: caller.githubLogin, dashboard_role: caller.dashboardRole, pool },
  });
}

/** POST /v1/admin/pools/:pool/identities: creates an identity, or updates it and replaces its scopes. */
export async function putIdentity(request: Request, deps: Deps, params: Params): Promise<Response> {
  requireAdmin(request, deps);
  const poolId = poolOf(params);
  const body = await readJsonBody(request, identitySchema);
  const { kind } = body;
  if (kind !== "pat" && kind !== "github_app") throw new RelayError("identity_kind_unsupported");
  const installationId = kind === "github_app" ? (body.installation_id ?? 0) : undefined;
  if (installationId !== undefined && installationId < 1) throw new RelayError("installation_id_required");
  if (RESERVED_NAMES.has(body.secret_ref)) throw new RelayError("secret_ref_reserved");
  const put: IdentityPut = {
    id: body.id,
    poolId,
    kind,
    login: body.login,
    secretRef: body.secret_ref,
    installationId,
    weight: body.weight,
    publicOnly: body.public_only,
    scopes: body.scopes.map((scope) => ({
      owner: scope.owner.toLowerCase(),
      repo: scope.repo?.toLowerCase(),
      // The star stands for public repositories, whatever else is said of it.
      allowPrivate: scope.owner !== "*" && scope.allow_private === true,
    })),
  };
  const outcome = await saveIdentity(deps.db, put, newPoolPolicy(deps), actOf(deps));
  if (outcome.kind === "conflict") throw new RelayError("identity_conflict");
  deps.isolate.forgetPool(poolId);
  return json(201, {
    identity: {
      id: body.id,
      pool: poolId,
      kind,
      login: body.login,
      secret_ref: body.secret_ref,
      installation_id: installationId ?? null,
      weight: outcome.weight,
      public_only: outcome.publicOnly,
    },
  });
}

/** GET /v1/admin/pools/:pool. A policy that cannot be read is null: the pool is closed until one is put. */
export async function getPool(request: Request, deps: Deps, params: Params): Promise<Response> {
  requireAdmin(request, deps);
  const pool = await findPool(deps.db, poolOf(params));
  if (pool === undefined) throw new RelayError("pool_not_found");
  const policy = decodePolicy(pool.policyText);
  return json(200, { pool: pool.id, policy: policy ?? null, policy_version: pool.policyVersion });
}

/** PUT /v1/admin/pools/:pool: the whole policy; the first mention of a pool creates it with this one. */
export async function putPoolPolicy(request: Request, deps: Deps, params: Params): Promise<Response> {
  requireAdmin(request, deps);
  const poolId = poolOf(params);
  const { policy: given } = await readJsonBody(request, policyPutSchema);
  const policy = requirePolicy(given);
  const act = actOf(deps);
  const created = await createPool(deps.db, poolId, policy, act);
  const version = created ? 1 : await replacePolicy(poolId, policy, act, deps);
  deps.isolate.forgetPool(poolId);
  return json(200, { pool: poolId, policy, policy_version: version });
}

/** @throws RelayError invalid_policy naming the member. */
function requirePolicy(given: unknown) {
  const decoded = policySchema.safeParse(given);
  if (decoded.success) return decoded.data;
  const [issue] = decoded.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = (unknown ?? issue?.path.join(".") ?? "policy").slice(0, 64);
  const what = unknown === undefined ? (issue?.message ?? "has the wrong shape") : "is not a member of a policy";
  throw new RelayError("invalid_policy", { message: `${field}: ${what}.`, details: { field } });
}

/** The admin token's word stands whatever another operator wrote meanwhile; each version keeps its own event. */
async function replacePolicy(poolId: string, policy: unknown, act: Act, deps: Deps): Promise<number> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const known = await findPool(deps.db, poolId);
    if (known === undefined) throw new RelayError("pool_not_found");
    const version = await savePolicy(deps.db, known, policy, act);
    if (version !== undefined) return version;
  }
  throw new Error("the policy changed under five attempts to write it");
}

/** @throws RelayError invalid_request. */
function poolOf(params: Params): string {
  const poolId = params["pool"] ?? "";
  if (!POOL_NAME.test(poolId)) throw invalidField("pool", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
  return poolId;
}
