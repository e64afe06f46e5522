/** What a caller may see of a pool: its health, and its own usage. */
import { RelayError } from "../../shared/errors.ts";
import { toClientName } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import { authenticate } from "../relay/authenticate.ts";
import type { Identity } from "../relay/stages.ts";
import { loadPool } from "../store/pools.ts";
import { readUsage } from "../store/stats.ts";
import { json } from "./respond.ts";
import { statsReport } from "./stats.ts";

type Params = Readonly<Record<string, string>>;

/** GET /v1/pools/:pool/health: how many identities there are, and how many of them are able. */
export async function poolHealth(request: Request, deps: Deps, params: Params): Promise<Response> {
  const poolId = params["pool"] ?? "";
  await authenticate(request, poolId, deps);
  const pool = await loadPool(deps.db, poolId);
  if (pool === undefined) throw new RelayError("invalid_auth");
  return json(200, {
    pool: pool.id,
    identities_total: pool.identities.length,
    identities_healthy: await countHealthy(pool.id, pool.identities, deps),
    policy_version: pool.policyVersion,
  });
}

/** Active, its secret present, and not resting as a whole; a rest on one resource or route leaves the others. */
async function countHealthy(poolId: string, identities: readonly Identity[], deps: Deps): Promise<number> {
  const able = identities.filter(
    (identity) => identity.status === "active" && deps.secret(identity.secretRef) !== undefined,
  );
  if (able.length === 0) return 0;
  // A coordinator that does not answer knows of no cooldown; the relay serves without it, and so does health.
  const snapshot = await deps
    .coordinator(poolId)
    .snapshot(able.map((identity) => identity.id))
    .catch(() => undefined);
  const now = deps.now();
  const resting = new Set(
    snapshot?.identities
      .filter(({ cooldowns }) => cooldowns.some((cooldown) => cooldown.scope === "identity" && cooldown.until > now))
      .map(({ identityId }) => identityId),
  );
  return able.filter((identity) => !resting.has(identity.id)).length;
}

/** GET /v1/pools/:pool/stats?since=24h&client=NAME. @throws RelayError invalid_window. */
export async function poolStats(request: Request, deps: Deps, params: Params): Promise<Response> {
  const poolId = params["pool"] ?? "";
  const caller = await authenticate(request, poolId, deps);
  const query = new URL(request.url).searchParams;
  const label = query.get("since") || "24h";
  const seconds = windowSeconds(label);
  if (seconds === undefined) throw new RelayError("invalid_window");
  const now = deps.now();
  const { groups, cache } = await readUsage(deps.db, { poolId, callerId: caller.id, from: now - seconds * 1000, now });
  const { githubLogin, clientName } = caller;
  const clientFilter = query.get("client") ? toClientName(query.get("client") ?? "") : undefined;
  return json(
    200,
    statsReport(groups, cache, { pool: poolId, label, seconds, now, githubLogin, clientName, clientFilter }),
  );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 30 * 86_400;

/** `30m`, `24h`, `7d` in seconds; undefined where it is not one, or under a minute, or over 30 days. */
export function windowSeconds(label: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,6})([mhd])$/.exec(label) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? Number.NaN);
  return seconds >= 60 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}
