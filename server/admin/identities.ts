/** Identities: what there is, how each stands, and every lever on one. */
import { z } from "zod";
import type { IdentitiesView, IdentityCheck } from "../../shared/dashboard/identities.ts";
import { pageInput } from "../../shared/dashboard/inputs.ts";
import { defaultPolicy } from "../../shared/policy.ts";
import { RelayError } from "../../shared/errors.ts";
import { identitySchema } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import { recordAct } from "../store/admin-events.ts";
import {
  deleteIdentity,
  findIdentity,
  type IdentityPut,
  listIdentitiesAfter,
  putIdentity,
  secretUsedElsewhere,
  setIdentityStatus,
} from "../store/identities.ts";
import { checkIdentity } from "./identity-check.ts";
import { identityPutOf } from "./identity-put.ts";
import { identityView, readStandings } from "./identity-view.ts";
import { operatorProcedure, router } from "./trpc.ts";

const oneIdentity = operatorProcedure.input(z.object({ identityId: identitySchema.shape.id }));
const putInput = z.object({
  identity: identitySchema,
  /** add: an identity of that id must not be there yet. */
  mode: z.enum(["add", "edit"]),
});

export const identitiesRouter = router({
  /** By id, each with its standing right now. */
  list: operatorProcedure.input(pageInput).query(async ({ ctx, input }): Promise<IdentitiesView> => {
    const { deps, poolId } = ctx;
    const found = await listIdentitiesAfter(deps.db, { poolId, after: input.cursor ?? "", limit: input.limit + 1 });
    const shown = found.slice(0, input.limit);
    const standings = await readStandings(poolId, shown, deps);
    return {
      now: deps.now(),
      rows: shown.map((identity) => identityView(identity, standings, deps)),
      next: found.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
      coordinatorAnswered: standings.snapshot !== undefined,
    };
  }),

  /** Adds an identity, or replaces what is said of one, scopes included. */
  put: operatorProcedure.input(putInput).mutation(async ({ ctx, input }): Promise<{ readonly id: string }> => {
    const { deps, poolId } = ctx;
    const put = identityPutOf(poolId, input.identity);
    await requireOwnSecret(put, input.mode, deps);
    const outcome = await putIdentity(deps.db, put, defaultPolicy(deps.config.defaultAllowedOwners), ctx.act);
    if (outcome.kind === "conflict") throw new RelayError("identity_conflict");
    deps.isolate.forgetPool(poolId);
    return { id: put.id };
  }),

  /** Takes an identity out of selection until resumed. Requests in flight finish. */
  pause: oneIdentity.mutation(({ ctx, input }) => setStatus(ctx, input.identityId, "paused")),
  resume: oneIdentity.mutation(({ ctx, input }) => setStatus(ctx, input.identityId, "active")),

  /** Ends every rest of one identity, and what is known of buckets that were empty. */
  clearCooldowns: oneIdentity.mutation(async ({ ctx, input }): Promise<void> => {
    const { deps, poolId } = ctx;
    await ownIdentity(ctx, input.identityId);
    const coordinator = deps.coordinator(poolId);
    const [standing] = (await coordinator.snapshot([input.identityId])).identities;
    const rests = (standing?.cooldowns ?? []).map(({ scope, cause, until }) => ({ scope, cause, until }));
    // The log first: the change is in the Durable Object, and must not stand there unlogged.
    await recordAct(deps.db, ctx.act, {
      poolId,
      action: "identity.clear_cooldowns",
      subject: input.identityId,
      before: { rests },
      after: { rests: [] },
    });
    await coordinator.clearCooldowns(input.identityId);
  }),

  /** One free question to GitHub with its credential. What comes of it is in the admin log as well. */
  test: oneIdentity.mutation(async ({ ctx, input }): Promise<IdentityCheck> => {
    const { deps, poolId } = ctx;
    const identity = await ownIdentity(ctx, input.identityId);
    const check = await checkIdentity({ ...identity, poolId }, deps);
    const githubStatus = check.kind === "refused" ? check.githubStatus : undefined;
    await recordAct(deps.db, ctx.act, {
      poolId,
      action: "identity.test",
      subject: identity.id,
      before: undefined,
      after: { result: check.kind, ...(githubStatus === undefined ? {} : { githubStatus }) },
    });
    return check;
  }),

  /** The credential itself stays where it is: a secret of the Worker. */
  remove: oneIdentity.mutation(async ({ ctx, input }): Promise<void> => {
    const { deps, poolId } = ctx;
    if (!(await deleteIdentity(deps.db, poolId, input.identityId, ctx.act))) throw new RelayError("identity_not_found");
    deps.isolate.forgetPool(poolId);
  }),
});

type Acting = {
  readonly deps: Deps;
  readonly poolId: string;
  readonly act: Parameters<typeof setIdentityStatus>[2];
};

async function setStatus({ deps, poolId, act }: Acting, id: string, status: "active" | "paused"): Promise<void> {
  if (!(await setIdentityStatus(deps.db, { poolId, id, status }, act))) throw new RelayError("identity_not_found");
  deps.isolate.forgetPool(poolId);
}

/** @throws RelayError identity_not_found, also for one of another pool. */
async function ownIdentity({ deps, poolId }: Pick<Acting, "deps" | "poolId">, id: string) {
  const identity = await findIdentity(deps.db, id);
  if (identity?.poolId !== poolId) throw new RelayError("identity_not_found");
  return identity;
}

/**
 * A secret that another pool uses is not this operator's to name; what the admin token named already may stay.
 * @throws RelayError identity_conflict, identity_not_found, secret_ref_elsewhere.
 */
async function requireOwnSecret(put: IdentityPut, mode: "add" | "edit", deps: Deps): Promise<void> {
  const before = await findIdentity(deps.db, put.id);
  const known = before?.poolId === put.poolId ? before : undefined;
  if (mode === "edit" && known === undefined) throw new RelayError("identity_not_found");
  // Said twice, as after a lost answer, it is no conflict with itself.
  const isSame = known?.secretRef === put.secretRef && known.login === put.login && known.kind === put.kind;
  if (mode === "add" && before !== undefined && !isSame) throw new RelayError("identity_conflict");
  if (known?.secretRef === put.secretRef) return;
  if (await secretUsedElsewhere(deps.db, put.secretRef, put.poolId)) throw new RelayError("secret_ref_elsewhere");
}
