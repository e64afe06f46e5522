/** `GET /rate_limit`: the pool's standing in GitHub's shape. The relay's own knowledge: nothing is asked of GitHub. */
import type { Deps } from "../deps.ts";
import { setupProblem } from "./identity-setup.ts";
import { answerFromEntry } from "./serve.ts";
import type { Answer, CacheEntry, Job } from "./stages.ts";

const DEFAULT_LIMITS = { core: 5000, search: 30, code_search: 10, graphql: 5000 } as const;
type ResourceName = keyof typeof DEFAULT_LIMITS;

export async function answerStanding(job: Job, deps: Deps): Promise<Answer> {
  const active = job.pool.identities.filter((one) => one.status === "active" && setupProblem(one, deps) === undefined);
  const snapshot = await deps
    .coordinator(job.pool.id)
    .snapshot(active.map(({ id }) => id))
    .catch(() => undefined); // it restarts on deployments: of what nobody knows the default is told
  const now = deps.now();
  const sum = (resource: ResourceName) => {
    const otherwise = DEFAULT_LIMITS[resource];
    const readings = active.map(({ id }) => {
      const standing = snapshot?.identities.find((one) => one.identityId === id);
      const known = standing?.resources.find((one) => one.resource === resource);
      return known === undefined || known.resetAt <= now
        ? { limit: known?.limit ?? otherwise, remaining: known?.limit ?? otherwise, resetAt: now + 3_600_000 }
        : known;
    });
    const limit = readings.reduce((total, one) => total + one.limit, 0);
    const remaining = readings.reduce((total, one) => total + one.remaining, 0);
    const reset = Math.floor(Math.min(now + 3_600_000, ...readings.map((one) => one.resetAt)) / 1000);
    return { limit, remaining, used: limit - remaining, reset };
  };
  const resources = {
    core: sum("core"),
    search: sum("search"),
    code_search: sum("code_search"),
    graphql: sum("graphql"),
  };
  const body = {
    resources,
    rate: resources.core,
    octopool: { pooled: true, pool: job.pool.id, identities: active.length },
  };
  const entry: CacheEntry = {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    encoding: "json",
    body: new TextEncoder().encode(JSON.stringify(body)),
    cacheKey: job.cacheKey,
    poolId: job.pool.id,
    scope: job.scope,
    routeKind: job.route.match.route.kind,
    identity: undefined,
    backend: "web",
    fetchedAt: now,
    freshUntil: now,
    staleUntil: now,
    swrUntil: now,
    generations: {},
    fence: 0,
    filtered: false,
  };
  const held = { entry, headersJson: JSON.stringify(entry.headers), until: now, epoch: -1, envelopeBody: entry.body };
  return answerFromEntry(held, job.ask, { cache: "bypass", cacheable: false }, now);
}
