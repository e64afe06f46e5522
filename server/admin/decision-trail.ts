/** A request's way: each stage that it went through, with its time and what it decided, in words. Pure. */
import type { StatusName } from "../../shared/dashboard/status.ts";
import type { TrailStage } from "../../shared/dashboard/traffic.ts";
import { type MarkName, type ReadMark, readMarks } from "../relay/trail-marks.ts";
import type { FoundRow } from "../store/traffic.ts";
import { answerOf } from "./traffic-row.ts";
import { NAMES, saying, tell } from "./trail-words.ts";

const FETCHES: readonly MarkName[] = ["raw", "diff", "git", "anonymous", "identity", "token", "download"];
const LOOKS: readonly MarkName[] = ["memory", "memoryHad", "edge", "edgeHad", "stored", "storedHad", "log", "logHad"];

/** Which stages refuse with these, the likeliest first; whatever else is refused is refused by who was asked last. */
const REFUSED_BY: Readonly<Record<string, readonly MarkName[]>> = {
  route_denied: ["route"],
  invalid_path: ["route"],
  invalid_query: ["route"],
  method_denied: ["route"],
  search_denied: ["policy"],
  logs_denied: ["policy"],
  owner_denied: ["proof", "policy"],
  repo_not_public: ["proof"],
  repo_public_check_failed: ["proof"],
  no_identity: ["choose", "token"],
  identities_cooling_down: ["choose"],
  identity_pool_depleted: ["choose"],
  relay_overloaded: ["begin", "proof", "pool"],
  pagination_exhausted: [...FETCHES, "route"],
};

const MISSES: Readonly<Record<string, string>> = {
  absent: "nothing is stored under this key",
  expired: "the stored copy is past its end",
  caller_bound: "the caller asked for a younger copy than the stored one",
  purged: "the stored copy was purged by an event or an operator",
  vary: "the stored copy is of another variant",
  bypass: "this route is never stored",
};

/** A row of before the stages were written down has the first, the refusal and the last, without times. */
export function stagesOf(row: FoundRow): readonly TrailStage[] {
  const marks = readMarks(trailOf(row));
  const refusal = row.fallbackReason || row.errorCode;
  const lookedLast = marks.findLast(({ name, isAfter }) => LOOKS.includes(name) && !isAfter);
  const told = (marks.length === 0 ? ["caller" as const] : marks).map((mark): TrailStage => {
    if (mark === "caller") return untimed("caller", row);
    if (mark.name === "answer") return answerStage(row, mark);
    if (isVain(mark, marks))
      return { ...stageOf(mark, row), words: "what another request had fetched does not serve it" };
    return { ...stageOf(mark, row), ...(mark === lookedLast ? lookWords(mark, row) : {}) };
  });
  const stages = marks.length === 0 ? [...told, answerStage(row, undefined)] : told;
  return refusal === "" ? stages : withRefusal(stages, refusal);
}

/** It followed, and had to begin once more. */
function isVain(mark: ReadMark, marks: readonly ReadMark[]): boolean {
  return mark.note === "follow" && marks.slice(marks.indexOf(mark) + 1).some(({ name }) => name === "begin");
}

function stageOf(mark: ReadMark, row: FoundRow): TrailStage {
  const { name, from, to, isAfter } = mark;
  return { id: name, ...tell(mark, row), from, to, isAfter };
}

function untimed(name: MarkName, row: FoundRow): TrailStage {
  const mark = { name, from: 0, to: 0, note: "", isAfter: false };
  return { ...stageOf(mark, row), from: null, to: null };
}

/** What was decided about the copy, or the lack of one, said where it was looked for last. */
function lookWords(mark: ReadMark, row: FoundRow): Partial<TrailStage> {
  if (mark.note !== "") return {};
  const answer = answerOf(row);
  if (answer === "hit") return { words: "a fresh copy, served", tone: "good" };
  if (answer === "stale") return { words: "a copy past its end, within its bounds", tone: "good" };
  const why = MISSES[row.missReason] ?? (row.cache === "bypass" ? MISSES["bypass"] : undefined);
  return why === undefined ? {} : { words: why, tone: row.cache === "bypass" ? "skipped" : "miss" };
}

function answerStage(row: FoundRow, mark: ReadMark | undefined): TrailStage {
  const isRefused = row.fallbackReason !== "" || row.errorCode !== "";
  const words = isRefused
    ? row.fallbackReason === ""
      ? `refused with ${row.status}`
      : "sent home: the caller's own gh asks"
    : row.coalesced === 0
      ? `${row.status} to the caller`
      : `${row.status} to the caller, as another request fetched it`;
  const tone = isRefused ? "bad" : "good";
  return {
    id: "answer",
    name: NAMES.answer,
    words,
    tone,
    from: mark?.from ?? null,
    to: mark?.to ?? null,
    isAfter: false,
  };
}

/**
 * The stage that refused says so. One of the gates leaves its mark only to those that pass, and others may end a request
 * before their mark: their time is then what went by between the last mark and the answer.
 */
function withRefusal(stages: readonly TrailStage[], code: string): readonly TrailStage[] {
  const names = REFUSED_BY[code] ?? FETCHES;
  const at = stages.findLastIndex(({ id, isAfter }) => !isAfter && names.some((name) => name === id && !isGate(name)));
  const marked = stages[at];
  if (marked !== undefined) return stages.with(at, { ...marked, words: refusalOf(marked, code), tone: "bad" });
  const isMarked = (name: MarkName) => stages.some(({ id }) => id === name);
  // Of a row without marks nothing is known to have been passed.
  const isTimed = stages.some(({ to }) => to !== null);
  const closed = isTimed ? GATES.find((name) => !isMarked(name)) : undefined;
  const name = closed ?? names.find((each) => !isGate(each)) ?? names[0] ?? "identity";
  const answer = stages.findIndex(({ id }) => id === "answer");
  const { from = null, to = null } = stages[answer] ?? {};
  const refused: TrailStage = {
    id: name,
    name: NAMES[name],
    words: saying(code),
    tone: "bad",
    from,
    to,
    isAfter: false,
  };
  return stages.flatMap((stage, index) => (index === answer ? [refused, { ...stage, from: to }] : [stage]));
}

const GATES: readonly MarkName[] = ["pool", "route", "policy"];
const isGate = (name: MarkName) => GATES.includes(name);

/** What the stage found is part of why. A proof that was found is not. */
function refusalOf({ id, words }: TrailStage, code: string): string {
  if (words.includes(code)) return words;
  return id === "proof" || id === "clean" ? saying(code) : `${words}; ${saying(code)}`;
}

function trailOf({ detail }: FoundRow): string {
  const { trail } = JSON.parse(detail) as { trail?: unknown };
  return typeof trail === "string" ? trail : "";
}

const BACKENDS: Readonly<Record<string, string>> = {
  github_web: "a token-free source of GitHub's",
  github_api: "GitHub's anonymous API",
  github_identity: "GitHub's API",
};

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
