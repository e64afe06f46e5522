/**
 * GET /v1/status, for uptime checks: which parts work, as booleans only, since anybody may ask. An isolate looks at most
 * every ten seconds, however many ask.
 */
import type { Deps } from "../deps.ts";
import { healthOf } from "../relay/identity-health.ts";
import { settled, within } from "../relay/within.ts";
import { readStatus } from "../store/metrics.ts";
import { loadPool } from "../store/pools.ts";
import { json } from "./respond.ts";

export const STATUS_CACHED_MS = 10_000;
const WITHIN_MS = 3_000;
const HOUR_MS = 3_600_000;

export interface Status {
  /** Reads can be served and accounted for. */
  readonly ok: boolean;
  readonly parts: {
    /** The admin token and the organization token are set. */
    readonly configuration: boolean;
    readonly database: boolean;
    readonly coordinator: boolean;
    readonly storage: boolean;
    /** Some identity of the login pool can serve, or it has none and GitHub is asked anonymously. */
    readonly identities: boolean;
    /** Swept within two hours, and no task failed. */
    readonly housekeeping: boolean;
    /** No audit row was lost within the hour. */
    readonly audit: boolean;
  };
}

/** 200 where `ok`, else 503. Never refuses. */
export async function status(_request: Request, deps: Deps): Promise<Response> {
  const now = deps.now();
  const { isolate } = deps;
  const known = isolate.status;
  if (known === undefined || known.until <= now) {
    // Those who ask meanwhile get what was known, and look at nothing themselves.
    if (known !== undefined) isolate.status = { value: known.value, until: now + STATUS_CACHED_MS };
    isolate.status = { value: await look(deps), until: now + STATUS_CACHED_MS };
  }
  const value = isolate.status?.value;
  const headers = { "cache-control": `public, max-age=${STATUS_CACHED_MS / 1000}` };
  return json(value?.ok === true ? 200 : 503, value, headers);
}

async function look(deps: Deps): Promise<Status> {
  const { config, db, bucket } = deps;
  const poolId = config.defaultLoginPool;
  const now = deps.now();
  const [stored, pool, snapshot, listed] = await Promise.all([
    settled(() => within(readStatus(db, now), WITHIN_MS)),
    settled(() =>
      within(
        loadPool(db, poolId).then((found) => ({ found })),
        WITHIN_MS,
      ),
    ),
    settled(() => within(deps.coordinator(poolId).snapshot([]), WITHIN_MS)),
    settled(() => within(bucket.head("status"), WITHIN_MS).then((object) => object !== undefined)),
  ]);
  const identities = pool?.found?.identities ?? [];
  const health = await settled(() => within(healthOf(poolId, identities, deps), WITHIN_MS));
  const parts = {
    configuration: config.adminToken !== undefined && config.orgToken !== undefined,
    database: stored !== undefined,
    coordinator: snapshot !== undefined,
    storage: listed === true,
    identities: identities.length === 0 || (health?.identities.some(({ healthy }) => healthy) ?? false),
    housekeeping: stored !== undefined && isSwept(stored, now),
    audit: stored?.lostLately === 0,
  };
  return { ok: parts.configuration && parts.database && parts.coordinator, parts };
}

/** A deployment of the last two hours has not had its first sweep yet. */
function isSwept({ lastRun, oldestPoolAt }: Awaited<ReturnType<typeof readStatus>>, now: number): boolean {
  if (lastRun !== undefined) return now - lastRun.startedAt < 2 * HOUR_MS && lastRun.failed === 0;
  return oldestPoolAt === null || now - oldestPoolAt < 2 * HOUR_MS;
}
