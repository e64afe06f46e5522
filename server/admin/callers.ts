/** Callers and their clients: who they are, what they used, and who may go on. */
import { z } from "zod";
import type { CallersView, ProvisionedView } from "../../shared/dashboard/callers.ts";
import { pageInput, windowInput } from "../../shared/dashboard/inputs.ts";
import { resolveWindow } from "../../shared/dashboard/window.ts";
import { RelayError } from "../../shared/errors.ts";
import { callerSchema, POOL_NAME, toClientName } from "../../shared/wire.ts";
import type { Deps } from "../deps.ts";
import type { Act } from "../store/admin-events.ts";
import { holdsOtherPools, isCallerOfPool, listCallersOfPool } from "../store/caller-list.ts";
import { type KnownCaller, setCallerDisabled, setPoolGrant } from "../store/callers.ts";
import { callerIdOf, revokeClient } from "../store/logins.ts";
import { readUsageBy } from "../store/usage-groups.ts";
import { callerView } from "./caller-view.ts";
import { findMember } from "./find-member.ts";
import { provisionCaller } from "./provision-caller.ts";
import { operatorProcedure, router } from "./trpc.ts";

const callerId = z.string().regex(/^gh_\d{1,15}$/, "must be a caller's id");
const oneCaller = operatorProcedure.input(z.object({ callerId }));
const listInput = pageInput.extend({ window: windowInput.default("7d"), text: z.string().max(100).default("") });

export const callersRouter = router({
  /** Who has or had a grant of the pool, by login, with what each used in the window. */
  list: operatorProcedure.input(listInput).query(async ({ ctx, input }): Promise<CallersView> => {
    const { deps, poolId, operator } = ctx;
    const now = deps.now();
    const window = { poolId, now, ...resolveWindow(input.window, now) };
    const ask = { poolId, poolIds: operator.poolIds, text: input.text, limit: input.limit + 1, after: cursorOf(input) };
    const found = await listCallersOfPool(deps.db, ask);
    const shown = found.slice(0, input.limit);
    const used = await readUsageBy(deps.db, { ...window, callerIds: shown.map(({ id }) => id) }, [
      "caller_id",
      "client_name",
      "route_kind",
    ]);
    const last = found.length > shown.length ? shown.at(-1) : undefined;
    return {
      now,
      rows: shown.map((caller) => callerView(caller, used.groups, operator)),
      next: last === undefined ? null : `${last.loginKey} ${last.id}`,
      cut: used.cut,
    };
  }),

  /** Lets a member of the organization in, with a token that is shown this once. */
  provision: operatorProcedure
    .input(
      z.object({
        login: callerSchema.shape.github_login,
        name: callerSchema.shape.name,
        clientName: z.string().max(400).default("admin"),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<ProvisionedView> => {
      const { deps, poolId } = ctx;
      const clientName = toClientName(input.clientName);
      if (clientName === undefined)
        throw new RelayError("invalid_request", {
          message: "clientName: must be at most 80 characters.",
          details: { field: "clientName" },
        });
      const member = { ...(await findMember(input.login, deps)), name: input.name };
      // The token opens every pool of that caller, so a stranger's would open what this operator may not.
      await requireNowhereElse(callerIdOf(member.githubUserId), ctx);
      const { caller, token } = await provisionCaller({ member, poolId, clientName }, ctx.act, deps);
      return { login: caller.githubLogin, clientName, token };
    }),

  /** Shuts a caller out of everything, with all clients and sessions. */
  disable: oneCaller.mutation(({ ctx, input }) => setDisabled(input.callerId, true, ctx)),
  enable: oneCaller.mutation(({ ctx, input }) => setDisabled(input.callerId, false, ctx)),

  /** Ends the token of one client; the others go on. */
  revokeClient: oneCaller
    .input(z.object({ clientName: z.string().min(1).max(80) }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const { deps, poolId } = ctx;
      await requireCaller(input.callerId, ctx);
      await requireNowhereElse(input.callerId, ctx);
      const ask = { poolId, callerId: input.callerId, clientName: input.clientName };
      if (!(await revokeClient(deps.db, ask, ctx.act))) throw new RelayError("client_not_found");
      deps.isolate.forgetCallers();
    }),

  /** Grants a pool that the operator holds, or takes it away; it stays so over later logins. */
  setGrant: oneCaller
    .input(z.object({ grantPool: z.string().regex(POOL_NAME, "must be a pool's name"), granted: z.boolean() }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const { deps, operator } = ctx;
      if (!operator.poolIds.includes(input.grantPool)) throw new RelayError("pool_not_held");
      await requireCaller(input.callerId, ctx);
      if (!input.granted && input.callerId === operator.id) throw new RelayError("own_access");
      const ask = { poolId: input.grantPool, callerId: input.callerId, granted: input.granted };
      await setPoolGrant(deps.db, ask, ctx.act);
      deps.isolate.forgetCallers();
    }),
});

interface Acting {
  readonly deps: Deps;
  readonly poolId: string;
  readonly operator: KnownCaller;
  readonly act: Act;
}

async function setDisabled(id: string, disabled: boolean, ctx: Acting): Promise<void> {
  await requireCaller(id, ctx);
  if (disabled && id === ctx.operator.id) throw new RelayError("own_access");
  await requireNowhereElse(id, ctx);
  const ask = { poolId: ctx.poolId, callerId: id, disabled };
  if (!(await setCallerDisabled(ctx.deps.db, ask, ctx.act))) throw new RelayError("caller_not_found");
  ctx.deps.isolate.forgetCallers();
}

/** @throws RelayError caller_not_found, also for one who never had this pool. */
async function requireCaller(id: string, { deps, poolId }: Acting): Promise<void> {
  if (!(await isCallerOfPool(deps.db, id, poolId)))
    throw new RelayError("caller_not_found", { message: "The pool knows no caller of that id." });
}

/** An operator acts in the pools he holds only: what would reach others is refused. @throws RelayError caller_elsewhere. */
async function requireNowhereElse(id: string, { deps, operator }: Acting): Promise<void> {
  if (await holdsOtherPools(deps.db, id, operator.poolIds)) throw new RelayError("caller_elsewhere");
}

/** @throws RelayError invalid_request. */
function cursorOf({ cursor }: { readonly cursor?: string | undefined }) {
  if (cursor === undefined) return undefined;
  const [, loginKey, id] = /^(\S+) (gh_\d+)$/.exec(cursor) ?? [];
  if (loginKey === undefined || id === undefined)
    throw new RelayError("invalid_request", { details: { field: "cursor" } });
  return { loginKey, id };
}
