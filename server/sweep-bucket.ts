/** What the R2 bucket may forget: bodies that no entry names, and job logs past their seven days. */
import type { Db } from "./store/db.ts";
import { referredBodies } from "./store/retention.ts";

export const BODIES_PREFIX = "cache-bodies/v1/";
export const LOGS_PREFIX = "github-actions-logs/v1/";
export const LOGS_KEPT_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;
/** A body is written before its row: a younger one may be about to be named. */
const BODY_GRACE_MS = HOUR_MS;
/** One page of a listing, which R2 deletes in one call; and how many pages a run looks at. */
const PAGE = 500;
const PAGES = 20;

type Judge = (objects: readonly R2Object[]) => Promise<readonly string[]>;

/** Deletes bodies that no row names (github_cache_entries_r2): those of publishes that failed or were replaced. */
export function sweepBodies(db: Db, bucket: R2Bucket, now: number): Promise<number> {
  return sweepPrefix(bucket, BODIES_PREFIX, now, async (objects) => {
    const old = objects.filter((object) => now - object.uploaded.getTime() > BODY_GRACE_MS).map(({ key }) => key);
    const named = old.length === 0 ? new Set<string>() : await referredBodies(db, old);
    return old.filter((key) => !named.has(key));
  });
}

/** Deletes job logs seven days after they were stored. A confirmation writes the object anew, so R2's own date is younger. */
export function sweepLogs(bucket: R2Bucket, now: number): Promise<number> {
  return sweepPrefix(bucket, LOGS_PREFIX, now, (objects) => {
    const old = objects.filter((object) => now - storedAt(object) > LOGS_KEPT_MS);
    return Promise.resolve(old.map(({ key }) => key));
  });
}

function storedAt(object: R2Object): number {
  const told = object.customMetadata?.["stored_at"] ?? "";
  return /^\d{1,15}$/.test(told) ? Number(told) : object.uploaded.getTime();
}

/**
 * Looks at up to PAGES pages and deletes what is due. Each hour starts at another place and goes around, so that a
 * bucket larger than one run is seen whole in the course of some days, without a cursor to keep.
 */
async function sweepPrefix(bucket: R2Bucket, prefix: string, now: number, due: Judge): Promise<number> {
  const start = prefix + ((Math.floor(now / HOUR_MS) * 37) % 256).toString(16).padStart(2, "0");
  let deleted = 0;
  let startAfter = start;
  for (let page = 0, wrapped = false; page < PAGES; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix, startAfter, limit: PAGE, include: ["customMetadata"] });
    const keys = await due(wrapped ? objects.filter(({ key }) => key <= start) : objects);
    if (keys.length > 0) await bucket.delete([...keys]);
    deleted += keys.length;
    const last = objects.at(-1)?.key;
    if (wrapped && (!truncated || (last ?? "") > start)) break;
    if (!truncated) wrapped = true;
    startAfter = truncated && last !== undefined ? last : prefix;
  }
  return deleted;
}
