/** What a mark of a request's trail says in words, with what its audit row knows. Pure. */
import { ERRORS, type ErrorCode } from "../../shared/errors.ts";
import type { TrailStage } from "../../shared/dashboard/traffic.ts";
import type { MarkName, ReadMark } from "../relay/trail-marks.ts";
import type { FoundRow } from "../store/traffic.ts";

export type Telling = Pick<TrailStage, "name" | "words" | "tone">;

export const NAMES: Readonly<Record<MarkName, string>> = {
  caller: "Authenticate",
  pool: "Read the pool",
  route: "Match route",
  policy: "Policy",
  beside: "Ask beside",
  memory: "Isolate memory",
  memoryHad: "Isolate memory",
  edge: "Edge",
  edgeHad: "Edge",
  since: "Purges and proofs",
  stored: "Shared store",
  storedHad: "Shared store",
  proof: "Visibility",
  begin: "Coordinator",
  choose: "Choose identity",
  token: "App's token",
  raw: "Fetch, raw files",
  diff: "Fetch, diffs",
  git: "Fetch, git",
  anonymous: "Fetch, anonymous",
  identity: "Fetch",
  clean: "Clean",
  answer: "Answer",
  told: "Tell followers",
  kept: "Store",
  standing: "Pool's standing",
  log: "Log store",
  logHad: "Log store",
  subject: "Job or run",
  download: "Download",
};

/** Marks that say the same of every request that has them; by their note where it changes what is said. */
const SAYINGS: Partial<Readonly<Record<MarkName, Readonly<Record<string, Omit<Telling, "name">>>>>> = {
  pool: { "": plain("its policy and identities") },
  policy: { "": plain("the pool allows it") },
  beside: { "": plain("the pull's head, by which its files are kept") },
  memory: {
    "": skipped("nothing under this key"),
    waited: skipped("nothing under this key, after waiting for another request's look at this data centre"),
  },
  memoryHad: {
    "": plain("a copy is remembered"),
    waited: plain("a copy that another request found in this data centre meanwhile"),
  },
  edge: { "": skipped("nothing in this data centre") },
  edgeHad: { "": plain("a copy in this data centre") },
  since: {
    "": plain("asked the shared store what was purged or proven since"),
    unreachable: bad("the shared store did not answer in time; the copy's own times decide"),
  },
  stored: {
    "": skipped("nothing under this key"),
    unreachable: bad("did not answer; the request went on without it"),
  },
  storedHad: {
    "": plain("a copy is stored"),
    unreachable: bad("did not answer; the nearer copy has to do"),
  },
  proof: {
    "": plain("proven public a while ago"),
    edge: plain("proven public, as this data centre knows"),
    reply: plain("GitHub's answer without a credential is the proof"),
    asked: plain("GitHub was asked whether it is public"),
    negative_proofs_per_hour: bad("the caller has spent its negative proofs of the hour"),
  },
  begin: {
    lead: plain("leads the fill"),
    alone: plain("fills alone: a question of its own, or the coordinator did not answer"),
    follow: plain("waited for what another request fetched"),
    timeout: bad("the request that led did not end in time"),
    concurrency: bad("the caller has as many fills in flight as the policy allows"),
    fills_per_hour: bad("the caller has spent its fills of the hour"),
    negative_proofs_per_hour: bad("the caller has spent its negative proofs of the hour"),
  },
  clean: {
    "": plain("checked for what must not leave"),
    refused: bad("cutting would have changed the meaning; the next source is tried"),
  },
  told: { "": plain("the coordinator has the outcome") },
  kept: {
    stores: plain("the edge and the shared store have it"),
    edge: bad("only this data centre's edge has it"),
    nowhere: plain("kept nowhere"),
  },
  standing: { "": plain("the pool's own budgets, by its coordinator") },
  log: { "": skipped("no copy of the log") },
  logHad: { "": plain("a copy of the log") },
  subject: {
    completed: plain("it has ended, so its log may be kept"),
    unsettled: plain("not known to have ended, so its log is not kept"),
  },
};

function plain(words: string): Omit<Telling, "name"> {
  return { words, tone: "plain" };
}
function skipped(words: string): Omit<Telling, "name"> {
  return { words, tone: "skipped" };
}
function bad(words: string): Omit<Telling, "name"> {
  return { words, tone: "bad" };
}

export function tell(mark: ReadMark, row: FoundRow): Telling {
  const { name, note } = mark;
  switch (name) {
    case "caller":
      return { name: NAMES.caller, ...plain(`${row.callerLogin ?? row.callerId} on ${row.clientName}`) };
    case "route":
      return { name: NAMES.route, ...plain(`${row.routeKind}, ${row.routeKey}`) };
    case "choose":
      return { name: NAMES.choose, ...choice(note) };
    case "token":
      return { name: NAMES.token, ...tokenOf(note) };
    case "raw":
    case "diff":
    case "git":
    case "anonymous":
    case "identity":
      return fetched(name, note);
    case "download":
      return { name: NAMES.download, ...(note === "" ? plain("from where GitHub keeps it") : bad(saying(note))) };
    default:
      return { name: NAMES[name], ...(SAYINGS[name]?.[note] ?? plain(note)) };
  }
}

const CHOICES: Readonly<Record<string, string>> = {
  highest_remaining: "has most to spend",
  sticky: "had this route a moment ago",
  no_identity: "no identity may fetch this",
  identities_cooling_down: "all that may are cooling down",
  identity_pool_depleted: "all that may have spent their budget",
};

function choice(note: string): Omit<Telling, "name"> {
  const [why = "", first, ...rest] = note.split(" ");
  const because = CHOICES[why] ?? why;
  if (first === undefined) return { words: because, tone: "skipped" };
  return plain(`${first} ${because}${rest.length === 0 ? "" : `; then ${rest.join(", ")}`}`);
}

function tokenOf(note: string): Omit<Telling, "name"> {
  const [identity = "", code] = note.split(" ");
  return code === undefined ? plain(`made for ${identity}`) : bad(`${identity}, ${saying(code)}`);
}

/** `200 pat_a`, `0 pat_a github_unavailable`, and without an identity `200`, `404 web_only_unavailable`. */
function fetched(source: "raw" | "diff" | "git" | "anonymous" | "identity", note: string): Telling {
  const [status = "0", ...rest] = note.split(" ");
  const identity = source === "identity" ? rest.shift() : undefined;
  const name = identity === undefined ? NAMES[source] : `${NAMES.identity}, ${identity}`;
  const [code] = rest;
  const answered = status === "0" ? "no answer" : status === "304" ? "304, unchanged" : status;
  if (code === undefined) return { name, words: answered, tone: status === "304" ? "good" : "miss" };
  // A source without quota that cannot be exact is nobody's trouble: the next one is.
  if (source === "raw" || source === "diff" || source === "git")
    return { name, words: `${answered}, not exact; the next source is tried`, tone: "skipped" };
  return { name, words: `${answered}, ${saying(code)}`, tone: "bad" };
}

/** A code of the catalogue with its sentence. */
export function saying(code: string): string {
  return code in ERRORS ? `${code}: ${ERRORS[code as ErrorCode].says}` : code;
}
