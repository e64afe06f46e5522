/**
 * Which identity a route keeps to for a while, in memory: its validators are only good with its own credential. A lease
 * is not prolonged by use, so a busy route moves to the fullest budget every ten seconds.
 */
const LEASE_MS = 10_000;

interface RouteLease {
  readonly identityId: string;
  readonly until: number;
}

export class RouteLeases {
  /** All leases are equally long, so the order of insertion is that of their ends. */
  readonly #byRoute = new Map<string, RouteLease>();

  holder(routeKey: string, now: number): string | undefined {
    const lease = this.#byRoute.get(routeKey);
    return lease !== undefined && lease.until > now ? lease.identityId : undefined;
  }

  grant(routeKey: string, identityId: string, now: number): void {
    this.#dropEnded(now);
    this.#byRoute.delete(routeKey);
    this.#byRoute.set(routeKey, { identityId, until: now + LEASE_MS });
  }

  heldBy(identityId: string, now: number): readonly { readonly routeKey: string; readonly until: number }[] {
    return [...this.#byRoute]
      .filter(([, lease]) => lease.identityId === identityId && lease.until > now)
      .map(([routeKey, { until }]) => ({ routeKey, until }));
  }

  #dropEnded(now: number): void {
    for (const [routeKey, lease] of this.#byRoute) {
      if (lease.until > now) return;
      this.#byRoute.delete(routeKey);
    }
  }
}
