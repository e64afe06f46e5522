/** Where a stored answer may be: isolate memory, this data centre's edge, D1. Whether it may be served is judged here. */
import type { Deps } from "../deps.ts";
import { epochName } from "../isolate.ts";
import { findEntry, readForLookup, readForServing, type CacheRow, type ServingAnswer } from "../store/cache.ts";
import type { ProofRow } from "../store/visibility.ts";
import { rememberRates } from "./anonymous-budget.ts";
import { readBody } from "./body-store.ts";
import { findAtEdge } from "./edge.ts";
import { markFilling } from "./filling.ts";
import { judge, type Verdict } from "./freshness.ts";
import type { MemoryEntry } from "./memory-cache.ts";
import type { CacheEntry, Job } from "./stages.ts";
import type { Trail } from "./trail.ts";
import { MARK } from "./trail-marks.ts";
import { heedStored, proofInMemory } from "./visibility-memo.ts";

/** A generation read slower than this is no read: the plain table judges (4-cache, Invalidation). */
const GENERATIONS_WITHIN_MS = 300;

export interface Found {
  /** Whatever is stored, of any age; judged by `verdict`. */
  readonly held: MemoryEntry | undefined;
  readonly verdict: Verdict | { readonly kind: "absent" };
  /** As D1 has them; undefined where D1 did not answer. A fill remembers these. */
  readonly generations: Readonly<Record<string, number>> | undefined;
  readonly epoch: number;
  readonly proof: ProofRow | undefined;
  /** False: another request of this isolate is at this key, so D1 was not asked. */
  readonly looked: boolean;
  /** Webhook events that reach us for the repository; empty where nobody looked. */
  readonly covered: ReadonlySet<string>;
}

const NO_EVENTS: ReadonlySet<string> = new Set();
/** How long an isolate trusts its memo of a repository whose events reach us (4-cache, Bounds). */
const COVERED_MEMO_MS = 2_000;

const UNLOOKED: Found = {
  held: undefined,
  verdict: { kind: "absent" },
  generations: undefined,
  epoch: -1,
  proof: undefined,
  looked: false,
  covered: NO_EVENTS,
};

/**
 * Memory, then edge: served from there while the scope's epoch is remembered. Everything else costs one D1 batch, in
 * which a fill finds all it needs. A follower of a fill under way in this isolate goes straight on, past the edge too
 * where that was just found to have nothing.
 */
export async function lookup(job: Job, trail: Trail, deps: Deps): Promise<Found> {
  const { filling, fillingCold } = deps.isolate;
  const remembered = await fromMemory(job, trail, deps);
  if (remembered === undefined && fillingCold.get(job.cacheKey) !== undefined) return UNLOOKED;
  const nearby = remembered ?? (await fromEdge(job, trail, deps));
  if (nearby !== undefined) {
    const checked = await judgeNearby(job, nearby, trail, deps);
    // Anything else is filled, and a fill needs the generations of D1: without them nothing of it could be kept.
    if (checked.verdict.kind === "fresh") return checked;
  } else if (filling.get(job.cacheKey) !== undefined) {
    return UNLOOKED;
  }
  return lookInStore(job, nearby, trail, deps);
}

/** Edge and D1, whoever else is at the key. */
export async function lookAnyway(job: Job, trail: Trail, deps: Deps): Promise<Found> {
  return lookInStore(job, await fromEdge(job, trail, deps), trail, deps);
}

/** Marked while D1 is asked, so that those who come meanwhile go to the coordinator and not to D1 as well. */
export async function lookInStore(job: Job, nearby: MemoryEntry | undefined, trail: Trail, deps: Deps): Promise<Found> {
  const unmark = markFilling(job.cacheKey, nearby === undefined, deps.isolate);
  try {
    const found = await fromStore(job, nearby, deps);
    const note = found.generations === undefined ? "unreachable" : undefined;
    trail.step(found.held === undefined ? MARK.stored : MARK.storedHad, note);
    return found;
  } finally {
    unmark();
  }
}

