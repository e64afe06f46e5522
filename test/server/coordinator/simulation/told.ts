/**
 * What the coordinator has been told so far, kept apart from it and by the words of the specification, to hold its
 * choices against.
 */
import type { AttemptReport, RateReading } from "../../../../server/coordinator/protocol.ts";
import { HOUR, MINUTE } from "../builders.ts";

const REST_MS = { unauthorized: 10 * MINUTE, secondary: MINUTE, forbidden: 10 * MINUTE } as const;
/** Rests that double last no longer than this; three failures in a row are followed by half a minute. */
const LONGEST_MS = { unauthorized: 6 * HOUR, throttled: 15 * MINUTE, failed: MINUTE } as const;
/** Values within a tenth of each other are near-ties. */
const NEAR_TIE = 0.9;
/** With less left than this, requests under way decide, and not the reset. */
const PLENTY = 100;

export interface Choice {
  readonly identities: readonly string[];
  readonly isSticky: boolean;
  readonly resource: string;
  readonly routeKey: string;
}

export class Told {
  readonly #rests = new Map<string, { readonly until: number; readonly since: number }>();
  readonly #mayRest = new Map<string, number>();
  readonly #readings = new Map<string, RateReading & { readonly since: number }>();
  readonly #inFlight = new Map<string, number>();
  /** Rules that a choice broke. */
  readonly broken: string[] = [];
  /** Choices in which one bucket was both fuller and nearer to its reset than another. */
  compared = 0;

  asked(identityId: string, resource: string, by: 1 | -1): void {
    const key = `${identityId} ${resource}`;
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) + by);
  }

  learn({ identityId, resource, routeKey, result, rate }: AttemptReport, now: number): void {
    this.#learnRest(identityId, result, now);
    if (result.kind === "forbidden") this.#rest(`${identityId} ${routeKey}`, now + REST_MS.forbidden, now);
    if (result.kind === "unauthorized" || result.kind === "throttled" || result.kind === "failed")
      this.#mayRest.set(identityId, now + LONGEST_MS[result.kind]);
    if (rate === undefined || result.kind === "unauthorized") return;
    if (rate.remaining <= 0) this.#rest(`${identityId} ${resource}`, rate.resetAt, now);
    const known = this.#readings.get(`${identityId} ${resource}`);
    const isNews = known === undefined || rate.resetAt > known.resetAt || rate.used > known.used;
    if (isNews && rate.resetAt >= (known?.resetAt ?? 0))
      this.#readings.set(`${identityId} ${resource}`, { ...rate, since: now });
  }

  /** Requests that were under way when a rest without a told end began do not put its end off. */
  #learnRest(identityId: string, result: AttemptReport["result"], now: number): void {
    const rests = (this.#rests.get(identityId)?.until ?? 0) > now;
    if (result.kind === "unauthorized" && !rests) this.#rest(identityId, now + REST_MS.unauthorized, now);
    if (result.kind !== "throttled") return;
    const { retryAfterMs } = result;
    if (retryAfterMs !== undefined || !rests) this.#rest(identityId, now + (retryAfterMs ?? REST_MS.secondary), now);
  }

  judge(choice: Choice, all: readonly string[], now: number): void {
    const { identities, resource, routeKey, isSticky } = choice;
    for (const id of identities) {
      const rest = this.#restOf(id, choice, now);
      if (rest > now)
        this.broken.push(`${id} was chosen for ${routeKey} (${resource}) ${rest - now} ms before its rest ends`);
      const left = this.#leftOf(id, resource, now);
      if (left !== undefined && left <= 0 && this.#isOld(id, resource, now))
        this.broken.push(`${id} was chosen with nothing of ${resource} left`);
    }
    if (!isSticky) this.#judgeOrder(choice, all, now);
  }

  /** The nearer reset goes first, other things being equal. */
  #judgeOrder(choice: Choice, all: readonly string[], now: number): void {
    const [first = ""] = choice.identities;
    const left = this.#leftOf(first, choice.resource, now);
    const reset = this.#readings.get(`${first} ${choice.resource}`)?.resetAt ?? 0;
    if (left === undefined || !this.#isOld(first, choice.resource, now)) return;
    for (const other of all) {
      const othersLeft = this.#leftOf(other, choice.resource, now);
      const othersReset = this.#readings.get(`${other} ${choice.resource}`)?.resetAt ?? 0;
      if (othersLeft === undefined || othersLeft < PLENTY || !this.#isOld(other, choice.resource, now)) continue;
      if (Math.max(this.#restOf(other, choice, now), this.#mayRest.get(other) ?? 0) > now) continue;
      if (othersReset >= reset || othersLeft * NEAR_TIE <= left) continue;
      this.broken.push(`${first} was chosen before ${other}, whose ${othersLeft} end sooner than the other's ${left}`);
    }
    if (all.some((other) => this.#isWorse(other, { left, reset }, choice.resource, now))) this.compared += 1;
  }

  #isWorse(other: string, { left, reset }: { left: number; reset: number }, resource: string, now: number): boolean {
    const othersLeft = this.#leftOf(other, resource, now);
    return othersLeft !== undefined && othersLeft > 0 && othersLeft >= left && reset < now + MINUTE * 15;
  }

  /** Of an open window, without what is under way; undefined where nothing is known. */
  #leftOf(id: string, resource: string, now: number): number | undefined {
    const known = this.#readings.get(`${id} ${resource}`);
    if (known === undefined || known.resetAt <= now) return undefined;
    return known.remaining - (this.#inFlight.get(`${id} ${resource}`) ?? 0);
  }

  /** What was told in this very millisecond may have come after the choice. */
  #isOld(id: string, resource: string, now: number): boolean {
    return this.#readings.get(`${id} ${resource}`)?.since !== now;
  }

  #restOf(id: string, { resource, routeKey }: Choice, now: number): number {
    const rests = [id, `${id} ${resource}`, `${id} ${routeKey}`].map((key) => this.#rests.get(key));
    return Math.max(0, ...rests.map((rest) => (rest === undefined || rest.since === now ? 0 : rest.until)));
  }

  #rest(key: string, until: number, now: number): void {
    const known = this.#rests.get(key);
    if (known !== undefined && until <= known.until) return;
    this.#rests.set(key, { until, since: known !== undefined && known.until > now ? known.since : now });
  }
}
