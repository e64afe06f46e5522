/** All rows under the present filters, page after page, as one file. Loaded when somebody exports. */
import type { TrafficRow } from "../../shared/dashboard/traffic.ts";
import { api, type Inputs } from "../api.ts";
import { csvOf, type ExportColumn, type ExportFormat, ndjsonOf, save } from "../ui/export.ts";

/** More than this is a job for the database. */
export const MOST_EXPORTED = 20_000;
const PAGE = 200;

const COLUMNS: readonly ExportColumn<TrafficRow>[] = [
  { name: "time", value: ({ at }) => new Date(at).toISOString() },
  { name: "request_id", value: ({ requestId }) => requestId },
  { name: "caller", value: ({ caller }) => caller },
  { name: "client", value: ({ client }) => client },
  { name: "route_kind", value: ({ kind }) => kind },
  { name: "path", value: ({ path }) => path },
  { name: "answer", value: ({ answer }) => answer },
  { name: "why", value: ({ why }) => why },
  { name: "status", value: ({ status }) => status },
  { name: "identity", value: ({ identity }) => identity },
  { name: "backend", value: ({ backend }) => backend },
  { name: "units", value: ({ units }) => units },
  { name: "duration_ms", value: ({ ms }) => ms },
];

type Ask = Pick<Inputs["traffic"]["list"], "pool" | "window" | "filters">;

/** How many rows were written, and whether there were more. */
export async function exportTraffic(
  ask: Ask,
  format: ExportFormat,
): Promise<{ readonly rows: number; readonly isCut: boolean }> {
  const rows: TrafficRow[] = [];
  let cursor: string | null = null;
  do {
    const page: { rows: readonly TrafficRow[]; next: string | null } = await api.traffic.list.query({
      ...ask,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null && rows.length < MOST_EXPORTED);
  const text = format === "csv" ? csvOf(COLUMNS, rows) : ndjsonOf(COLUMNS, rows);
  save(`octopool-${ask.pool}-traffic`, format, text);
  return { rows: rows.length, isCut: cursor !== null };
}
