/** Identities as the room shows them: what is stored, how each stands now, and what it carried in the last hour. */
import type {
  CooldownView,
  IdentityProblemView,
  IdentityView,
  ResourceView,
  StandingView,
} from "../../shared/dashboard/identities.ts";
import { forecast } from "../../shared/dashboard/forecast.ts";
import { ERRORS } from "../../shared/errors.ts";
import type { IdentityStanding, Snapshot } from "../coordinator/protocol.ts";
import { windowOf } from "../coordinator/rate.ts";
import type { Deps } from "../deps.ts";
import { type SetupDeps, setupProblem } from "../relay/identity-setup.ts";
import type { Identity } from "../relay/stages.ts";
import { type IdentityShare, readIdentityShares } from "../store/identity-share.ts";
import { CHECK_ROUTE_KEY } from "./identity-check.ts";
import { type MayName, nameable, repositoryOfLease } from "./shown-names.ts";

const HOUR_MS = 3_600_000;
const RECENT_MS = 10 * 60_000;
/** Of the coordinator's choice; an identity with so many in flight is passed over. */
const MOST_IN_FLIGHT = 20;

export interface Standings {
  /** Undefined: the coordinator did not answer, which stops nothing else. */
  readonly snapshot: Snapshot | undefined;
  readonly shares: readonly IdentityShare[];
  readonly mayName: MayName;
}

/** One call of the object and one range of audit rows for all of them. */
export async function readStandings(
  poolId: string,
  identities: readonly Identity[],
  deps: Pick<Deps, "coordinator" | "db" | "now">,
): Promise<Standings> {
  const now = deps.now();
  const [snapshot, shares] = await Promise.all([
    deps
      .coordinator(poolId)
      .snapshot(identities.map(({ id }) => id))
      .catch(() => undefined), // it restarts on deployments; what is stored is still worth showing
    readIdentityShares(deps.db, { poolId, from: now - HOUR_MS, recentFrom: now - RECENT_MS }),
  ]);
  const keys = (snapshot?.identities ?? []).flatMap(({ leases, cooldowns }) => [
    ...leases.map(({ routeKey }) => routeKey),
    ...cooldowns.map(({ on }) => on),
  ]);
  const names = keys.flatMap((key) => repositoryOfLease(key) ?? []);
  return { snapshot, shares, mayName: await nameable(deps.db, names) };
}

export function identityView(
  identity: Identity,
  standings: Standings,
  deps: SetupDeps & Pick<Deps, "now">,
): IdentityView {
  const standing = standings.snapshot?.identities.find(({ identityId }) => identityId === identity.id);
  return {
    id: identity.id,
    kind: identity.kind,
    login: identity.login,
    status: identity.status,
    weight: identity.weight,
    publicOnly: identity.publicOnly,
    installationId: identity.installationId ?? null,
    scopes: identity.scopes.map(({ owner, repo, allowPrivate }) => ({ owner, repo: repo ?? null, allowPrivate })),
    secretRef: identity.secretRef,
    secretPresent: deps.secret(identity.secretRef) !== undefined,
    problem: problemOf(identity, standing, deps),
    standing: standing === undefined ? null : standingView(standing, standings.mayName, deps.now()),
    lastHour: lastHourOf(identity.id, standings.shares),
  };
}

function problemOf(
  identity: Identity,
  standing: IdentityStanding | undefined,
  deps: SetupDeps,
): IdentityProblemView | null {
  const code = setupProblem(identity, deps) ?? standing?.tokenFailure?.code;
  if (code === undefined) return null;
  const githubStatus = code === standing?.tokenFailure?.code ? standing.tokenFailure.status : null;
  return { code, says: ERRORS[code].says, githubStatus };
}

function standingView(standing: IdentityStanding, mayName: MayName, now: number): StandingView {
  const { inFlight, cooldowns, leases, lastError } = standing;
  return {
    inFlight,
    mostInFlight: MOST_IN_FLIGHT,
    resources: standing.resources.map((resource) => resourceView(resource, now)),
    cooldowns: cooldowns
      .filter(({ until }) => until > now)
      .map(({ scope, on, cause, until }): CooldownView => ({ scope, on: shown(on, mayName), cause, until })),
    leases: leases
      .filter(({ routeKey, until }) => until > now && routeKey !== CHECK_ROUTE_KEY)
      .map(({ routeKey, until }) => ({ route: shown(routeKey, mayName), until })),
    lastError: lastError === null ? null : { cause: lastError.cause, at: lastError.at },
  };
}

/** A lease or rest on a repository that is not known to be public keeps its kind only. */
function shown(routeKey: string, mayName: MayName): string {
  const repository = repositoryOfLease(routeKey);
  if (repository !== undefined && mayName(repository, false)) return routeKey;
  return routeKey.includes("/") ? (routeKey.split(/[ :/]/)[0] ?? "") : routeKey;
}

/** The same forecast as the overview's. */
function resourceView(reading: IdentityStanding["resources"][number], now: number): ResourceView {
  const { resource, limit, remaining, resetAt, readAt } = reading;
  const { burnFrom, burnTo, emptyFrom, emptyTo, goes } = forecast({ ...reading, windowMs: windowOf(resource) }, now);
  const dry = emptyFrom === null || remaining <= 0 ? null : { from: emptyFrom, to: emptyTo ?? resetAt };
  return { resource, limit, remaining, resetAt, readAt, burnPerMinute: (burnFrom + burnTo) / 2, goes, dry };
}

function lastHourOf(identityId: string, shares: readonly IdentityShare[]): IdentityView["lastHour"] {
  const all = shares.filter((share) => share.identityId !== "").reduce((sum, { units }) => sum + units, 0);
  const own = shares.find((share) => share.identityId === identityId);
  const units = own?.units ?? 0;
  return {
    requests: own?.requests ?? 0,
    units,
    share: all === 0 ? null : units / all,
    burnPerMinute: (own?.recentUnits ?? 0) / (RECENT_MS / 60_000),
  };
}
