/** Is this repository public? Asked of GitHub with the credential that costs least, renewed conditionally. */
import type { Deps } from "../deps.ts";
import { askGitHub, type GitHubReply } from "../github/client.ts";
import { readRate, readRefusal } from "../github/rate.ts";
import { redirectOf } from "../github/redirect.ts";
import { isAnonymousSpent, noteAnonymousRate } from "./anonymous-budget.ts";
import { credentialOf, forgetCredential } from "./credential.ts";
import { setupProblem } from "./identity-setup.ts";
import type { Identity, Pool } from "./stages.ts";

/** A repository object is about 10 KB; this bounds what a broken upstream can make us read. */
const MAX_BYTES = 512 * 1024;
const MAX_REDIRECTS = 2;

export type VisibilityAnswer =
  | {
      readonly kind: "public";
      readonly quotaUnits: number;
      readonly etag: string | null;
      /** `org_token`, `anonymous`, or an identity's id. */
      readonly askedBy: string;
      readonly repositoryId: number | null;
      readonly fullName: string | null;
    }
  | { readonly kind: "hidden"; readonly quotaUnits: number; readonly askedBy: string }
  /** Rate limits, 5xx and silence prove nothing. */
  | { readonly kind: "unknown" };

interface Credential {
  readonly name: string;
  readonly token: string | undefined;
}

interface StoredProof {
  readonly etag: string | null;
  readonly askedBy: string;
  readonly public: boolean;
  readonly repositoryId: number | null;
  readonly fullName: string | null;
}

export interface VisibilityAsk {
  /** `/repos/{owner}/{repo}` or `/repositories/{id}`. */
  readonly path: string;
  readonly pool: Pick<Pool, "id" | "identities">;
  readonly stored: StoredProof | undefined;
  readonly deadlineAt: number;
  /** What leases and cooldowns are about. Absent: the path. */
  readonly routeKey?: string;
}

/** Tries the org token, else the able identities of the pool, else nobody's name: on to the next where GitHub refuses one. */
export async function askIfPublic(ask: VisibilityAsk, deps: Deps): Promise<VisibilityAnswer> {
  for await (const credential of credentialsFor(ask, deps)) {
    const answer = await askWith(credential, ask, deps);
    if (answer !== "refused") return answer;
  }
  return { kind: "unknown" };
}

/** One after the other: what comes later is chosen, or minted, only where it is needed. */
async function* credentialsFor(ask: VisibilityAsk, deps: Deps): AsyncGenerator<Credential> {
  if (deps.config.orgToken !== undefined) yield { name: "org_token", token: deps.config.orgToken };
  for (const identity of await chooseIdentities(ask, deps)) {
    const credential = await credentialOf({ ...identity, poolId: ask.pool.id }, ask.deadlineAt, deps);
    if (credential.kind === "token") yield { name: identity.id, token: credential.token };
  }
  if (!isAnonymousSpent("core", deps)) yield { name: "anonymous", token: undefined };
}

/** In the coordinator's order; first the one whose proof is renewed, since its 304 is free. */
async function chooseIdentities(ask: VisibilityAsk, deps: Deps): Promise<readonly Identity[]> {
  const { pool, stored } = ask;
  const able = pool.identities.filter((one) => one.status === "active" && setupProblem(one, deps) === undefined);
  if (able.length === 0) return [];
  const choice = await deps
    .coordinator(pool.id)
    .select({
      routeKey: routeKeyOf(ask),
      resource: "core",
      candidates: able.map(({ id, kind, weight }) => ({ id, kind, weight })),
      ...(stored === undefined ? {} : { preferred: stored.askedBy }),
    })
    .catch(() => undefined); // unreachable: nobody's quota is known, so nobody's is spent
  if (choice?.kind !== "selected") return [];
  return choice.identities.flatMap((chosen) => able.find(({ id }) => id === chosen) ?? []);
}

function routeKeyOf({ path, routeKey }: VisibilityAsk): string {
  return routeKey ?? `proof ${path}`;
}