/** Also what another request of this isolate finds at the edge just now; who needs no edge waits for no look there. */
async function fromMemory({ cacheKey }: Job, trail: Trail, { isolate, now }: Deps): Promise<MemoryEntry | undefined> {
  const remembered = isolate.entries.get(cacheKey, now());
  const needsEdge = remembered === undefined && isolate.fillingCold.get(cacheKey) === undefined;
  if (!needsEdge || !(await isolate.edgeLooks.waited(cacheKey, now))) {
    trail.pass(remembered === undefined ? MARK.memory : MARK.memoryHad);
    return remembered;
  }
  const foundMeanwhile = isolate.entries.get(cacheKey, now());
  trail.step(foundMeanwhile === undefined ? MARK.memory : MARK.memoryHad, "waited");
  return foundMeanwhile;
}

async function fromEdge(job: Job, trail: Trail, deps: Deps): Promise<MemoryEntry | undefined> {
  const { cacheKey } = job;
  const found = await deps.isolate.edgeLooks.look(cacheKey, () => findAtEdge(cacheKey, deps), deps.now);
  trail.step(found === undefined ? MARK.edge : MARK.edgeHad);
  return found === undefined ? undefined : deps.isolate.entries.put(found.entry, found.epoch, deps.now());
}

/**
 * Judges a copy that D1 was not asked about. It is asked only where this isolate's memo of the scope's epoch or of the
 * proof has ended, or the epoch moved: then once, for both.
 */
export async function judgeNearby(
  job: Job,
  held: MemoryEntry,
  trail: Trail,
  deps: Deps,
): Promise<Found & { verdict: Verdict }> {
  const memo = deps.isolate.epochs.get(epochName(job.pool.id, job.scope));
  const memoMs = memo?.covered === true ? COVERED_MEMO_MS : deps.config.configTtlMs;
  const current = memo !== undefined && deps.now() - memo.askedAt <= memoMs && memo.epoch === held.epoch;
  const proven = job.repository === undefined || proofInMemory(job.repository, deps) !== undefined;
  const isKnown = current && proven;
  const read = isKnown ? undefined : await readWithin(job, deps);
  if (!isKnown) trail.step(MARK.since, read === undefined ? "unreachable" : undefined);
  if (read !== undefined) held.epoch = isCurrent(held.entry, read.generations) ? read.epoch : -1;
  const verdict =
    read === undefined && !current
      ? judgeAlone(job, held, deps)
      : judge(held.entry, job.ask.maxAgeSeconds, read?.generations, deps.now());
  return {
    held,
    verdict,
    generations: read?.generations,
    epoch: read?.epoch ?? held.epoch,
    proof: read?.proof,
    looked: true,
    covered: read?.covered ?? NO_EVENTS,
  };
}

/**
 * Where D1 does not answer: by the plain table. But since this isolate purged something of the scope, only what was found
 * current after that.
 */
function judgeAlone(job: Job, { entry, epoch }: MemoryEntry, deps: Deps): Verdict {
  const memo = deps.isolate.epochs.get(epochName(job.pool.id, job.scope));
  if (memo?.endedAt !== undefined && entry.fetchedAt <= memo.endedAt && epoch !== memo.epoch)
    return { kind: "unusable", why: "purged" };
  return judge(entry, job.ask.maxAgeSeconds, undefined, deps.now());
}

async function readWithin(job: Job, deps: Deps): Promise<ServingAnswer | undefined> {
  const { pool, scope, surrogateKeys, repository } = job;
  const asked = { at: deps.now(), purges: deps.isolate.purges };
  const read = readForServing(deps.db, { poolId: pool.id, scope, surrogateKeys, repository, colo: deps.colo }).catch(
    () => undefined,
  ); // D1 is down
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, GENERATIONS_WITHIN_MS, undefined));
  const answer = await Promise.race([read, late]);
  if (answer !== undefined) {
    rememberEpoch(job, answer, asked, deps);
    rememberRates(answer.rates, deps);
  }
  heedStored(answer?.proof, deps);
  return answer;
}

