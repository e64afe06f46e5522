import { command } from "../command.ts";
import { NoResults } from "../exit.ts";
import { listAt, numberAt, objectAt, textAt, type JsonObject } from "../json.ts";
import type { Cell, Io } from "../io.ts";

export const stats = command({
  name: "stats",
  about: "Show how requests were served: usage, routes, backends and fallback reasons.",
  details: [
    "Hit rates are shares of all requests, of the cacheable ones, and of those the cache could have served. In a pipe each row begins with the name of its table.",
  ],
  args: {},
  flags: {
    since: { type: "string", value: "window", default: "24h", about: "how far back, such as 30m, 24h or 7d" },
    client: { type: "string", value: "name", about: "count one of your machines in the client rows" },
    pool: { type: "string", value: "name", about: "another pool than the one of your login" },
    local: { type: "boolean", about: "what octopool gh did on this machine, from its own notes of 30 days" },
    json: { type: "boolean", about: "print the report as JSON" },
  },
  examples: ["octopool stats", "octopool stats --since 7d --client build-7", "octopool stats --local"],
  async run({ flags, relay, io, machine }) {
    if (flags.local) {
      const { showLocalUsage } = await import("../gh/show-usage.ts");
      return showLocalUsage({ since: flags.since, json: flags.json, io, machine });
    }
    const query = { since: flags.since === "" ? undefined : flags.since, client: flags.client };
    const report = await relay.poolReport("stats", { pool: flags.pool, query });
    if (flags.json) return io.json(report);
    if (numberAt(objectAt(report, "pool_usage"), "requests") === 0) {
      throw new NoResults(`No requests in the last ${textAt(objectAt(report, "window"), "label") ?? flags.since}.`);
    }
    if (io.isTerminal) io.line(heading(report));
    printTables(report, io);
  },
});

function heading(report: JsonObject): string {
  const operator = objectAt(report, "operator");
  const window = textAt(objectAt(report, "window"), "label") ?? "the window";
  return `Pool ${textAt(report, "pool") ?? "-"}, last ${window}, for ${textAt(operator, "github_login") ?? "-"} (${textAt(operator, "client_name") ?? "-"})`;
}

const USAGE_COLUMNS = [
  "REQUESTS",
  "HIT",
  "STALE",
  "MISS",
  "BYPASS",
  "HIT RATE",
  "CACHEABLE",
  "ELIGIBLE",
  "SAVED",
  "FALLBACKS",
  "ERRORS",
  "AVG MS",
];

function printTables(report: JsonObject, io: Io): void {
  const usage = [
    ["pool", objectAt(report, "pool_usage")],
    ["you", objectAt(report, "caller_usage")],
    [textAt(report, "client_filter") ?? "this client", objectAt(report, "client_usage")],
  ] as const;
  io.table(
    ["WHOSE", ...USAGE_COLUMNS],
    usage.map(([whose, row]) => [whose, ...usageCells(row)]),
    "Usage",
  );
  io.table(["ROUTE", ...USAGE_COLUMNS], named(report, "routes", "route_kind"), "Routes");
  io.table(["CLIENT", ...USAGE_COLUMNS], named(report, "clients", "client_name"), "Clients");
  io.table(
    ["BACKEND", "ROUTE", "REQUESTS", "MISS", "BYPASS", "REVALIDATED"],
    listAt(report, "backends").map((row) => [
      textAt(row, "backend"),
      textAt(row, "route_kind"),
      ...["requests", "cache_misses", "cache_bypass", "revalidated"].map((name) => numberAt(row, name)),
    ]),
    "Backends",
  );
  io.table(
    ["REASON", "ROUTE", "REQUESTS"],
    listAt(report, "fallback_reasons").map((row) => [
      textAt(row, "reason"),
      textAt(row, "route_kind"),
      numberAt(row, "requests"),
    ]),
    "Fallback reasons",
  );
  const cache = objectAt(report, "cache");
  const counts = ["total_entries", "fresh_entries", "expired_entries", "body_bytes"].map((name) =>
    numberAt(cache, name),
  );
  io.table(["ENTRIES", "FRESH", "EXPIRED", "BYTES"], [counts], "Cache");
}

function named(report: JsonObject, list: string, key: string): Cell[][] {
  return listAt(report, list).map((row) => [textAt(row, key), ...usageCells(row)]);
}

function usageCells(row: JsonObject): Cell[] {
  return [
    ...["requests", "cache_hits", "cache_stale", "cache_misses", "cache_bypass"].map((name) => numberAt(row, name)),
    ...["cache_hit_rate", "cacheable_hit_rate", "eligible_cache_hit_rate"].map((name) => percent(numberAt(row, name))),
    ...["saved_github_requests", "fallbacks", "errors"].map((name) => numberAt(row, name)),
    rounded(numberAt(row, "avg_duration_ms")),
  ];
}

/** A rate of 0–1 as people read it; null where nothing was counted. */
function percent(rate: number | undefined): string | null {
  return rate === undefined ? null : `${(rate * 100).toFixed(1)}%`;
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
