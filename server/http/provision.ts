/** /v1/admin: callers, operators, identities and policies. Each change leaves an admin event in its own batch. */
import { RelayError } from "../../shared/errors.ts";
import { decodePolicy, defaultPolicy } from "../../shared/policy.ts";
import { callerSchema, identitySchema, operatorSchema, policyPutSchema, POOL_NAME } from "../../shared/wire.ts";
import { findMember } from "../admin/find-member.ts";
import { identityPutOf } from "../admin/identity-put.ts";
import { policyOf } from "../admin/policy-of.ts";
import { provisionCaller } from "../admin/provision-caller.ts";
import type { Deps } from "../deps.ts";
import type { Act } from "../store/admin-events.ts";
import { putIdentity as saveIdentity } from "../store/identities.ts";
import { endDashboardRole, setDashboardRole } from "../store/operators.ts";
import { createPool, findPool, savePolicy } from "../store/pools.ts";
import { requireAdmin } from "./admin-auth.ts";
import { invalidField, readJsonBody } from "./read-body.ts";
import { json } from "./respond.ts";
import { callerBody } from "./sign-in-cli.ts";

type Params = Readonly<Record<string, string>>;

const actOf = (deps: Deps): Act => ({ actor: "admin-token", at: deps.now(), requestId: deps.requestId });
const newPoolPolicy = (deps: Deps) => defaultPolicy(deps.config.defaultAllowedOwners);

/** POST /v1/admin/callers: a caller with a token for the client `admin`, after the membership check. */
export async function createCaller(request: Request, deps: Deps): Promise<Response> {
  requireAdmin(request, deps);
  const body = await readJsonBody(request, callerSchema);
  const member = { ...(await findMember(body.github_login, deps)), name: body.name };
  const { caller, token } = await provisionCaller(
    { member, poolId: body.pool, clientName: "admin" },
    actOf(deps),
    deps,
  );
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
  const put = identityPutOf(poolId, body);
  const outcome = await saveIdentity(deps.db, put, newPoolPolicy(deps), actOf(deps));
  if (outcome.kind === "conflict") throw new RelayError("identity_conflict");
  deps.isolate.forgetPool(poolId);
  return json(201, {
    identity: {
      id: body.id,
      pool: poolId,
      kind: put.kind,
      login: put.login,
      secret_ref: put.secretRef,
      installation_id: put.installationId ?? null,
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
  const policy = policyOf(given);
  const act = actOf(deps);
  const created = await createPool(deps.db, poolId, policy, act);
  const version = created ? 1 : await replacePolicy(poolId, policy, act, deps);
  deps.isolate.forgetPool(poolId);
  return json(200, { pool: poolId, policy, policy_version: version });
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
