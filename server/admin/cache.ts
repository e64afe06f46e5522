/** Stored answers: how many there are, where one is, and the end of them. */
import { z } from "zod";
import type {
  CacheEntryView,
  CacheSearchView,
  CacheTarget,
  CacheTotalsView,
  PurgeCountView,
} from "../../shared/dashboard/cache.ts";
import { pageInput } from "../../shared/dashboard/inputs.ts";
import { RelayError } from "../../shared/errors.ts";
import { scopeOfKey } from "../../shared/surrogate-keys.ts";
import { purgeSchema } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import {
  countByKind,
  countInForce,
  type EntrySummary,
  findEntryDetail,
  listEntriesByKey,
  listEntriesOfScope,
} from "../store/cache-entries.ts";
import { purgeKeys } from "../store/purge.ts";
import { entryRow, entryView, totalsView } from "./cache-view.ts";
import { purgeKeysOf } from "./purge-keys.ts";
import { operatorProcedure, router } from "./trpc.ts";

const targetInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("repository"), value: purgeSchema.shape.repo.unwrap() }),
  z.object({ kind: z.literal("path"), value: purgeSchema.shape.path.unwrap() }),
  z.object({ kind: z.literal("key"), value: z.string().min(1).max(400) }),
]);
const onTarget = operatorProcedure.input(z.object({ target: targetInput }));

export const cacheRouter = router({
  /** How many entries, how fresh and how large, by route kind. Purged ones count until they are swept. */
  totals: operatorProcedure.query(async ({ ctx }): Promise<CacheTotalsView> => {
    const now = ctx.deps.now();
    return totalsView(await countByKind(ctx.deps.db, ctx.poolId, now), now);
  }),

  search: onTarget.input(pageInput).query(async ({ ctx, input }): Promise<CacheSearchView> => {
    const now = ctx.deps.now();
    const { target, limit, cursor } = input;
    const found = await search(target, { poolId: ctx.poolId, limit: limit + 1, cursor }, ctx.deps);
    const shown = found.slice(0, limit);
    const last = found.length > shown.length ? shown.at(-1) : undefined;
    const next = target.kind === "repository" ? last?.row.toString() : last?.cacheKey;
    return { now, rows: shown.map((entry) => entryRow(entry, now)), next: next ?? null };
  }),

  /** Everything about one entry but its body. */
  entry: operatorProcedure
    .input(z.object({ cacheKey: z.string().min(1).max(200) }))
    .query(async ({ ctx, input }): Promise<CacheEntryView> => {
      const entry = await findEntryDetail(ctx.deps.db, ctx.poolId, input.cacheKey);
      if (entry === undefined) throw new RelayError("cache_entry_not_found");
      return entryView(entry, ctx.deps.now());
    }),

  /** What a purge would end, before it does. */
  countPurge: onTarget.query(({ ctx, input }) => count(input.target, ctx.poolId, ctx.deps)),

  /** Ends it: here at once, everywhere within the memo bound. Answers what it was. */
  purge: onTarget.mutation(async ({ ctx, input }): Promise<PurgeCountView> => {
    const { deps, poolId } = ctx;
    const counted = await count(input.target, poolId, deps);
    const byScope = Map.groupBy(counted.keys, scopeOfKey);
    await purgeKeys(deps.db, poolId, byScope, ctx.act);
    deps.isolate.endEpochs(poolId, byScope.keys(), deps.now());
    return counted;
  }),
});

/** @throws RelayError invalid_path, route_denied: the path is none of the catalogue. */
function keysOf(target: CacheTarget): readonly string[] {
  if (target.kind === "repository") return purgeKeysOf({ repo: target.value });
  return purgeKeysOf(target.kind === "path" ? { path: target.value } : { keys: [target.value] });
}

async function count(target: CacheTarget, poolId: string, deps: Deps): Promise<PurgeCountView> {
  const keys = keysOf(target);
  return { keys, ...(await countInForce(deps.db, poolId, keys, deps.now())) };
}

async function search(
  target: CacheTarget,
  page: { readonly poolId: string; readonly limit: number; readonly cursor: string | undefined },
  deps: Deps,
): Promise<readonly EntrySummary[]> {
  const { poolId, limit, cursor } = page;
  if (target.kind === "repository")
    return listEntriesOfScope(deps.db, { poolId, scope: target.value.toLowerCase(), limit, beforeRow: rowOf(cursor) });
  const [key = ""] = keysOf(target);
  return listEntriesByKey(deps.db, { poolId, key, limit, after: cursor });
}

/** @throws RelayError invalid_request. */
function rowOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw new RelayError("invalid_request", { details: { field: "cursor" } });
  return Number(cursor);
}