async function askWith(credential: Credential, ask: VisibilityAsk, deps: Deps): Promise<VisibilityAnswer | "refused"> {
  const { stored } = ask;
  const renews = stored !== undefined && stored.public && stored.etag !== null && stored.askedBy === credential.name;
  const headers: Record<string, string> = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  };
  if (credential.token !== undefined) headers["authorization"] = `Bearer ${credential.token}`;
  if (renews && stored.etag !== null) headers["if-none-match"] = stored.etag;
  let url = deps.config.githubApiOrigin + ask.path;
  for (let hop = 0; ; hop++) {
    const reply = await askGitHub({ url, headers, deadlineAt: ask.deadlineAt, maxBytes: MAX_BYTES }, deps);
    reportAttempt(reply, credential, ask, deps);
    if (reply.kind !== "reply") return { kind: "unknown" };
    const next = redirectOf(reply, deps.config.githubApiOrigin);
    if (next === undefined) return read(reply, credential, renews ? stored : undefined, url);
    if (hop >= MAX_REDIRECTS) return { kind: "unknown" };
    url = next;
  }
}

function read(
  reply: Extract<GitHubReply, { kind: "reply" }>,
  credential: Credential,
  renewed: StoredProof | undefined,
  url: string,
): VisibilityAnswer | "refused" {
  const free = reply.status === 304 && credential.token !== undefined;
  const cost = { quotaUnits: free ? 0 : 1, askedBy: credential.name };
  if (reply.status === 304 && renewed !== undefined) {
    return {
      kind: "public",
      ...cost,
      etag: renewed.etag,
      repositoryId: renewed.repositoryId,
      fullName: renewed.fullName,
    };
  }
  // 451: GitHub withholds it from everybody.
  if (reply.status === 404 || reply.status === 451) return { kind: "hidden", ...cost };
  const refusal = readRefusal(reply.status, reply.headers, reply.body);
  if (refusal !== undefined) return refusal.kind === "failed" ? { kind: "unknown" } : "refused";
  if (reply.status !== 200) return { kind: "unknown" };
  const body = parse(reply.body);
  if (body === undefined) return { kind: "unknown" };
  if (body["private"] !== false) return { kind: "hidden", ...cost };
  const { id, full_name: fullName } = body;
  return {
    kind: "public",
    ...cost,
    etag: reply.headers.get("etag"),
    repositoryId: typeof id === "number" ? id : numberIn(url),
    fullName: typeof fullName === "string" ? fullName : null,
  };
}

/** The repository that a former name led to: what a read's own redirect is held against. */
function numberIn(url: string): number | null {
  const digits = /^\/repositories\/(\d{1,15})$/.exec(new URL(url).pathname)?.[1];
  return digits === undefined ? null : Number(digits);
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // SyntaxError: no usable answer
  }
}

/** What the question taught about the identity or the address that asked; the org token is nobody's to select. */
function reportAttempt(reply: GitHubReply, credential: Credential, ask: VisibilityAsk, deps: Deps): void {
  const identity = ask.pool.identities.find(({ id }) => id === credential.name);
  const rate = reply.kind === "unreachable" ? undefined : readRate(reply.headers);
  const refusal =
    reply.kind === "reply" ? readRefusal(reply.status, reply.headers, reply.body) : ({ kind: "failed" } as const);
  if (credential.token === undefined) noteAnonymousRate(rate, refusal, deps);
  if (identity === undefined) return;
  const result =
    refusal === undefined
      ? ({ kind: "ok", charged: reply.kind !== "reply" || reply.status !== 304 } as const)
      : refusal.kind === "throttled"
        ? {
            kind: "throttled" as const,
            ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
          }
        : ({ kind: refusal.kind } as const);
  if (result.kind === "unauthorized") forgetCredential(identity, deps);
  const report = {
    identityId: identity.id,
    kind: identity.kind,
    resource: "core",
    routeKey: routeKeyOf(ask),
    result,
    durationMs: 0,
  };
  deps.background(deps.coordinator(ask.pool.id).report([{ ...report, ...(rate === undefined ? {} : { rate }) }]));
}
