/**
 * A request's way in words: what each stage decided, as far as its audit row tells, with the times it wrote down. Pure.
 * A stage that was not timed by itself has no times; its time is in the stage after it.
 */
import { ERRORS, type ErrorCode } from "../../shared/errors.ts";
import type { StatusName } from "../../shared/dashboard/status.ts";
import type { TrailStage } from "../../shared/dashboard/traffic.ts";
import type { FoundRow } from "../store/traffic.ts";
import { answerOf } from "./traffic-row.ts";

/** Which stage refuses with these; whatever else is refused is refused by the fill. */
const REFUSED_BY: Readonly<Record<string, string>> = {
  route_denied: "route",
  search_denied: "policy",
  logs_denied: "policy",
  owner_denied: "policy",
  no_identity: "policy",
  repo_not_public: "visibility",
  repo_public_check_failed: "visibility",
};

const MISSES: Readonly<Record<string, string>> = {
  absent: "nothing is stored under this key",
  expired: "the stored copy is past its end",
  caller_bound: "the caller asked for a younger copy than the stored one",
  purged: "the stored copy was purged by an event or an operator",
  vary: "the stored copy is of another variant",
  bypass: "this route is never stored",
};

interface Timed {
  readonly from: number;
  readonly to: number;
}

export function stagesOf(row: FoundRow): readonly TrailStage[] {
  const times = timesOf(row);
  const refusal = row.fallbackReason || row.errorCode;
  const refusedBy = refusal === "" ? undefined : (REFUSED_BY[refusal] ?? "fill");
  const stages = [
    stage("caller", "Authenticate", `${row.callerLogin ?? row.callerId} on ${row.clientName}`),
    routeStage(row, times.get("classify")),
    stage("policy", "Policy", "the pool allows it"),
    lookupStage(row, times.get("lookup")),
    stage(
      "visibility",
      "Visibility",
      isOfRepository(row) ? "the repository is proven public" : "no repository is named",
    ),
    fillStage(row, times.get("fill") ?? times.get("log")),
  ].filter((each) => each !== undefined);
  const at = stages.findIndex(({ id }) => id === refusedBy);
  const reached =
    at === -1 ? stages : stages.slice(0, at + 1).map((each) => (each.id === refusedBy ? refused(each, refusal) : each));
  return [...reached, answerStage(row, times)];
}

function stage(id: string, name: string, words: string, time?: Timed, tone: TrailStage["tone"] = "plain"): TrailStage {
  return { id, name, words, from: time?.from ?? null, to: time?.to ?? null, tone };
}

function refused(before: TrailStage, code: string): TrailStage {
  const says = code in ERRORS ? ERRORS[code as ErrorCode].says : "";
  return { ...before, words: `${code}: ${says}`, tone: "bad" };
}

function routeStage({ routeKind, routeKey }: FoundRow, time: Timed | undefined): TrailStage {
  return stage(
    "route",
    "Match route",
    routeKind === "unclassified" ? "no row of the catalogue" : `${routeKind}, ${routeKey}`,
    time,
  );
}

function lookupStage(row: FoundRow, time: Timed | undefined): TrailStage | undefined {
  if (time === undefined && row.missReason === "" && row.cache === "unknown") return undefined;
  const answer = answerOf(row);
  if (answer === "hit") return stage("lookup", "Look up", "a fresh copy is stored", time, "good");
  if (answer === "stale") return stage("lookup", "Look up", "a copy past its end, within its bounds", time, "good");
  const why = MISSES[row.missReason];
  if (why === undefined && row.cache === "bypass")
    return stage("lookup", "Look up", MISSES["bypass"] ?? "", time, "skipped");
  return stage("lookup", "Look up", why ?? "no usable copy", time, "miss");
}

const BACKENDS: Readonly<Record<string, string>> = {
  github_web: "a token-free source of GitHub's",
  github_api: "GitHub's anonymous API",
  github_identity: "GitHub's API",
};

function fillStage(row: FoundRow, time: Timed | undefined): TrailStage | undefined {
  if (time === undefined && row.upstreamCalls === 0 && row.coalesced === 0) return undefined;
  const by =
    row.identityId === "" ? (BACKENDS[row.backend] ?? "") : `${BACKENDS[row.backend] ?? "GitHub"} as ${row.identityId}`;
  const calls = row.upstreamCalls === 1 ? "one call" : `${row.upstreamCalls} calls`;
  const cost = row.quotaUnits === 0 ? "no quota" : row.quotaUnits === 1 ? "one unit" : `${row.quotaUnits} units`;
  if (row.coalesced !== 0)
    return stage("fill", "Fill", "joined a fetch that another request had begun; no quota", time, "miss");
  if (row.revalidated !== 0) return stage("fill", "Fill", `unchanged, says ${by}; ${calls}, ${cost}`, time, "good");
  const spent = by === "" ? `${calls}, ${cost}` : `${by}; ${calls}, ${cost}`;
  return stage("fill", row.cache === "stale" ? "Fill, behind the answer" : "Fill", spent, time, "miss");
}

function answerStage(row: FoundRow, times: ReadonlyMap<string, Timed>): TrailStage {
  const last = Math.max(0, ...[...times.values()].map(({ to }) => to));
  const isRefused = row.fallbackReason !== "" || row.errorCode !== "";
  const words = isRefused
    ? row.fallbackReason === ""
      ? `refused with ${row.status}`
      : "sent home: the caller's own gh asks"
    : `${row.status} to the caller`;
  return stage(
    "answer",
    "Answer",
    words,
    { from: Math.min(last, row.durationMs), to: row.durationMs },
    isRefused ? "bad" : "good",
  );
}

const isOfRepository = ({ routeKey }: FoundRow) => /^\/(?:repos|networks|repositories)\//.test(routeKey);

/** `classify=0 lookup=6 fill=65`: each stage's end; it began where the one before ended. */
function timesOf(row: FoundRow): ReadonlyMap<string, Timed> {
  const times = new Map<string, Timed>();
  let from = 0;
  for (const [, name = "", end = ""] of trailOf(row).matchAll(/(\w+)=(\d+(?:\.\d+)?)/g)) {
    const to = Math.max(from, Number(end));
    times.set(name, { from, to });
    from = to;
  }
  return times;
}

function trailOf({ detail }: FoundRow): string {
  const { trail } = JSON.parse(detail) as { trail?: unknown };
  return typeof trail === "string" ? trail : "";
}

const VERDICTS: Readonly<Record<StatusName, string>> = {
  hit: "Hit: served from the cache",
  revalidated: "Revalidated: asked again, unchanged, at no cost",
  stale: "Stale: a copy past its end, within its bounds",
  miss: "Missed",
  bypass: "Bypassed the cache",
  fallback: "Sent home",
  error: "Refused",
};

export function verdictOf(row: FoundRow): string {
  const answer = answerOf(row);
  const lead = VERDICTS[answer];
  if (answer === "fallback" || answer === "error")
    return `${lead}: ${row.fallbackReason || row.errorCode}, after ${took(row)}.`;
  if (answer !== "miss") return `${lead}, in ${took(row)}.`;
  const who = row.identityId === "" ? (BACKENDS[row.backend] ?? "another request's fetch") : row.identityId;
  return `${lead}: ${MISSES[row.missReason] ?? "no usable copy"}. Answered by ${who} in ${took(row)}.`;
}

const took = ({ durationMs }: FoundRow) => (durationMs === 0 ? "less than 1 ms" : `${durationMs} ms`);
