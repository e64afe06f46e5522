import type { QuotaSetting, Resource } from "./vocabulary.ts";

export interface QuotaReading {
  readonly resource: Resource;
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Epoch seconds. */
  readonly reset: number;
}

interface Bucket {
  limit: number;
  used: number;
  /** Epoch seconds. */
  reset: number;
}

/** docs.github.com, "Rate limits for the REST API": units per window. */
const LIMITS: Readonly<Record<Resource, { user: number; anonymous: number; windowSeconds: number }>> = {
  core: { user: 5000, anonymous: 60, windowSeconds: 3600 },
  search: { user: 30, anonymous: 10, windowSeconds: 60 },
  code_search: { user: 10, anonymous: 0, windowSeconds: 60 },
  graphql: { user: 5000, anonymous: 0, windowSeconds: 3600 },
};

export const RESOURCES = Object.keys(LIMITS) as readonly Resource[];

/** Whose quota a request spends: all tokens of a user share one, as do all anonymous requests of an address. */
export type Spender =
  | { readonly kind: "user"; readonly login: string }
  | { readonly kind: "anonymous"; readonly address: string };

/** Counts primary quota as GitHub does: one bucket per spender and resource, refilled at its reset. */
export class QuotaLedger {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #anonymousSettings = new Map<Resource, QuotaSetting>();

  /** `now`: epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  read(spender: Spender, resource: Resource): QuotaReading {
    const { limit, used, reset } = this.#bucket(spender, resource);
    return { resource, limit, used, remaining: Math.max(0, limit - used), reset };
  }

  /** Spends `units`; the caller has looked first whether anything remains. */
  charge(spender: Spender, resource: Resource, units: number): void {
    this.#bucket(spender, resource).used += units;
  }

  /** Overwrites a user's quota in one resource; what is not named keeps its value. */
  set(login: string, resource: Resource, setting: QuotaSetting): void {
    apply(this.#bucket({ kind: "user", login }, resource), setting);
  }

  /** The same for every anonymous address, seen already or not. */
  setAnonymous(resource: Resource, setting: QuotaSetting): void {
    this.#anonymousSettings.set(resource, setting);
    for (const key of this.#buckets.keys()) {
      if (key.startsWith("anonymous ") && key.endsWith(` ${resource}`)) this.#buckets.delete(key);
    }
  }

  #bucket(spender: Spender, resource: Resource): Bucket {
    const key =
      spender.kind === "user"
        ? `user ${spender.login.toLowerCase()} ${resource}`
        : `anonymous ${spender.address} ${resource}`;
    const seconds = Math.floor(this.#now() / 1000);
    const known = this.#buckets.get(key);
    if (known !== undefined && seconds < known.reset) return known;
    const { user, anonymous, windowSeconds } = LIMITS[resource];
    const limit = known?.limit ?? (spender.kind === "user" ? user : anonymous);
    const bucket: Bucket = { limit, used: 0, reset: seconds + windowSeconds };
    const setting = spender.kind === "anonymous" ? this.#anonymousSettings.get(resource) : undefined;
    if (known === undefined && setting !== undefined) apply(bucket, setting);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function apply(bucket: Bucket, setting: QuotaSetting): void {
  const remaining = Math.max(0, bucket.limit - bucket.used);
  bucket.limit = setting.limit ?? bucket.limit;
  if (setting.remaining !== undefined) bucket.used = Math.max(0, bucket.limit - setting.remaining);
  else if (setting.limit !== undefined) bucket.used = Math.max(0, bucket.limit - Math.min(remaining, bucket.limit));
  bucket.reset = setting.reset ?? bucket.reset;
}

/** The rate headers GitHub puts on every API answer. */
export function quotaHeaders(reading: QuotaReading): Record<string, string> {
  return {
    "x-ratelimit-limit": String(reading.limit),
    "x-ratelimit-remaining": String(reading.remaining),
    "x-ratelimit-used": String(reading.used),
    "x-ratelimit-reset": String(reading.reset),
    "x-ratelimit-resource": reading.resource,
  };
}
