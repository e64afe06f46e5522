/** Audit rows: newest first, one of them with its way, how many there are of each kind, and what to filter by. */
import { z } from "zod";
import { pageInput, trafficFilters, type TrafficFilters, windowInput } from "../../shared/dashboard/inputs.ts";
import type { StatusCounts } from "../../shared/dashboard/status.ts";
import type { Option, TrafficCounts, TrafficDetail, TrafficPage } from "../../shared/dashboard/traffic.ts";
import { resolveWindow, type TimeWindow } from "../../shared/dashboard/window.ts";
import { RelayError } from "../../shared/errors.ts";
import type { Db } from "../store/db.ts";
import { readFiltered } from "../store/series-filtered.ts";
import { COUNTED_ROW_BY_ROW_MS, countNewer, countRows, findRow, findRows, type FoundRow } from "../store/traffic.ts";
import { readSeenValues, type SeenValue } from "../store/traffic-options.ts";
import { eventCursor, eventCursorText } from "./cursors.ts";
import { stagesOf, verdictOf } from "./decision-trail.ts";
import { nameable, repositoryOfKey } from "./shown-names.ts";
import { shownPath, toTrafficRow } from "./traffic-row.ts";
import { operatorProcedure, router } from "./trpc.ts";
import { addCounts } from "./usage-figures.ts";

const inWindow = z.object({ window: windowInput, filters: trafficFilters.default({}) });

/** A count of new rows says "at least" beyond this. */
const MOST_NEWER = 1_000;

export const trafficRouter = router({
  list: operatorProcedure
    .input(pageInput.extend(inWindow.shape))
    .query(async ({ ctx, input }): Promise<TrafficPage> => {
      const { deps, poolId } = ctx;
      const now = deps.now();
      const { from, to } = resolveWindow(input.window, now);
      const { limit, filters } = input;
      const ask = { poolId, from, to, filters, limit, after: eventCursor(input.cursor) };
      const { rows, end } = await findRows(deps.db, ask);
      const mayName = await namesOf(deps.db, rows);
      return {
        now,
        rows: rows.map((row) => toTrafficRow(row, mayName)),
        next: end === null ? null : eventCursorText(end),
        lookedTo: end === null ? null : end.at,
      };
    }),

  one: operatorProcedure
    .input(z.object({ id: z.int().min(1) }))
    .query(async ({ ctx, input }): Promise<TrafficDetail> => {
      const { deps, poolId } = ctx;
      const row = await findRow(deps.db, poolId, input.id);
      if (row === undefined)
        throw new RelayError("not_found", { message: "There is no such row; they are kept for 30 days." });
      const mayName = await namesOf(deps.db, [row]);
      const shown = { ...row, routeKey: shownPath(row, mayName) };
      return {
        row: toTrafficRow(row, mayName),
        verdict: verdictOf(row),
        stages: stagesOf(shown),
        calls: row.upstreamCalls,
      };
    }),

  /** How many rows came after one: what waits while a list is paused. */
  newer: operatorProcedure
    .input(z.object({ after: z.string().max(200), filters: trafficFilters.default({}) }))
    .query(async ({ ctx, input }): Promise<{ readonly count: number; readonly isMore: boolean }> => {
      const after = eventCursor(input.after) ?? { at: 0, id: 0 };
      const ask = { poolId: ctx.poolId, after, filters: input.filters, most: MOST_NEWER };
      const count = await countNewer(ctx.deps.db, ask);
      return { count, isMore: count >= MOST_NEWER };
    }),

  counts: operatorProcedure.input(inWindow).query(async ({ ctx, input }): Promise<TrafficCounts> => {
    const { deps, poolId } = ctx;
    const now = deps.now();
    const window = resolveWindow(input.window, now);
    const [counts, seen] = await Promise.all([
      countAnswers(deps.db, { poolId, window, now, filters: { ...input.filters, answers: undefined } }),
      readSeenValues(deps.db, { poolId, ...window }),
    ]);
    const reasons = seen.outcomes
      .filter(({ value }) => value.includes(":"))
      .map(({ value }) => option({ value: value.slice(value.indexOf(":") + 1), label: null }));
    return {
      counts,
      options: {
        callers: seen.callers.map(option),
        clients: seen.clients.map(option),
        kinds: seen.kinds.map(option),
        identities: seen.identities.map(option),
        backends: seen.backends.map(option),
        reasons: [...new Map(reasons.map((reason) => [reason.value, reason])).values()],
      },
    };
  }),
});

const option = ({ value, label }: SeenValue): Option => ({ value, label: label ?? value });

async function namesOf(db: Db, rows: readonly FoundRow[]) {
  return nameable(
    db,
    rows.flatMap(({ routeKey }) => repositoryOfKey(routeKey) ?? []),
  );
}

/** Row by row in a short window; in a long one from the rollups, which know some filters only. */
async function countAnswers(
  db: Db,
  { poolId, window, now, filters }: { poolId: string; window: TimeWindow; now: number; filters: TrafficFilters },
): Promise<StatusCounts | null> {
  if (window.to - window.from <= COUNTED_ROW_BY_ROW_MS) return countRows(db, { poolId, ...window, filters });
  const { status, spent, slower, text, ...known } = filters;
  if ([status, spent, slower, text].some((filter) => filter !== undefined)) return null;
  return addCounts(await readFiltered(db, { poolId, ...window, now }, known));
}
