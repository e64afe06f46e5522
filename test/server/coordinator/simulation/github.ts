/** GitHub as far as a choice of identities can feel it: buckets of users, limits nobody announces, and bad days. */
import type { AttemptReport, RateReading } from "../../../../server/coordinator/protocol.ts";
import { HOUR, MINUTE } from "../builders.ts";

export type Resource = "core" | "search";

/** A time in which GitHub refuses this identity everything. */
export interface Spell {
  readonly from: number;
  readonly until: number;
  /** `secondary` tells no end; `retry_after` does; `unauthorized`: its token was revoked. */
  readonly kind: "secondary" | "retry_after" | "unauthorized";
}

export interface Member {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  /** Whose bucket it spends: two tokens of one user spend one. */
  readonly user: string;
  readonly limits: Readonly<Record<Resource, number>>;
  readonly spells: readonly Spell[];
  /** Repositories it is refused: no SSO, no permission. */
  readonly refusedBy: readonly string[];
}

export interface Weather {
  /** GitHub is down for everybody. */
  readonly outages: readonly { readonly from: number; readonly until: number }[];
  /** Buckets that somebody opened before the simulation began. */
  readonly opened: ReadonlyMap<string, { readonly used: number; readonly resetAt: number }>;
}

export interface Question {
  readonly resource: Resource;
  readonly repository: string;
  /** GitHub fails this one whoever asks. */
  readonly isUnlucky: boolean;
}

export interface Reply {
  readonly result: AttemptReport["result"];
  readonly rate?: RateReading;
}

interface Bucket {
  used: number;
  resetAt: number;
}

const WINDOWS: Readonly<Record<Resource, number>> = { core: HOUR, search: MINUTE };

export class SimulatedGitHub {
  readonly #weather: Weather;
  readonly #isKind: boolean;
  readonly #buckets = new Map<string, Bucket>();
  /** Requests over a limit, by identity, resource and window. */
  readonly over = new Map<string, number>();

  /** @param isKind a window opens by itself when the last has ended, and not with the next request. */
  constructor(weather: Weather, isKind = false) {
    this.#weather = weather;
    this.#isKind = isKind;
    for (const [key, { used, resetAt }] of weather.opened) this.#buckets.set(key, { used, resetAt });
  }

  answer(member: Member, question: Question, now: number): Reply {
    if (question.isUnlucky || this.isDown(now)) return { result: { kind: "failed" } };
    const spell = spellOf(member, now);
    if (spell !== undefined) return refusal(spell, question.resource, now);
    const bucket = this.#open(member, question.resource, now);
    const limit = member.limits[question.resource];
    if (bucket.used >= limit) {
      const key = `${member.id} ${question.resource} until ${bucket.resetAt}`;
      this.over.set(key, (this.over.get(key) ?? 0) + 1);
      return { result: { kind: "depleted" }, rate: reading(question.resource, limit, bucket) };
    }
    bucket.used += 1;
    const rate = reading(question.resource, limit, bucket);
    if (member.refusedBy.includes(question.repository)) return { result: { kind: "forbidden" }, rate };
    return { result: { kind: "ok", charged: true }, rate };
  }

  isDown(now: number): boolean {
    return this.#weather.outages.some(({ from, until }) => now >= from && now < until);
  }

  /** What an oracle knows: when the bucket it would spend is full again; undefined where the answer would be no. */
  promise(member: Member, { resource, repository }: Question, now: number): number | undefined {
    if (spellOf(member, now) !== undefined || member.refusedBy.includes(repository)) return undefined;
    if (this.#isKind) this.#open(member, resource, now);
    const bucket = this.#buckets.get(`${member.user} ${resource}`);
    if (bucket === undefined || bucket.resetAt <= now) return now + WINDOWS[resource];
    return bucket.used < member.limits[resource] ? bucket.resetAt : undefined;
  }

  /** GitHub opens a window with its first request. */
  #open({ user }: Member, resource: Resource, now: number): Bucket {
    const key = `${user} ${resource}`;
    const known = this.#buckets.get(key);
    if (known !== undefined && known.resetAt > now) return known;
    const windowMs = WINDOWS[resource];
    const openedAt = this.#isKind && known !== undefined ? now - ((now - known.resetAt) % windowMs) : now;
    // Resets are told in whole seconds.
    const opened = { used: 0, resetAt: Math.floor((openedAt + windowMs) / 1_000) * 1_000 };
    this.#buckets.set(key, opened);
    return opened;
  }
}

function spellOf({ spells }: Member, now: number): Spell | undefined {
  return spells.find(({ from, until }) => now >= from && now < until);
}

function refusal({ kind, until }: Spell, resource: Resource, now: number): Reply {
  // A 401 comes with a reading of the anonymous budget, which is not the identity's.
  const anonymous = { resource, limit: 60, remaining: 0, used: 60, resetAt: now + HOUR };
  if (kind === "unauthorized") return { result: { kind: "unauthorized" }, rate: anonymous };
  return { result: { kind: "throttled", ...(kind === "retry_after" ? { retryAfterMs: until - now } : {}) } };
}

function reading(resource: Resource, limit: number, { used, resetAt }: Bucket): RateReading {
  return { resource, limit, remaining: limit - used, used, resetAt };
}
