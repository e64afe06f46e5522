/**
 * Logs of completed jobs and runs in R2. Every door here answers with a value: R2's trouble is never a request's. What is
 * written about a log are times, size, type and who read it; never where GitHub keeps it.
 */
import { createHash } from "node:crypto";
import { LOGS_KEPT_MS, LOGS_PREFIX } from "../sweep-bucket.ts";
import type { CacheEntry, Job } from "./stages.ts";
import { settled, within } from "./within.ts";

/** A slower bucket is no bucket: GitHub is asked instead. */
const R2_WITHIN_MS = 2_000;
/** R2 takes 2 KiB of custom metadata for one object. */
const MAX_HEADER_CHARACTERS = 256;
/** Of the blob store's headers, those that describe the log itself. */
const DESCRIBING = ["content-type", "content-disposition", "etag", "last-modified"] as const;
const PAGE = 500;

interface StoreDeps {
  readonly bucket: R2Bucket;
  readonly now: () => number;
}

/** What is known about one log. Times are epoch milliseconds, `size` is bytes. */
export interface LogFacts {
  readonly storedAt: number;
  /** When GitHub was last seen to have it: ages count from here. */
  readonly confirmedAt: number;
  readonly size: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: CacheEntry["identity"];
  /** The generations under which it was filled, as one word: a purge changes it. */
  readonly revision: string;
}

export interface StoredLog extends LogFacts {
  readonly key: string;
  /** Read it, or cancel it. */
  readonly body: ReadableStream<Uint8Array>;
}

/** @param attempt where the path names none: a re-run reuses the run's id. */
export function logKeyOf(job: Job, attempt?: number): string {
  const key = `${LOGS_PREFIX}${job.pool.id}${job.route.match.canonicalPath}`;
  return attempt === undefined ? key : `${key}/${attempt}`;
}

export function revisionOf(generations: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(generations).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

/** The log and its bytes, of at most seven days. Undefined: none, purged since, or R2 is in trouble. */
export async function findLog(
  key: string,
  generations: Readonly<Record<string, number>> | undefined,
  deps: StoreDeps,
): Promise<StoredLog | undefined> {
  const object = await within(
    settled(() => deps.bucket.get(key)),
    R2_WITHIN_MS,
    (late) => void late?.body.cancel(),
  );
  const facts = object === undefined || object === null ? undefined : readFacts(object);
  if (object === undefined || object === null) return undefined;
  const purged = generations !== undefined && facts?.revision !== revisionOf(generations);
  if (facts === undefined || purged || deps.now() - facts.storedAt > LOGS_KEPT_MS) {
    await settled(() => object.body.cancel());
    return undefined;
  }
  return { ...facts, key, body: object.body };
}

/** What R2 says is checked: another version of this service may have written it. */
function readFacts(object: R2Object): LogFacts | undefined {
  const told = object.customMetadata ?? {};
  const storedAt = count(told["stored_at"]);
  const confirmedAt = count(told["confirmed_at"]);
  const { revision, identity_id: id, identity_kind: kind } = told;
  if (storedAt === undefined || confirmedAt === undefined || revision === undefined) return undefined;
  if (count(told["size"]) !== object.size) return undefined;
  const identity: CacheEntry["identity"] =
    id !== undefined && (kind === "pat" || kind === "github_app") ? { id, kind } : undefined;
  const headers: Record<string, string> = {};
  for (const name of DESCRIBING) {
    const value = told[metadataName(name)];
    if (value !== undefined) headers[name] = value;
  }
  return { storedAt, confirmedAt, size: object.size, headers, identity, revision };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const metadataName = (header: string) => header.replace("-", "_");

function metadataOf(facts: LogFacts): Record<string, string> {
  const { storedAt, confirmedAt, size, headers, identity, revision } = facts;
  const metadata: Record<string, string> = {
    stored_at: `${storedAt}`,
    confirmed_at: `${confirmedAt}`,
    size: `${size}`,
    revision,
    ...(identity === undefined ? {} : { identity_id: identity.id, identity_kind: identity.kind }),
  };
  for (const name of DESCRIBING) {
    const value = headers[name];
    if (value !== undefined && value.length <= MAX_HEADER_CHARACTERS && /^[\x20-\x7e]*$/.test(value))
      metadata[metadataName(name)] = value;
  }
  return metadata;
}

/** True: the whole log is there. A stream that breaks off, or is of another length, leaves no object. */
export async function putLog(
  key: string,
  facts: LogFacts,
  bytes: ReadableStream<Uint8Array> | Uint8Array,
  deps: StoreDeps,
): Promise<boolean> {
  const object = await settled(() => deps.bucket.put(key, bytes, { customMetadata: metadataOf(facts) }));
  return object?.size === facts.size;
}

/**
 * GitHub still has it: renews `confirmed_at`. R2 changes no metadata in place, so the object is written over itself,
 * within Cloudflare, and only while it is still the one that was confirmed.
 */
export async function renewLog(key: string, confirmedAt: number, deps: StoreDeps): Promise<void> {
  const object = await settled(() => deps.bucket.get(key));
  const facts = object === undefined || object === null ? undefined : readFacts(object);
  if (object === undefined || object === null || facts === undefined) return;
  const customMetadata = metadataOf({ ...facts, confirmedAt });
  await settled(() => deps.bucket.put(key, object.body, { customMetadata, onlyIf: { etagMatches: object.etag } }));
}

/** GitHub has it no more. */
export async function deleteLog(key: string, deps: StoreDeps): Promise<void> {
  await settled(() => deps.bucket.delete(key));
}

/** Every log of a repository in one pool: it is no longer public. Lists 500 at a time. @throws whatever R2 throws. */
export async function forgetLogs(
  poolId: string,
  repository: { readonly owner: string; readonly repo: string },
  bucket: R2Bucket,
): Promise<void> {
  const prefix = `${LOGS_PREFIX}${poolId}/repos/${repository.owner}/${repository.repo}/`;
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix, limit: PAGE });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    if (!truncated || objects.length === 0) return;
  }
}
