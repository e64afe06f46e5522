/** What `octopool watch` draws: pure, from the server's two reports to lines. */
import { printable } from "../io.ts";
import { listAt, numberAt, objectAt, textAt, type JsonObject } from "../json.ts";

export interface ViewOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly now: number;
}

const GAUGE = 20;

/** Standing and statistics of the last 15 minutes, as many lines as there is room for. */
export function drawStanding(standing: JsonObject, stats: JsonObject, { width, height, now }: ViewOptions): string[] {
  const identities = listAt(standing, "identities");
  const lines = [
    headline(standing, stats),
    "",
    ...(identities.length === 0 ? ["No identity: reads are served without tokens only."] : []),
    ...identities.flatMap((identity) => identityLines(identity, now)),
    "",
    "Your last requests",
    ...recentLines(standing, now),
  ];
  return lines.slice(0, Math.max(1, height - 1)).map((line) => printable(line).slice(0, width));
}

function headline(standing: JsonObject, stats: JsonObject): string {
  const usage = objectAt(stats, "pool_usage");
  const hitRate = numberAt(usage, "eligible_cache_hit_rate");
  const fills = objectAt(standing, "fills");
  return [
    `Pool ${textAt(standing, "pool") ?? "-"}, last 15 minutes`,
    `${numberAt(usage, "requests") ?? 0} requests`,
    hitRate === undefined ? "no hit rate yet" : `${(hitRate * 100).toFixed(1)}% hits`,
    `${numberAt(usage, "saved_github_requests") ?? 0} saved`,
    `${numberAt(usage, "fallbacks") ?? 0} fallbacks`,
    `${numberAt(fills, "in_flight") ?? "?"} fills now`,
  ].join(" · ");
}

function identityLines(identity: JsonObject, now: number): string[] {
  const id = textAt(identity, "id") ?? "-";
  const resources = listAt(identity, "resources");
  const rows = resources.map((resource) => `    ${resourceLine(resource, now)}`);
  return [`  ${id}  ${stateOf(identity, now)}`, ...rows];
}

function stateOf(identity: JsonObject, now: number): string {
  if (textAt(identity, "status") === "paused") return "paused by an operator";
  if (identity["secret_present"] === false) return "its secret is missing";
  const rests = listAt(identity, "cooldowns");
  const whole = rests.find((rest) => textAt(rest, "scope") === "identity");
  if (whole !== undefined) return `rests ${until(textAt(whole, "until"), now)}: ${textAt(whole, "cause") ?? "?"}`;
  const parts = rests.map((rest) => `${textAt(rest, "on") ?? "?"} rests ${until(textAt(rest, "until"), now)}`);
  if (parts.length > 0) return parts.join(", ");
  return listAt(identity, "resources").length === 0 ? "ready, nothing read yet" : "ready";
}

function resourceLine(resource: JsonObject, now: number): string {
  const limit = numberAt(resource, "limit") ?? 0;
  const remaining = numberAt(resource, "remaining") ?? 0;
  const share = limit > 0 ? Math.min(1, Math.max(0, remaining / limit)) : 0;
  const filled = Math.round(share * GAUGE);
  const gauge = `${"█".repeat(filled)}${"░".repeat(GAUGE - filled)}`;
  const empty = textAt(resource, "empty_at");
  const ends = empty === undefined ? "" : `, empty ${until(empty, now)}`;
  const name = (textAt(resource, "resource") ?? "-").padEnd(12);
  return `${name} ${gauge} ${remaining} of ${limit}, resets ${until(textAt(resource, "reset_at"), now)}${ends}`;
}

function recentLines(standing: JsonObject, now: number): string[] {
  const rows = listAt(standing, "recent");
  if (rows.length === 0) return ["  none in the last five minutes"];
  return rows.map((row) => {
    const age = ago(textAt(row, "at"), now).padStart(7);
    const outcome = (textAt(row, "fallback_reason") ?? textAt(row, "cache") ?? "-").padEnd(14);
    const took = `${numberAt(row, "duration_ms") ?? "-"} ms`.padStart(9);
    return `  ${age}  ${outcome} ${String(numberAt(row, "status") ?? "-")} ${took}  ${textAt(row, "route_key") ?? "-"}`;
  });
}

function until(time: string | undefined, now: number): string {
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? "?" : `in ${duration(ms - now)}`;
}

function ago(time: string | undefined, now: number): string {
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? "?" : duration(now - ms);
}

/** `45 s`, `12 min`, `3 h`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
