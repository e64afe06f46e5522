/** The pool's rules: what its policy allows of this route, and which of its identities may fetch it. */
import { RelayError } from "../../shared/errors.ts";
import { pathKeyOf, surrogateKeysOf } from "../../shared/surrogate-keys.ts";
import { cacheKeyOf } from "./cache-key.ts";
import { isRenderedForAsker } from "./cleaning/rendered.ts";
import { type SetupDeps, setupProblem } from "./identity-setup.ts";
import { type Closed, closedGate, closedOwner, coversRepository, isOwnerAllowed } from "./policy-rules.ts";
import { guardSearch } from "./search-guard.ts";
import type { Ask, Caller, Identity, Job, Pool, PooledIdentity, Route } from "./stages.ts";

/** @throws RelayError search_denied, logs_denied, owner_denied, route_denied. */
export function applyPolicy(ask: Ask, caller: Caller, pool: Pool, route: Route, deps: SetupDeps): Job {
  const { match } = route;
  const repository = openGates(route, pool);
  refuse(closedOwner(pool.policy, repository?.owner));
  const ownerAllowed = isOwnerAllowed(pool.policy, repository?.owner);
  // Looked at by lookups of D1 and by fills only: a hit from memory or the edge spares both.
  const surrogateKeys = once(() => [...surrogateKeysOf(match, repository), pathKeyOf(match)]);
  const eligible = once(() =>
    pool.identities
      .filter((one) => mayFetch(one, route, repository, ownerAllowed, deps))
      .map((one): PooledIdentity => ({ ...one, poolId: pool.id })),
  );
  const scope = repository === undefined ? "*" : `${repository.owner}/${repository.repo}`;
  return {
    ask,
    caller,
    pool,
    route,
    cacheKey: cacheKeyOf(pool.id, route, ask.apiVersion, ""),
    discriminator: undefined,
    routeKey: `${match.route.kind} ${scope}`,
    ownerAllowed,
    repository,
    get surrogateKeys() {
      return surrogateKeys();
    },
    scope,
    get eligible() {
      return eligible();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** @throws RelayError. */
function refuse(closed: Closed | undefined): void {
  if (closed !== undefined) throw new RelayError(closed.reason);
}

/** The repository the answer belongs to, after the row's gate. */
function openGates(route: Route, pool: Pool): Job["repository"] {
  const { match } = route;
  const { gate, template } = match.route;
  refuse(closedGate(pool.policy, gate));
  if (gate === "allow_search") {
    const search = guardSearch(route.searchText, match.route.surrogateKeys.length > 1);
    if (search.kind === "denied") throw new RelayError("search_denied");
    return search.kind === "repository" ? { owner: search.owner, repo: search.repo } : undefined;
  }
  // `a:b...c` compares with a fork, whose visibility nobody has proven; nor with what some reader may take for a colon.
  if (template.includes("{basehead}") && match.params["basehead"]?.normalize("NFKC").includes(":")) {
    throw new RelayError("route_denied", { message: "The relay does not compare across repositories." });
  }
  return match.owner === undefined || match.repo === undefined ? undefined : { owner: match.owner, repo: match.repo };
}

function mayFetch(
  identity: Identity,
  route: Route,
  repository: Job["repository"],
  ownerAllowed: boolean,
  deps: SetupDeps,
): boolean {
  if (identity.status !== "active" || !maySee(identity, route)) return false;
  if (repository !== undefined && !coversRepository(identity, repository, ownerAllowed)) return false;
  return setupProblem(identity, deps) === undefined;
}

/** What the row shows beyond the public decides which credentials may read it for everybody. */
function maySee(identity: Identity, route: Route): boolean {
  const { sees, transports } = route.match.route;
  if (sees === "pool") return false;
  if (identity.publicOnly) return true;
  return transports.includes("identity") && !isRenderedForAsker(route);
}
