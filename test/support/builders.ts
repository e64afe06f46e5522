import { parseBody, toAsk } from "../../server/relay/parse.ts";
import { applyPolicy } from "../../server/relay/policy.ts";
import { chooseVariant, classify } from "../../server/relay/classify.ts";
import type { Ask, CacheEntry, Caller, Identity, Job, Pool, PoolPolicy, Route } from "../../server/relay/stages.ts";
import { defaultPolicy } from "../../shared/policy.ts";

export const NOW = 1_700_000_000_000;
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (body: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);

/** What a client sends of a path, as the door makes an Ask of it. */
export function anAsk(path: string, body: Readonly<Record<string, unknown>> = {}): Ask {
  return toAsk(parseBody({ pool: "maintainers", method: "GET", path, ...body }), "request-1", NOW);
}

export function aCaller(part: Partial<Caller> = {}): Caller {
  return {
    id: "caller-1",
    name: "Ada",
    githubLogin: "ada",
    githubUserId: 1,
    orgLogin: "acme",
    clientName: "laptop",
    poolIds: ["maintainers"],
    membershipVerifiedAt: NOW,
    ...part,
  };
}

/** A scope as operators write it: `acme`, `acme/widget` or `*`. */
export function aScope(text: string): Identity["scopes"][number] {
  const [owner = "", repo] = text.split("/");
  return { owner, repo, allowPrivate: false };
}

/** A PAT that may serve the given scopes; its secret is `PAT_` and its id in capitals. */
export function anIdentity(id: string, scopes: readonly string[] = ["acme"], part: Partial<Identity> = {}): Identity {
  return {
    id,
    kind: "pat",
    login: id,
    secretRef: `PAT_${id.toUpperCase()}`,
    installationId: undefined,
    weight: 100,
    publicOnly: false,
    status: "active",
    scopes: scopes.map(aScope),
    ...part,
  };
}

export function aPool(identities: readonly Identity[] = [anIdentity("ada")], policy: Partial<PoolPolicy> = {}): Pool {
  return { id: "maintainers", policy: { ...defaultPolicy(["acme"]), ...policy }, policyVersion: 1, identities };
}

/** The row and the variant of an ask, by the real table. */
export function aRoute(ask: Ask): Route {
  return chooseVariant(ask, classify(ask, aCaller()));
}

/** The job of an ask, by the real table and policy; every secret is there. */
export function aJob(ask: Ask, pool: Pool = aPool()): Job {
  return applyPolicy(ask, aCaller(), pool, aRoute(ask), { secret: () => "ghp_secret" });
}

export function anEntry(part: Partial<CacheEntry> = {}): CacheEntry {
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    encoding: "json",
    body: bytes('{"number":1}'),
    cacheKey: "key-1",
    poolId: "maintainers",
    scope: "acme/widget",
    routeKind: "pr_view",
    identity: undefined,
    backend: "web",
    fetchedAt: NOW,
    freshUntil: NOW + MINUTE,
    swrUntil: NOW + MINUTE,
    staleUntil: NOW + HOUR,
    generations: {},
    fence: 1,
    filtered: false,
    ...part,
  };
}
