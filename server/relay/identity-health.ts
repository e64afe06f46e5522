/** Which identities of a pool can serve right now, and what is wrong with the others, by the names of the catalogue. */
import type { ErrorCode } from "../../shared/errors.ts";
import type { Cooldown, IdentityStanding, Snapshot } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { type SetupDeps, setupProblem } from "./identity-setup.ts";
import type { Identity } from "./stages.ts";

/** How long a mint that failed is told of, where the identity does not rest for it any more. */
const TOLD_MS = 10 * 60_000;

export interface IdentityHealth {
  readonly id: string;
  readonly kind: Identity["kind"];
  /** Active, rightly set up, and not resting as a whole; a rest on one resource or route leaves the others. */
  readonly healthy: boolean;
  readonly problems: readonly IdentityProblem[];
}

export interface IdentityProblem {
  readonly code: ErrorCode;
  readonly scope: Cooldown["scope"];
  /** The resource, or the kind of route; never a repository. */
  readonly on?: string;
  /** GitHub's, where a token was asked for. */
  readonly github_status?: number;
  /** RFC 3339; absent: until the operator mends it. */
  readonly until?: string;
}

/** Asks the pool's coordinator; where it does not answer, no rest is known and only the set-up is judged. */
export async function healthOf(
  poolId: string,
  identities: readonly Identity[],
  deps: Pick<Deps, "coordinator" | "now"> & SetupDeps,
): Promise<{ readonly identities: readonly IdentityHealth[]; readonly snapshot: Snapshot | undefined }> {
  const setUp = identities.filter((one) => atRest(one, deps) === undefined);
  const snapshot =
    setUp.length === 0
      ? undefined
      : await deps
          .coordinator(poolId)
          .snapshot(setUp.map(({ id }) => id))
          .catch(() => undefined); // it restarts on deployments; the relay serves without it, and so does health
  const standings = new Map(snapshot?.identities.map((standing) => [standing.identityId, standing]));
  const health = identities.map((identity) => judge(identity, standings.get(identity.id), snapshot, deps));
  return { identities: health, snapshot };
}

/** Out of service whatever its standing. */
function atRest(identity: Identity, deps: SetupDeps): ErrorCode | undefined {
  return identity.status === "active" ? setupProblem(identity, deps) : "identity_paused";
}

function judge(
  identity: Identity,
  standing: IdentityStanding | undefined,
  snapshot: Snapshot | undefined,
  deps: Pick<Deps, "now"> & SetupDeps,
): IdentityHealth {
  const { id, kind } = identity;
  const code = atRest(identity, deps);
  if (code !== undefined) return { id, kind, healthy: false, problems: [{ code, scope: "identity" }] };
  if (standing === undefined || snapshot === undefined) return { id, kind, healthy: true, problems: [] };
  const live = standing.cooldowns.filter(({ until }) => until > deps.now());
  const rests = live.filter(({ scope }) => scope === "identity");
  const failure = standing.tokenFailure;
  const isTold = failure !== undefined && (rests.length > 0 || snapshot.at - failure.at < TOLD_MS);
  const problems = isTold
    ? [ofToken(failure, rests), ...live.filter((one) => one.scope !== "identity").map(ofCooldown)]
    : live.map(ofCooldown);
  return { id, kind, healthy: rests.length === 0, problems };
}

/** The rest that a failed mint caused is told as the mint's. */
function ofToken(
  { code, status }: NonNullable<IdentityStanding["tokenFailure"]>,
  rests: readonly Cooldown[],
): IdentityProblem {
  const until = Math.max(0, ...rests.map((rest) => rest.until));
  return {
    code,
    scope: "identity",
    ...(status === null ? {} : { github_status: status }),
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
  };
}

function ofCooldown({ scope, on, cause, until }: Cooldown): IdentityProblem {
  const [what = ""] = on.split(" ");
  return {
    code: CODES[cause],
    scope,
    ...(scope === "identity" ? {} : { on: what }),
    until: new Date(until).toISOString(),
  };
}

const CODES: Readonly<Record<Cooldown["cause"], ErrorCode>> = {
  unauthorized: "github_identity_unauthorized",
  depleted: "github_identity_depleted",
  retry_after: "github_rate_limited",
  secondary_limit: "github_rate_limited",
  forbidden: "github_identity_forbidden",
  failing: "github_unavailable",
  operator: "identity_paused",
};