async function fromStore(job: Job, nearby: MemoryEntry | undefined, deps: Deps): Promise<Found> {
  const asked = { at: deps.now(), purges: deps.isolate.purges };
  const answer = await readForLookup(deps.db, {
    poolId: job.pool.id,
    cacheKey: job.cacheKey,
    surrogateKeys: job.surrogateKeys,
    scope: job.scope,
    repository: job.repository,
    colo: deps.colo,
    beside: deps.isolate.plainFiles.unknownTrees(job),
  }).catch(() => undefined); // D1 is down: the request fills, and what it learns stays at the edge
  if (answer === undefined) {
    const verdict = nearby === undefined ? ({ kind: "absent" } as const) : judgeAlone(job, nearby, deps);
    return {
      held: nearby,
      verdict,
      generations: undefined,
      epoch: -1,
      proof: undefined,
      looked: true,
      covered: NO_EVENTS,
    };
  }
  rememberEpoch(job, answer, asked, deps);
  heedStored(answer.proof, deps);
  rememberRates(answer.rates, deps);
  const { generations, epoch, proof, covered } = answer;
  const stored = answer.row === undefined ? undefined : await toEntry(answer.row, deps);
  const newer = stored !== undefined && (nearby === undefined || stored.fetchedAt > nearby.entry.fetchedAt);
  const held = newer
    ? deps.isolate.entries.put(stored, isCurrent(stored, generations) ? epoch : -1, deps.now())
    : nearby;
  const verdict =
    held === undefined
      ? ({ kind: "absent" } as const)
      : judge(held.entry, job.ask.maxAgeSeconds, generations, deps.now());
  if (verdict.kind !== "fresh") await learnBeside(answer.beside, deps);
  return { held, verdict, generations, epoch, proof, looked: true, covered };
}

/** A tree whose body is not in its row teaches nothing: a second read would cost more than it saves. */
async function learnBeside(rows: readonly CacheRow[], deps: Deps): Promise<void> {
  for (const row of rows) {
    const teaches = row.body !== null && row.status === 200 && row.encoding === "json";
    const tree = teaches ? await toEntry(row, deps) : undefined;
    if (tree !== undefined)
      deps.isolate.plainFiles.learn(row.cacheKey, JSON.parse(new TextDecoder().decode(tree.body)));
  }
}

/** A row whose body is elsewhere or unreadable is no copy. */
async function toEntry(row: CacheRow, deps: Deps): Promise<CacheEntry | undefined> {
  const body = await readBody(row, deps);
  if (body === undefined) return undefined;
  const { identityId, identityKind } = row;
  return {
    ...row,
    body,
    identity: identityId === null || identityKind === null ? undefined : { id: identityId, kind: identityKind },
  };
}

/** The row of D1 by its key alone. */
export async function findStored(cacheKey: string, deps: Deps): Promise<CacheEntry | undefined> {
  const row = await findEntry(deps.db, cacheKey).catch(() => undefined); // D1 is down: no copy
  return row === undefined ? undefined : toEntry(row, deps);
}

function isCurrent(entry: CacheEntry, generations: Readonly<Record<string, number>>): boolean {
  return Object.entries(generations).every(([key, generation]) => generation === (entry.generations[key] ?? 0));
}

/** As of the moment D1 was asked, so that the memo bound holds however slow the answer is. */
function rememberEpoch(
  { pool, scope }: Job,
  { epoch, covered }: Pick<ServingAnswer, "epoch" | "covered">,
  asked: { readonly at: number; readonly purges: number },
  { isolate }: Deps,
): void {
  if (isolate.purges !== asked.purges) return;
  const name = epochName(pool.id, scope);
  const known = isolate.epochs.get(name);
  if (known !== undefined && known.askedAt > asked.at) return;
  isolate.epochs.set(name, { epoch, askedAt: asked.at, endedAt: known?.endedAt, covered: covered.size > 0 });
}
