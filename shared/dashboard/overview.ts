/** What the overview shows. */
import type { Forecast } from "./forecast.ts";
import type { StatusCounts } from "./status.ts";
import type { TimeWindow } from "./window.ts";

/** The numbers of some time. Latencies in ms, null where nothing was asked. */
export interface Figures {
  readonly counts: StatusCounts;
  /** Answered without an upstream call that costs quota. */
  readonly saved: number;
  /** Of GitHub's quota. */
  readonly units: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Bucket {
  /** Its beginning, epoch ms. */
  readonly at: number;
  readonly now: Figures;
  /** At the same place of the window before. */
  readonly before: Figures;
}

export interface RouteUsage {
  /** The route's kind. */
  readonly id: string;
  readonly counts: StatusCounts;
}

/** What went otherwise than a caller hoped, by its cause, with where it is seen most. */
export interface Trouble {
  readonly id: string;
  readonly status: "stale" | "fallback" | "error";
  /** Of the error catalogue; empty for stale answers. */
  readonly code: string;
  readonly requests: number;
  /** Route kinds, most requests first; three at most. */
  readonly kinds: readonly string[];
  readonly lastAt: number;
}

export interface OperatorAct {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
}

export interface Usage {
  /** Epoch ms, by the server's clock. */
  readonly at: number;
  readonly window: TimeWindow;
  readonly bucketMs: number;
  readonly now: Figures;
  readonly before: Figures;
  readonly buckets: readonly Bucket[];
  readonly routes: readonly RouteUsage[];
  /** How many kinds of route were asked in all. */
  readonly routeKinds: number;
  readonly troubles: readonly Trouble[];
  readonly acts: readonly OperatorAct[];
  /** Rows that some isolate had to drop in this window, of any pool. */
  readonly lostRows: number;
}

export interface ResourceStanding {
  /** The resource. */
  readonly id: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly readAt: number;
  readonly forecast: Forecast;
}

export interface Rest {
  readonly scope: "identity" | "resource" | "route";
  /** The resource, or the route; empty for the identity as a whole. */
  readonly on: string;
  readonly cause: string;
  readonly until: number;
}

export type Ability = "able" | "runs_dry" | "cooling" | "depleted" | "broken" | "paused" | "unknown";

export interface IdentityState {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  /** For the resource `core`. */
  readonly ability: Ability;
  /** What an operator has to mend, by the catalogue; null: nothing. */
  readonly problem: string | null;
  /** The name of its secret, which operators set. */
  readonly secretRef: string;
  readonly resources: readonly ResourceStanding[];
  readonly rests: readonly Rest[];
  readonly inFlight: number;
  readonly lastError: { readonly cause: string; readonly at: number } | null;
}

export interface PoolStanding {
  readonly at: number;
  /** False: the coordinator did not answer, and no reading of an identity is known. */
  readonly isKnown: boolean;
  /** Worst first. */
  readonly identities: readonly IdentityState[];
  /** When the pool as a whole can serve no `core` any more. */
  readonly core: PoolForecast;
}

export interface PoolForecast {
  /** Epoch ms; null: not within the next hour. */
  readonly dryFrom: number | null;
  readonly dryTo: number | null;
  /** How many identities of a usual limit would have to join for it to last; 0 where it does. */
  readonly short: number;
}
