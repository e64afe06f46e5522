/** What a caller may see of a pool: its health, and its own usage. */
import { RelayError } from "../../shared/errors.ts";
import { toClientName } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import { authenticate } from "../relay/authenticate.ts";
import { healthOf } from "../relay/identity-health.ts";
import { loadPool } from "../store/pools.ts";
import { readUsage } from "../store/stats.ts";
import { json } from "./respond.ts";
import { statsReport } from "./stats.ts";

type Params = Readonly<Record<string, string>>;

/** GET /v1/pools/:pool/health: how many identities there are, how many are able, and what is wrong with each. */
export async function poolHealth(request: Request, deps: Deps, params: Params): Promise<Response> {
  const poolId = params["pool"] ?? "";
  await authenticate(request, poolId, deps);
  const pool = await loadPool(deps.db, poolId);
  if (pool === undefined) throw new RelayError("invalid_auth");
  const { identities } = await healthOf(pool.id, pool.identities, deps);
  return json(200, {
    pool: pool.id,
    identities_total: pool.identities.length,
    identities_healthy: identities.filter(({ healthy }) => healthy).length,
    policy_version: pool.policyVersion,
    identities,
  });
}

/** GET /v1/pools/:pool/stats?since=24h&client=NAME: usage, and how the identities are now. @throws RelayError invalid_window. */
export async function poolStats(request: Request, deps: Deps, params: Params): Promise<Response> {
  const poolId = params["pool"] ?? "";
  const caller = await authenticate(request, poolId, deps);
  const query = new URL(request.url).searchParams;
  const label = query.get("since") || "24h";
  const seconds = windowSeconds(label);
  if (seconds === undefined) throw new RelayError("invalid_window");
  const now = deps.now();
  // The small question first: the coordinator answers while D1 is at the large one.
  const [health, { groups, cache }] = await Promise.all([
    loadPool(deps.db, poolId).then((pool) => healthOf(poolId, pool?.identities ?? [], deps)),
    readUsage(deps.db, { poolId, callerId: caller.id, from: now - seconds * 1000, now }),
  ]);
  const { githubLogin, clientName } = caller;
  const clientFilter = query.get("client") ? toClientName(query.get("client") ?? "") : undefined;
  const report = statsReport(groups, cache, {
    pool: poolId,
    label,
    seconds,
    now,
    githubLogin,
    clientName,
    clientFilter,
  });
  return json(200, { ...report, identities: health.identities });
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 30 * 86_400;

/** `30m`, `24h`, `7d` in seconds; undefined where it is not one, or under a minute, or over 30 days. */
export function windowSeconds(label: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,6})([mhd])$/.exec(label) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? Number.NaN);
  return seconds >= 60 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}
