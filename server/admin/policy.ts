/** The pool's policy: what it says, what another would have changed, and what it said before. */
import { z } from "zod";
import { pageInput } from "../../shared/dashboard/inputs.ts";
import type { PolicyHistoryView, PolicyView, PreviewView } from "../../shared/dashboard/policy.ts";
import { RelayError } from "../../shared/errors.ts";
import { decodePolicy, defaultPolicy, type Policy } from "../../shared/policy.ts";
import { policyPutSchema } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import type { Act } from "../store/admin-events.ts";
import { findPolicyEvent, listPolicyEvents } from "../store/admin-log.ts";
import { findPool, savePolicy } from "../store/pools.ts";
import { eventCursor, eventCursorText } from "./cursors.ts";
import { policyOf } from "./policy-of.ts";
import { policyOfEvent, versionOfEvent, versionRow } from "./policy-history.ts";
import { previewPolicy } from "./policy-preview.ts";
import { operatorProcedure, router } from "./trpc.ts";

/** The policy itself is decoded by policyOf, so that a wrong member is refused by its own name. */
const withPolicy = operatorProcedure.input(policyPutSchema);
/** The version that the page shows: a change on top of another operator's is refused, never written over. */
const onVersion = z.object({ version: z.int().min(0) });

export const policyRouter = router({
  get: operatorProcedure.query(({ ctx }) => policyView(ctx.poolId, ctx.deps)),

  /** Replays the last day of requests against this policy. Changes nothing. */
  preview: withPolicy.query(async ({ ctx, input }): Promise<PreviewView> => {
    const after = policyOf(input.policy);
    const { policy } = await policyView(ctx.poolId, ctx.deps);
    // A closed pool served nothing; its requests are judged as if the default had refused none of them.
    const before = policy ?? defaultPolicy(ctx.deps.config.defaultAllowedOwners);
    return previewPolicy(ctx.poolId, { before: before as Policy, after }, ctx.deps);
  }),

  save: withPolicy.input(onVersion).mutation(({ ctx, input }): Promise<PolicyView> => {
    return replace(policyOf(input.policy), { version: input.version }, ctx);
  }),

  history: operatorProcedure.input(pageInput).query(async ({ ctx, input }): Promise<PolicyHistoryView> => {
    const { poolId, deps } = ctx;
    const ask = { poolId, limit: input.limit + 1, before: eventCursor(input.cursor) };
    const found = await listPolicyEvents(deps.db, ask);
    const shown = found.slice(0, input.limit);
    const last = found.length > shown.length ? shown.at(-1) : undefined;
    return { rows: shown.map(versionRow), next: last === undefined ? null : eventCursorText(last) };
  }),

  /** Puts back what an earlier version said, as a new version. */
  restore: operatorProcedure
    .input(onVersion.extend({ eventId: z.int().min(1) }))
    .mutation(async ({ ctx, input }): Promise<PolicyView> => {
      const event = await findPolicyEvent(ctx.deps.db, ctx.poolId, input.eventId);
      const policy = event === undefined ? undefined : policyOfEvent(event);
      if (event === undefined || policy === undefined) throw new RelayError("policy_version_not_found");
      return replace(policy, { version: input.version, restores: versionOfEvent(event) ?? 0 }, ctx);
    }),
});

async function policyView(poolId: string, deps: Pick<Deps, "db" | "now" | "config">): Promise<PolicyView> {
  const pool = await findPool(deps.db, poolId);
  if (pool === undefined) throw new RelayError("pool_not_found");
  return {
    now: deps.now(),
    policy: decodePolicy(pool.policyText) ?? null,
    version: pool.policyVersion,
    updatedAt: pool.updatedAt,
    defaults: defaultPolicy(deps.config.defaultAllowedOwners),
  };
}

/** @throws RelayError pool_not_found, policy_conflict. */
async function replace(
  policy: Policy,
  { version, restores }: { readonly version: number; readonly restores?: number },
  { deps, poolId, act }: { readonly deps: Deps; readonly poolId: string; readonly act: Act },
): Promise<PolicyView> {
  const known = await findPool(deps.db, poolId);
  if (known === undefined) throw new RelayError("pool_not_found");
  // Said twice, as after a lost answer, it is done already.
  const isDone = known.policyVersion === version + 1 && known.policyText === JSON.stringify(policy);
  if (!isDone) {
    if (known.policyVersion !== version) throw new RelayError("policy_conflict");
    const saved = await savePolicy(deps.db, restores === undefined ? known : { ...known, restores }, policy, act);
    if (saved === undefined) throw new RelayError("policy_conflict");
  }
  deps.isolate.forgetPool(poolId);
  return policyView(poolId, deps);
}
