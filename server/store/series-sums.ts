/** What a series and its breakdown sum up, from audit rows and from rollups alike. */
import { sql } from "drizzle-orm";
import { STATUS_NAMES, type StatusCounts } from "../../shared/dashboard/status.ts";
import { LATENCY_BOUNDS_MS, LATENCY_BUCKETS } from "./latency.ts";

export const ANSWER = {
  audit_events: sql.raw(
    "CASE WHEN fallback_reason <> '' THEN 'fallback' WHEN error_code <> '' THEN 'error' ELSE cache END",
  ),
  rollup: sql.raw(
    "CASE WHEN outcome = 'ok' THEN cache WHEN substr(outcome, 1, 9) = 'fallback:' THEN 'fallback' ELSE 'error' END",
  ),
};

const RAW_OK = "error_code = '' AND fallback_reason = ''";
/** By status, in the order of STATUS_NAMES; a sum of nothing is null. */
const RAW_COUNTS = [
  `sum(${RAW_OK} AND cache = 'hit' AND revalidated = 0)`,
  `sum(${RAW_OK} AND cache = 'hit' AND revalidated <> 0)`,
  ...["stale", "miss", "bypass"].map((cache) => `sum(${RAW_OK} AND cache = '${cache}')`),
  "sum(fallback_reason <> '')",
  "sum(error_code <> '' AND fallback_reason = '')",
];
const ROLLED_COUNTS = [
  "iif(outcome = 'ok' AND cache = 'hit', requests - revalidated, 0)",
  "iif(outcome = 'ok' AND cache = 'hit', revalidated, 0)",
  ...["stale", "miss", "bypass"].map((cache) => `iif(outcome = 'ok' AND cache = '${cache}', requests, 0)`),
  "fallbacks",
  "errors",
];
const RAW_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, index) => {
  const above = index === 0 ? "1" : `duration_ms > ${LATENCY_BOUNDS_MS[index - 1]}`;
  const upTo = LATENCY_BOUNDS_MS[index] === undefined ? "1" : `duration_ms <= ${LATENCY_BOUNDS_MS[index]}`;
  return `sum(${above} AND ${upTo})`;
});
const ROLLED_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, index) => `latency_${index}`);

/** One text of all sums: D1 sends a row as JSON with every column's name, and a point has nineteen. */
const joined = (sums: readonly string[]) => sql.raw(sums.map((sum) => `coalesce(${sum}, 0)`).join(" || ',' || "));
const summed = (columns: readonly string[]) => joined(columns.map((column) => `sum(${column})`));

/** How requests were answered. `signed`: of sets of running sums that are added or taken away. */
export const COUNTS = {
  audit_events: joined(RAW_COUNTS),
  rollup: summed(ROLLED_COUNTS),
  signed: joined(ROLLED_COUNTS.map((column) => `sum(sign * ${column})`)),
};
/** Those, what was saved, the units, and the latency's buckets. */
export const SUMS = {
  audit_events: joined([...RAW_COUNTS, `sum(${RAW_OK} AND quota_units = 0)`, "sum(quota_units)", ...RAW_LATENCY]),
  rollup: summed([...ROLLED_COUNTS, "saved", "quota_units", ...ROLLED_LATENCY]),
};

export const RAW_OUTCOME = sql.raw(
  `CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason WHEN error_code <> '' THEN 'error:' || error_code
    ELSE 'ok' END`,
);

/** The numbers of SUMS. */
export const numbersOf = (sums: string): readonly number[] => sums.split(",").map(Number);

/** The counts that COUNTS, or SUMS, begin with. */
export function countsOfText(sums: string): StatusCounts {
  return countsOfNumbers(numbersOf(sums));
}

export function countsOfNumbers(numbers: readonly number[]): StatusCounts {
  return Object.fromEntries(STATUS_NAMES.map((name, index) => [name, numbers[index] ?? 0])) as StatusCounts;
}
