/** GET /metrics, for Prometheus: out of D1 and the coordinators, so that it does not matter which isolate is asked. */
import packageJson from "../../package.json" with { type: "json" };
import type { Deps } from "../deps.ts";
import { healthOf } from "../relay/identity-health.ts";
import { settled, within } from "../relay/within.ts";
import { readMetrics } from "../store/metrics.ts";
import { listPoolIds, loadPool } from "../store/pools.ts";
import { requireMetricsReader } from "./admin-auth.ts";
import { metricFamilies, type PoolMetrics } from "./metric-families.ts";
import { PROMETHEUS_TYPE, writeFamilies } from "./prometheus.ts";
import { SECURITY_HEADERS } from "./respond.ts";

/** Prometheus gives up after ten seconds by default. */
const WITHIN_MS = 4_000;

/** @throws RelayError as requireMetricsReader does. Parts that do not answer are told as such, and the rest is there. */
export async function metrics(request: Request, deps: Deps): Promise<Response> {
  requireMetricsReader(request, deps);
  const { db } = deps;
  const [stored, poolIds] = await Promise.all([
    settled(() => within(readMetrics(db, deps.now()), WITHIN_MS)),
    settled(() => within(listPoolIds(db), WITHIN_MS)),
  ]);
  const pools = await Promise.all((poolIds ?? []).map((poolId) => poolMetrics(poolId, deps)));
  return new Response(writeFamilies(metricFamilies(stored, pools, packageJson.version)), {
    headers: { ...SECURITY_HEADERS, "content-type": PROMETHEUS_TYPE, "cache-control": "no-store" },
  });
}

async function poolMetrics(poolId: string, deps: Deps): Promise<PoolMetrics> {
  const pool = await settled(() => within(loadPool(deps.db, poolId), WITHIN_MS));
  const identities = pool?.identities ?? [];
  const health = await settled(() => within(healthOf(poolId, identities, deps), WITHIN_MS));
  // Without an identity that is set up there is nothing to ask about: the object is asked all the same, whether it is there.
  const snapshot = health?.snapshot ?? (await settled(() => within(deps.coordinator(poolId).snapshot([]), WITHIN_MS)));
  return { poolId, identities: health?.identities ?? [], snapshot };
}
