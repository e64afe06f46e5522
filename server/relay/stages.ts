/** The values that travel the pipeline: Ask, Caller, Route, Job, Reply, Answer. No stage changes another's. */
import type { Backend, CacheStatus, MissReason, StaleReason } from "../../shared/cache-status.ts";
import type { RouteMatch } from "../../shared/route-match.ts";
import type { MediaType } from "../../shared/routes/spec.ts";
import type { Setback } from "./setback.ts";

/** What the caller asked, checked; no HTTP face is visible in it any more. */
export interface Ask {
  readonly requestId: string;
  readonly poolId: string;
  /** As given; shared/route-match.ts checks it. */
  readonly path: string;
  /** As given; shared/route-query.ts checks it. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly accept: string | undefined;
  readonly apiVersion: string;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  /** The caller's bound on the answer's age. */
  readonly maxAgeSeconds: number | undefined;
  readonly shape: string | undefined;
  readonly hint: { readonly prHeadSha?: string; readonly prState?: "open" | "closed" | "merged" };
  readonly startedAt: number;
}

export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly githubLogin: string;
  readonly githubUserId: number;
  readonly orgLogin: string;
  readonly clientName: string;
  readonly poolIds: readonly string[];
  readonly membershipVerifiedAt: number;
}

export interface PoolPolicy {
  readonly allowed_owners: readonly string[];
  readonly allow_public_repos: boolean;
  readonly allow_search: boolean;
  readonly allow_logs: boolean;
  readonly max_concurrent_per_caller: number;
  readonly fills_per_hour_per_caller: number;
  readonly negative_proofs_per_hour_per_caller: number;
}

export interface Identity {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  readonly login: string;
  readonly secretRef: string;
  readonly installationId: number | undefined;
  readonly weight: number;
  readonly publicOnly: boolean;
  readonly status: "active" | "paused";
  /** Lower-cased. `owner` may be `*`. */
  readonly scopes: readonly {
    readonly owner: string;
    readonly repo: string | undefined;
    readonly allowPrivate: boolean;
  }[];
}

/** One whose pool is known: its coordinator mints an App's tokens, and hears of those that GitHub refuses. */
export interface PooledIdentity extends Identity {
  readonly poolId: string;
}

export interface Pool {
  readonly id: string;
  readonly policy: PoolPolicy;
  readonly policyVersion: number;
  readonly identities: readonly Identity[];
}

/** The ask after the catalogue: which row, which variant, under which key. */
export interface Route {
  readonly match: RouteMatch;
  /** Path and query sent to GitHub. */
  readonly upstreamTarget: string;
  readonly upstreamAccept: string;
  readonly variant: MediaType;
  readonly canonicalQuery: string;
  readonly searchText: string | undefined;
  /** The relay's own parameter of a shaped list: to how many elements the answer is cut. Never sent to GitHub. */
  readonly limit?: number;
}

/** The question after the pool's policy: what to look up, and who may fetch it. */
export interface Job {
  readonly ask: Ask;
  readonly caller: Caller;
  readonly pool: Pool;
  readonly route: Route;
  readonly cacheKey: string;
  /** Part of the cache key beyond the question: a pull's head SHA that was checked. */
  readonly discriminator: string | undefined;
  /** Kind and repository: what leases and route cooldowns are about. */
  readonly routeKey: string;
  /** False: the repository is served only because it is public, so a failed proof is the reason of a failure. */
  readonly ownerAllowed: boolean;
  /** Repository the answer belongs to, lower-cased; for a search, that of its `repo:` qualifier. */
  readonly repository: { readonly owner: string; readonly repo: string } | undefined;
  readonly surrogateKeys: readonly string[];
  /** What one epoch row covers: `owner/repo`, or `*` where the answer belongs to none. */
  readonly scope: string;
  /** Identities whose scope covers it, whose secret is present, and that may see what the row shows. */
  readonly eligible: readonly Identity[];
}

/** GitHub's answer, cleaned, as it is stored and served. Bytes are GitHub's own. */
export interface Reply {
  readonly status: number;
  /** Only the allowed ones, lower-case; without x-ratelimit-*. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: "json" | "text" | "base64";
  readonly body: Uint8Array;
}

/** A stored reply. The same fields in isolate memory, at the edge and in D1. */
export interface CacheEntry extends Reply {
  readonly cacheKey: string;
  readonly poolId: string;
  /** What one epoch row covers: `owner/repo`, or `*` where the answer belongs to none. */
  readonly scope: string;
  readonly routeKind: string;
  readonly identity: { readonly id: string; readonly kind: "pat" | "github_app" } | undefined;
  readonly backend: Backend;
  /** When GitHub was asked: ages count from here. */
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  /** Serve at once past freshUntil while one fill runs, until then. */
  readonly swrUntil: number;
  /** Surrogate key to generation, as read before the fetch. */
  readonly generations: Readonly<Record<string, number>>;
  readonly fence: number;
  /** Something was taken out of it: whoever is served it is told so. */
  readonly filtered: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The same headers as JSON text, made once for an entry in memory. */
  readonly headersJson: string;
  readonly encoding: "json" | "text" | "base64";
  readonly body: Uint8Array;
  /** The bytes in place of `body`, where the face said that it passes a stream on (logs). May break off. */
  readonly stream?: ReadableStream<Uint8Array>;
  /** Body as it stands in an envelope; equal to `body` for JSON. */
  readonly envelopeBody: () => Uint8Array;
  readonly identity: { readonly id: string; readonly kind: "pat" | "github_app" } | undefined;
  readonly facts: AnswerFacts;
}

export interface AnswerFacts {
  readonly poolId: string;
  readonly requestId: string;
  readonly routeKind: string;
  readonly cacheable: boolean;
  readonly cache: CacheStatus;
  readonly staleOk: boolean;
  readonly staleReason?: StaleReason;
  readonly createdAt?: number;
  readonly expiresAt?: number;
  readonly ageSeconds?: number;
  readonly coalesced?: boolean;
  readonly revalidated?: boolean;
  readonly filtered?: boolean;
  readonly backend: Backend;
  readonly leaseReason?: "sticky" | "highest_remaining";
  readonly missReason?: MissReason;
  /** GitHub's quota units this request spent, proofs included. */
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  /** Identities that were tried before the one that answered. */
  readonly setbacks?: readonly Setback[];
}
