/** Whose log it is, and whether that job or run has ended: only then is its log whole, and stays as it is. */
import { RelayError, type ErrorCode } from "../../shared/errors.ts";
import type { StaleReason } from "../../shared/cache-status.ts";
import type { RelayBody } from "./parse.ts";
import type { Answer, Job } from "./stages.ts";

export interface Subject {
  readonly kind: "completed" | "unsettled";
  /** The attempt that the read told; undefined on jobs, and where nothing was told. */
  readonly attempt: number | undefined;
  /** When GitHub was asked, epoch milliseconds. */
  readonly readAt: number;
  /** GitHub could not be asked now: an older read stands in, and nothing may be stored under it. */
  readonly staleReason: StaleReason | undefined;
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
}

export interface SubjectDoors {
  /** One read of the relay's own, through cache, fill and proof; the caller's budget pays for it. */
  readonly read: (body: RelayBody) => Promise<Answer>;
  readonly staleFor: (code: ErrorCode) => StaleReason | undefined;
}

const UNKNOWN: Subject = {
  kind: "unsettled",
  attempt: undefined,
  readAt: 0,
  staleReason: undefined,
  quotaUnits: 0,
  upstreamCalls: 0,
};

/** True where the path names a run alone: a re-run reuses the run's id, so only a live read tells whose log it is. */
export function isRunAlone(job: Job): boolean {
  const { params, route } = job.route.match;
  return params["attempt"] === undefined && route.template.includes("/runs/{id}/");
}

/**
 * The job or run that the log belongs to. What GitHub does not tell (404, trouble) is `unsettled`: the log's own answer
 * decides then. @throws RelayError where the repository may not be served.
 */
export async function readSubject(job: Job, doors: SubjectDoors): Promise<Subject> {
  if (!isRunAlone(job)) return (await tryRead(job, job.ask.maxAgeSeconds, doors)).subject ?? UNKNOWN;
  const live = await readLive(job, doors);
  if (live.subject !== undefined) return live.subject;
  const older = live.trouble === undefined ? undefined : (await tryRead(job, job.ask.maxAgeSeconds, doors)).subject;
  return older === undefined ? UNKNOWN : { ...older, staleReason: older.staleReason ?? live.trouble };
}

/** No copy will do: an outcome of GitHub's from this request on. */
export function readLive(job: Job, doors: SubjectDoors): Promise<Read> {
  return tryRead(job, 0, doors);
}

interface Read {
  readonly subject: Subject | undefined;
  /** Why GitHub could not be asked, where an older copy may stand in. */
  readonly trouble: StaleReason | undefined;
}

async function tryRead(job: Job, maxAgeSeconds: number | undefined, doors: SubjectDoors): Promise<Read> {
  try {
    return { subject: toSubject(await doors.read(bodyOf(job, maxAgeSeconds))), trouble: undefined };
  } catch (error) {
    // A RelayError about the repository is the caller's answer; any other only leaves the subject unknown.
    if (!(error instanceof RelayError) || ABOUT_REPOSITORY.has(error.code)) throw error;
    return { subject: undefined, trouble: doors.staleFor(error.code) };
  }
}

const ABOUT_REPOSITORY: ReadonlySet<ErrorCode> = new Set(["repo_not_public", "owner_denied"]);

function bodyOf(job: Job, maxAgeSeconds: number | undefined): RelayBody {
  const path = job.route.match.canonicalPath.replace(/\/logs$/, "");
  const headers: RelayBody["headers"] =
    maxAgeSeconds === undefined ? {} : { "cache-control": `max-age=${maxAgeSeconds}` };
  return { pool: job.pool.id, method: "GET", path, query: {}, headers, hint: {} };
}

function toSubject(answer: Answer): Subject {
  const { facts } = answer;
  const told = answer.status === 200 && answer.encoding === "json" ? parse(answer.body) : undefined;
  const attempt = told?.["run_attempt"];
  return {
    kind: told?.["status"] === "completed" ? "completed" : "unsettled",
    attempt: typeof attempt === "number" && Number.isSafeInteger(attempt) && attempt > 0 ? attempt : undefined,
    readAt: facts.createdAt ?? 0,
    staleReason: facts.staleReason,
    quotaUnits: facts.quotaUnits,
    upstreamCalls: facts.upstreamCalls,
  };
}

/** GitHub's own JSON, which the read has parsed once before. */
function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
