/** Rows for the store's tests: each states only what its test is about. */
import { env } from "cloudflare:workers";
import type { Act } from "../../../server/store/admin-events.ts";
import type { AuditRow } from "../../../server/store/audit.ts";
import type { CacheRow } from "../../../server/store/cache.ts";
import { openDb } from "../../../server/store/db.ts";
import type { IdentityPut } from "../../../server/store/identities.ts";
import type { LoginAsk, Member } from "../../../server/store/logins.ts";
import { defaultPolicy } from "../../../shared/policy.ts";

/** A fixed moment: noon of a day, in epoch ms. */
export const NOON = Date.UTC(2026, 5, 15, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const POLICY = defaultPolicy(["acme"]);

export const theDb = () => openDb(env.DB);

export function anAct(changes: Partial<Act> = {}): Act {
  return { actor: "admin-token", at: NOON, requestId: "request-1", ...changes };
}

export function aMember(changes: Partial<Member> = {}): Member {
  return { githubUserId: 101, githubLogin: "Alice", orgLogin: "acme-inc", name: undefined, ...changes };
}

export function aLogin(changes: Partial<LoginAsk> = {}): LoginAsk {
  return {
    member: aMember(),
    poolId: "maintainers",
    newPoolPolicy: POLICY,
    clientName: "laptop",
    tokenHash: "hash-1",
    regrant: false,
    ...changes,
  };
}

export function anIdentityPut(changes: Partial<IdentityPut> = {}): IdentityPut {
  return {
    id: "pat_alice",
    poolId: "maintainers",
    kind: "pat",
    login: "alice",
    secretRef: "PAT_ALICE",
    installationId: undefined,
    weight: undefined,
    publicOnly: undefined,
    scopes: [],
    ...changes,
  };
}

export function aCacheRow(changes: Partial<CacheRow> = {}): CacheRow {
  return {
    cacheKey: "key-1",
    poolId: "maintainers",
    routeKind: "pr_view",
    scope: "acme/widget",
    path: "/repos/acme/widget/pulls/7",
    query: "",
    status: 200,
    headers: { etag: '"one"' },
    encoding: "json",
    body: "H4sI",
    bodyBytes: 20,
    storedBytes: 4,
    r2Key: null,
    contentHash: "content-1",
    identityId: "pat_alice",
    identityKind: "pat",
    backend: "identity",
    fetchedAt: NOON,
    freshUntil: NOON + 60_000,
    staleUntil: NOON + HOUR,
    swrUntil: NOON + 120_000,
    generations: { "pull:acme/widget#7": 0 },
    fence: 1,
    filtered: false,
    ...changes,
  };
}

export function anAuditRow(changes: Partial<AuditRow> = {}): AuditRow {
  return {
    requestId: "request-1",
    at: NOON,
    poolId: "maintainers",
    callerId: "gh_101",
    clientName: "laptop",
    routeKind: "pr_view",
    routeKey: "/repos/acme/widget/pulls/{number}",
    status: 200,
    cache: "hit",
    quotaUnits: 0,
    upstreamCalls: 0,
    coalesced: false,
    revalidated: false,
    cacheable: true,
    durationMs: 4,
    trail: "lookup:1",
    ...changes,
  };
}

/** One number out of D1. */
export async function countRows(table: string, where = "1 = 1"): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).first<{ n: number }>();
  return row?.n ?? 0;
}
