/** Reply to entry, and entry to the tiers. A failed store never fails an answer. */
import type { Deps } from "../deps.ts";
import { publishEntry, renewEntry, type CacheRow } from "../store/cache.ts";
import { hashOf, keepBody } from "./body-store.ts";
import { keepAtEdge } from "./edge.ts";
import { lifetimeOf } from "./freshness.ts";
import type { CleanReply } from "./reply.ts";
import type { CacheEntry, Job } from "./stages.ts";

const FULL_SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;

export interface Fill {
  readonly identity: CacheEntry["identity"];
  readonly askedAt: number;
  /** As they were before the fetch: a purge in between ends the entry. */
  readonly generations: Readonly<Record<string, number>>;
  readonly fence: number;
  /** Webhook events that reach us for the repository. */
  readonly covered: ReadonlySet<string>;
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
    headKnown: job.discriminator !== undefined,
    covered: isCovered(job, fill.covered),
  });
  const freshUntil = fill.askedAt + (life?.freshSeconds ?? 0) * 1000;
  const { json: _json, ...plain } = reply;
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

/**
 * May the row's long time be trusted? Only where every event that ends it reaches us. Not for checks and statuses under
 * the name of a ref: their events name commits, and of a commit's branches only one.
 */
function isCovered(job: Job, events: ReadonlySet<string>): boolean {
  const { freshness } = job.route.match.route;
  if (freshness.endedBy.length === 0 || (freshness.refNamed && freshness.policy === "settling")) return false;
  return freshness.endedBy.every((event) => events.has(event));
}

/** `github_public` on routes that take no identity, `web` where the anonymous API spared one (2-wire). */
function backendOf(job: Job, identity: CacheEntry["identity"]): CacheEntry["backend"] {
  if (identity !== undefined) return "identity";
  return job.route.match.route.transports.includes("identity") ? "web" : "github_public";
}

/** Where a follower finds it: `stores` is D1, and R2 with a large body; `edge` is this data centre only. */
export type KeptAt = "stores" | "edge" | "nowhere";

/** Edge and D1, side by side; one in trouble does not keep the other. @param renewed only the ends are new: D1 keeps its body. */
export async function publish(
  job: Job,
  entry: CacheEntry,
  epoch: number,
  renewed: boolean,
  deps: Deps,
): Promise<KeptAt> {
  const [atEdge, inStores] = await Promise.all([
    kept(
      "edge",
      keepAtEdge({ entry, epoch }, deps).then(() => deps.isolate.edgeLooks.kept(entry.cacheKey)),
    ),
    kept(
      "stores",
      renewed ? renew(entry, deps).then((done) => done || store(job, entry, deps)) : store(job, entry, deps),
    ),
  ]);
  return inStores ? "stores" : atEdge ? "edge" : "nowhere";
}

/** False where it failed: the answer has left, and only the log hears of it. */
async function kept(where: string, work: Promise<boolean>): Promise<boolean> {
  try {
    return await work;
  } catch (error) {
    // D1, R2 or the edge in trouble, whatever they throw. Messages of stores may hold values: the name is enough.
    const cause = error instanceof Error ? error.name : "unknown";
    console.error(JSON.stringify({ level: "error", message: "an answer was not kept", where, cause }));
    return false;
  }
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
    contentHash: hashOf(entry.body),
  });
}

async function store(job: Job, entry: CacheEntry, deps: Deps): Promise<boolean> {
  const kept = await keepBody(entry.body, deps);
  if (kept === undefined) return false;
  const { identity, body, ...fields } = entry;
  const row: CacheRow = {
    ...fields,
    ...kept,
    path: job.route.match.canonicalPath,
    query: job.route.canonicalQuery,
    bodyBytes: body.byteLength,
    identityId: identity?.id ?? null,
    identityKind: identity?.kind ?? null,
  };
  // Not stored where a later fill was there first: then that is what D1 has.
  await publishEntry(deps.db, row, job.surrogateKeys);
  return true;
}
