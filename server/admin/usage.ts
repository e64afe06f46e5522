/** What is asked, why it was refused, and by whom, over up to thirty days. */
import { z } from "zod";
import { pageInput, windowInput } from "../../shared/dashboard/inputs.ts";
import type { CallerUseView, CausesView, PatternsView } from "../../shared/dashboard/usage.ts";
import { resolveWindow } from "../../shared/dashboard/window.ts";
import { readLogins } from "../store/caller-list.ts";
import { readPatternsBy, readUsageBy } from "../store/usage-groups.ts";
import { pageOf } from "./cursors.ts";
import { nameable, repositoryOfKey } from "./shown-names.ts";
import { operatorProcedure, router } from "./trpc.ts";
import { callerRows, causeRows, patternRows } from "./usage-rows.ts";

const listInput = pageInput.extend({ window: windowInput.default("7d") });

export const usageRouter = router({
  /** Normalized patterns of requests, most frequent first. */
  patterns: operatorProcedure
    .input(listInput.extend({ text: z.string().max(200).default("") }))
    .query(async ({ ctx, input }): Promise<PatternsView> => {
      const { deps, poolId } = ctx;
      const now = deps.now();
      const window = resolveWindow(input.window, now);
      const { groups, cut } = await readPatternsBy(deps.db, { poolId, ...window, now }, [
        "route_kind",
        "route_key",
        "outcome",
      ]);
      const mayName = await nameable(
        deps.db,
        groups.flatMap(({ key }) => repositoryOfKey(key.route_key) ?? []),
      );
      const text = input.text.toLowerCase();
      const rows = patternRows(groups, mayName).filter(
        (row) => row.pattern.toLowerCase().includes(text) || row.routeKind.includes(text),
      );
      return { ...window, ...pageOf(rows, input), total: rows.length, cut };
    }),

  /** Errors, fallbacks and denials by their code, each with the routes it struck. */
  causes: operatorProcedure.input(listInput).query(async ({ ctx, input }): Promise<CausesView> => {
    const { deps, poolId } = ctx;
    const now = deps.now();
    const window = resolveWindow(input.window, now);
    const { groups } = await readUsageBy(deps.db, { poolId, ...window, now }, ["route_kind", "outcome"]);
    const refused = groups.filter(({ key }) => key.outcome !== "ok");
    const sum = (of: typeof groups) => of.reduce((total, { requests }) => total + requests, 0);
    return { ...window, ...pageOf(causeRows(refused), input), requests: sum(groups), refused: sum(refused) };
  }),

  /** Who used the pool, most requests first. */
  callers: operatorProcedure.input(listInput).query(async ({ ctx, input }): Promise<CallerUseView> => {
    const { deps, poolId } = ctx;
    const now = deps.now();
    const window = resolveWindow(input.window, now);
    const { groups } = await readUsageBy(deps.db, { poolId, ...window, now }, ["caller_id"]);
    const page = pageOf(groups, input);
    const logins = await readLogins(
      deps.db,
      page.rows.map(({ key }) => key.caller_id),
    );
    const all = groups.reduce((total, { requests }) => total + requests, 0);
    return { ...window, rows: callerRows(page.rows, logins, all), next: page.next, total: groups.length };
  }),
});
