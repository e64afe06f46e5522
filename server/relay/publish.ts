/** Reply to entry, and entry to the tiers. A failed store never fails an answer. */
import { createHash } from "node:crypto";
import type { Deps } from "../deps.ts";
import { publishEntry, renewEntry, type CacheRow } from "../store/cache.ts";
import { packBody } from "./body-text.ts";
import { keepAtEdge } from "./edge.ts";
import { lifetimeOf } from "./freshness.ts";
import type { CleanReply } from "./reply.ts";
import type { CacheEntry, Job } from "./stages.ts";

/** A larger row would slow every read of D1 (4-cache): such a body stays at the edge. */
export const MAX_ROW_BYTES = 256 * 1024;
const FULL_SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;

export interface Fill {
  readonly identity: CacheEntry["identity"];
  readonly askedAt: number;
  /** As they were before the fetch: a purge in between ends the entry. */
  readonly generations: Readonly<Record<string, number>>;
  readonly fence: number;
}

/** The entry with its ends; `stored: false` for what is never kept (its ends have then passed already). */
export function toEntry(
  job: Job,
  reply: CleanReply,
  fill: Fill,
): { readonly entry: CacheEntry; readonly stored: boolean } {
  const { route } = job;
  const life = lifetimeOf(route.match.route.freshness, {
    status: reply.status,
    json: reply.json,
    attemptQualified: route.match.params["attempt"] !== undefined,
    refIsSha: FULL_SHA.test(new URLSearchParams(route.canonicalQuery).get("ref") ?? ""),
    headKnown: false,
  });
  const freshUntil = fill.askedAt + (life?.freshSeconds ?? 0) * 1000;
  const { json: _json, filtered: _filtered, ...plain } = reply;
  const entry: CacheEntry = {
    ...plain,
    cacheKey: job.cacheKey,
    poolId: job.pool.id,
    scope: job.scope,
    routeKind: route.match.route.kind,
    identity: fill.identity,
    backend: backendOf(job, fill.identity),
    fetchedAt: fill.askedAt,
    freshUntil,
    staleUntil: freshUntil + (life?.staleSeconds ?? 0) * 1000,
    swrUntil: freshUntil + (life?.swrSeconds ?? 0) * 1000,
    generations: fill.generations,
    fence: fill.fence,
  };
  return { entry, stored: life !== undefined };
}

/** `github_public` on routes that take no identity, `web` where the anonymous API spared one (2-wire). */
function backendOf(job: Job, identity: CacheEntry["identity"]): CacheEntry["backend"] {
  if (identity !== undefined) return "identity";
  return job.route.match.route.transports.includes("identity") ? "web" : "github_public";
}

/** Edge and D1, side by side. @param renewed only the ends are new: D1 keeps its body. */
export async function publish(job: Job, entry: CacheEntry, epoch: number, renewed: boolean, deps: Deps): Promise<void> {
  await Promise.all([
    keepAtEdge({ entry, epoch }, deps),
    renewed ? renew(entry, deps).then((done) => done || store(job, entry, deps)) : store(job, entry, deps),
  ]);
}

async function renew(entry: CacheEntry, deps: Deps): Promise<boolean> {
  const { fetchedAt, freshUntil, staleUntil, swrUntil, generations, fence, headers } = entry;
  return renewEntry(deps.db, entry.cacheKey, {
    fetchedAt,
    freshUntil,
    staleUntil,
    swrUntil,
    generations,
    fence,
    headers,
  });
}

async function store(job: Job, entry: CacheEntry, deps: Deps): Promise<boolean> {
  const packed = await packBody(entry.body);
  if (packed.bytes > MAX_ROW_BYTES) return false;
  const { identity, body, ...fields } = entry;
  const row: CacheRow = {
    ...fields,
    path: job.route.match.canonicalPath,
    query: job.route.canonicalQuery,
    body: packed.text,
    bodyBytes: body.byteLength,
    storedBytes: packed.text.length,
    r2Key: null,
    contentHash: createHash("sha256").update(body).digest("hex"),
    identityId: identity?.id ?? null,
    identityKind: identity?.kind ?? null,
  };
  return publishEntry(deps.db, row, job.surrogateKeys);
}
