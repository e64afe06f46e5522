/**
 * GitHub's answer to the Reply that everybody may have. What a credential read is held against its row's shape, and
 * what it tells of other repositories against proofs of their visibility.
 */
import type { Deps } from "../deps.ts";
import { shapeOf } from "./cleaning/allow/index.ts";
import { knownPublic, provePublic } from "./cleaning/prove-references.ts";
import { References, type Own } from "./cleaning/references.ts";
import { toReply, type CleanReply, type RawReply } from "./reply.ts";
import type { Knowledge, Reader } from "./sanitize.ts";
import type { Job } from "./stages.ts";
import type { Proven } from "./visibility.ts";

export interface Cleaning {
  /** Undefined: something private stands where cutting would change the answer's meaning, or the JSON is broken. */
  readonly reply: CleanReply | undefined;
  readonly quotaUnits: number;
}

export interface Reading {
  readonly reader: Reader;
  /** Of the row's own repository, where a credential read it. */
  readonly proven: Proven | undefined;
  /** Epoch ms: questions about what the answer refers to are asked until then. */
  readonly deadlineAt: number;
}

export async function cleanReply(job: Job, raw: RawReply, reading: Reading, deps: Deps): Promise<Cleaning> {
  const { reader } = reading;
  if (reader !== "identity" || job.repository === undefined)
    return {
      reply: learning(job, toReply(raw, job.route.variant, reader, shapeFor(job, raw, reader)), deps),
      quotaUnits: 0,
    };
  const own = ownOf(job, reading.proven);
  const knowledge = { ...shapeFor(job, raw, reader), ...knowledgeOf(job, deps) };
  const first = new References(own);
  const reply = toReply(raw, job.route.variant, reader, { ...knowledge, references: first });
  const named = first.unproven();
  if (named.length === 0) return { reply: forItems(job, reply), quotaUnits: 0 };
  const { isPublic, quotaUnits } = await judgeNames(job, named, reading, deps);
  const hidden = new Set(named.filter((name) => !isPublic.has(name)));
  if (hidden.size === 0) return { reply: forItems(job, reply), quotaUnits };
  const references = new References(own, hidden);
  return { reply: forItems(job, toReply(raw, job.route.variant, reader, { ...knowledge, references })), quotaUnits };
}

/** Only rows whose elements refer to other repositories are worth quota; elsewhere what is not known is cut. */
async function judgeNames(job: Job, names: readonly string[], { deadlineAt }: Reading, deps: Deps) {
  if (refersByItems(job)) return provePublic(names, job, deadlineAt, deps);
  return { isPublic: knownPublic(names, deps), quotaUnits: 0 };
}

function refersByItems(job: Job): boolean {
  return job.route.match.route.references === "items";
}

function shapeFor(job: Job, { status }: RawReply, reader: Reader): Knowledge {
  return reader === "anonymous" ? {} : { shape: shapeOf(job.route.match.route, status) };
}

function knowledgeOf(job: Job, deps: Deps): Knowledge {
  const asked = Number(new URLSearchParams(job.route.canonicalQuery).get("per_page") ?? DEFAULT_PER_PAGE);
  const owner = job.repository?.owner ?? "";
  return {
    perPage: Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_PER_PAGE) : DEFAULT_PER_PAGE,
    isPublicMember: (login) => deps.isolate.publicMembers.has(owner, login, deps.now()),
  };
}

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** By the name that was asked for, and by the one that the proof says it has now. */
function ownOf({ repository }: Job, proven: Proven | undefined): Own {
  const names = new Set<string>();
  if (repository !== undefined) names.add(`${repository.owner}/${repository.repo}`);
  if (proven?.proof?.fullName !== undefined) names.add(proven.proof.fullName.toLowerCase());
  return { names, repositoryId: proven?.proof?.repositoryId };
}

/**
 * "Not modified" would say that what the credential sees is the same, and nothing of what has gone private for everybody
 * else: such an answer is read again as a whole.
 */
function forItems(job: Job, reply: CleanReply | undefined): CleanReply | undefined {
  if (reply === undefined || !refersByItems(job)) return reply;
  const { etag: _etag, "last-modified": _modified, ...headers } = reply.headers;
  return { ...reply, headers };
}

/** The public list of an organization's members tells whose membership may be shown elsewhere. */
function learning(job: Job, reply: CleanReply | undefined, deps: Deps): CleanReply | undefined {
  const { route, params } = job.route.match;
  const { org, login } = params;
  if (org === undefined || reply === undefined || !route.kind.startsWith("org_public_member_")) return reply;
  if (reply.status === 204 && login !== undefined) deps.isolate.publicMembers.learn(org, [login], deps.now());
  if (reply.status === 200 && Array.isArray(reply.json))
    deps.isolate.publicMembers.learn(org, reply.json.flatMap(loginOf), deps.now());
  return reply;
}

function loginOf(user: unknown): readonly string[] {
  const isUser = typeof user === "object" && user !== null && "login" in user;
  return isUser && typeof user.login === "string" ? [user.login] : [];
}
