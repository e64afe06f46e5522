/** The admin audit log: who did what, and what was before and after. */
import { z } from "zod";
import type { AdminLogView } from "../../shared/dashboard/admin-log.ts";
import { pageInput, windowInput } from "../../shared/dashboard/inputs.ts";
import { resolveWindow } from "../../shared/dashboard/window.ts";
import { searchAdminEvents } from "../store/admin-log.ts";
import { changesOf } from "./changes.ts";
import { eventCursor, eventCursorText } from "./cursors.ts";
import { operatorProcedure, router } from "./trpc.ts";

const filters = pageInput.extend({
  /** Absent: all there is. */
  window: windowInput.optional(),
  actor: z.string().max(100).optional(),
  /** A whole action, or a noun: `identity` stands for `identity.put` and its siblings. */
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/, "must be an action")
    .optional(),
  text: z.string().max(200).optional(),
});

export const adminLogRouter = router({
  /** Newest first. */
  list: operatorProcedure.input(filters).query(async ({ ctx, input }): Promise<AdminLogView> => {
    const { deps, poolId } = ctx;
    const { window, limit, cursor, actor, action, text } = input;
    const time = window === undefined ? {} : resolveWindow(window, deps.now());
    const before = eventCursor(cursor);
    const found = await searchAdminEvents(deps.db, { poolId, actor, action, text, limit: limit + 1, before, ...time });
    const shown = found.slice(0, limit);
    const last = found.length > shown.length ? shown.at(-1) : undefined;
    return {
      now: deps.now(),
      rows: shown.map((event) => ({
        id: event.id,
        at: event.at,
        actor: event.actor,
        action: event.action,
        subject: event.subject,
        changes: changesOf(event.before, event.after),
        requestId: event.requestId,
      })),
      next: last === undefined ? null : eventCursorText(last),
    };
  }),
});
