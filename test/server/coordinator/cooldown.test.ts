import { describe, expect, it } from "vitest";
import type { AttemptReport, Cooldown } from "../../../server/coordinator/protocol.ts";
import { cleared, learn, type Standing, UNKNOWN_STANDING } from "../../../server/coordinator/standing.ts";
import { aReading, anAttempt, HOUR, MINUTE, NOW, ROUTE, SECOND } from "./builders.ts";

interface Step {
  readonly attempt: AttemptReport;
  /** Since the first one. */
  readonly atMs: number;
}

const after = (steps: readonly Step[]): Standing =>
  steps.reduce((standing, { attempt, atMs }) => learn(standing, attempt, NOW + atMs), UNKNOWN_STANDING);

const ok = anAttempt({ kind: "ok", charged: true });
const unauthorized = anAttempt({ kind: "unauthorized" });
const secondary = anAttempt({ kind: "throttled" });
const failed = anAttempt({ kind: "failed" });

/** When each rest caused by `attempt`, repeated just after the one before ended, is over: the lengths in order. */
function lengths(attempt: AttemptReport, times: number): readonly number[] {
  const found: number[] = [];
  let standing = UNKNOWN_STANDING;
  let now = NOW;
  for (let n = 0; n < times; n += 1) {
    standing = learn(standing, attempt, now);
    const until = standing.cooldowns[0]?.until ?? Number.NaN;
    found.push(until - now);
    now = until;
  }
  return found;
}

describe("one attempt", () => {
  it.each<{ name: string; attempt: AttemptReport; rests: Cooldown | null }>([
    { name: "that was answered causes no rest", attempt: ok, rests: null },
    {
      name: "answered 401 rests the identity for ten minutes",
      attempt: unauthorized,
      rests: { scope: "identity", on: "ada", cause: "unauthorized", until: NOW + 10 * MINUTE },
    },
    {
      name: "that spent the last unit rests that resource until its reset",
      attempt: anAttempt(
        { kind: "ok", charged: true },
        { rate: aReading({ remaining: 0, resetAt: NOW + 7 * MINUTE }) },
      ),
      rests: { scope: "resource", on: "core", cause: "depleted", until: NOW + 7 * MINUTE },
    },
    {
      name: "refused for quota rests the resource its own answer names",
      attempt: anAttempt(
        { kind: "depleted" },
        { rate: aReading({ resource: "search", remaining: 0, resetAt: NOW + SECOND }) },
      ),
      rests: { scope: "resource", on: "search", cause: "depleted", until: NOW + SECOND },
    },
    {
      name: "refused for quota without a reading rests the resource for a minute",
      attempt: anAttempt({ kind: "depleted" }),
      rests: { scope: "resource", on: "core", cause: "depleted", until: NOW + MINUTE },
    },
    {
      name: "told to retry after rests the identity as told",
      attempt: anAttempt({ kind: "throttled", retryAfterMs: 37 * SECOND }),
      rests: { scope: "identity", on: "ada", cause: "retry_after", until: NOW + 37 * SECOND },
    },
    {
      name: "told to retry after obeys that before the reset",
      attempt: anAttempt({ kind: "throttled", retryAfterMs: SECOND }, { rate: aReading({ remaining: 0 }) }),
      rests: { scope: "identity", on: "ada", cause: "retry_after", until: NOW + SECOND },
    },
    {
      name: "told to retry after an absurd time rests for a day",
      attempt: anAttempt({ kind: "throttled", retryAfterMs: Number.POSITIVE_INFINITY }),
      rests: { scope: "identity", on: "ada", cause: "retry_after", until: NOW + 24 * HOUR },
    },
    {
      name: "throttled with nothing remaining waits for the reset",
      attempt: anAttempt({ kind: "throttled" }, { rate: aReading({ remaining: 0, resetAt: NOW + 3 * MINUTE }) }),
      rests: { scope: "resource", on: "core", cause: "depleted", until: NOW + 3 * MINUTE },
    },
    {
      name: "throttled without a word rests the identity for a minute",
      attempt: anAttempt({ kind: "throttled" }, { rate: aReading({ remaining: 4_000 }) }),
      rests: { scope: "identity", on: "ada", cause: "secondary_limit", until: NOW + MINUTE },
    },
    {
      name: "forbidden rests this route of this repository for ten minutes",
      attempt: anAttempt({ kind: "forbidden" }),
      rests: { scope: "route", on: ROUTE, cause: "forbidden", until: NOW + 10 * MINUTE },
    },
    { name: "that failed once causes no rest", attempt: failed, rests: null },
  ])("$name", ({ attempt, rests }) => {
    expect(learn(UNKNOWN_STANDING, attempt, NOW).cooldowns).toEqual(rests === null ? [] : [rests]);
  });
});

describe("repeated setbacks", () => {
  it("double the rest after a 401 up to six hours", () => {
    const minutes = lengths(unauthorized, 8).map((ms) => ms / MINUTE);
    expect(minutes).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
  });

  it("double the rest after a secondary limit up to fifteen minutes", () => {
    expect(lengths(secondary, 6).map((ms) => ms / SECOND)).toEqual([60, 120, 240, 480, 900, 900]);
  });

  it("are counted once for all requests that were under way when the rest began", () => {
    const standing = after([0, 1, 2, 3].map((atMs) => ({ attempt: unauthorized, atMs })));
    expect(standing.cooldowns.map(({ until }) => until - NOW)).toEqual([10 * MINUTE]);
    expect(standing.setbacks.unauthorized).toBe(1);
  });

  it("start over after a success", () => {
    const standing = after([
      { attempt: secondary, atMs: 0 },
      { attempt: ok, atMs: MINUTE },
      { attempt: secondary, atMs: 2 * MINUTE },
    ]);
    expect(standing.cooldowns.map(({ until }) => until - NOW)).toEqual([3 * MINUTE]);
  });

  it.each([
    { name: "secondary limit", setback: secondary, restMs: MINUTE },
    { name: "401", setback: unauthorized, restMs: 10 * MINUTE },
  ])("are not forgiven by a success that was under way when the rest began: $name", ({ setback, restMs }) => {
    const standing = after([
      { attempt: setback, atMs: 0 },
      { attempt: ok, atMs: 10 },
      { attempt: setback, atMs: restMs },
    ]);
    expect(standing.cooldowns.map(({ until }) => until - NOW)).toEqual([3 * restMs]);
  });

  it("keep the longer of two words to retry after", () => {
    const standing = after([
      { attempt: anAttempt({ kind: "throttled", retryAfterMs: MINUTE }), atMs: 0 },
      { attempt: anAttempt({ kind: "throttled", retryAfterMs: SECOND }), atMs: 5 },
    ]);
    expect(standing.cooldowns.map(({ until }) => until - NOW)).toEqual([MINUTE]);
  });
});

describe("failures of GitHub", () => {
  it.each([
    {
      name: "three within thirty seconds rest the identity for thirty seconds",
      atMs: [0, 10_000, 29_999],
      until: 59_999,
    },
    { name: "three over thirty seconds do not", atMs: [0, 15_000, 30_000], until: null },
    { name: "a fourth during the rest does not prolong it", atMs: [0, 1, 2, 3], until: 30_002 },
    { name: "after the rest it takes three again", atMs: [0, 1, 2, 30_003, 30_004], until: null },
  ])("$name", ({ atMs, until }) => {
    const standing = after(atMs.map((at) => ({ attempt: failed, atMs: at })));
    const last = NOW + (atMs.at(-1) ?? 0);
    const live = standing.cooldowns.filter((cooldown) => cooldown.until > last);
    expect(live).toEqual(
      until === null ? [] : [{ scope: "identity", on: "ada", cause: "failing", until: NOW + until }],
    );
  });
});

describe("an operator's clearing", () => {
  it("ends every rest, forgets streaks, and believes an empty bucket full", () => {
    const spent = anAttempt({ kind: "depleted" }, { rate: aReading({ resource: "search", limit: 30, remaining: 0 }) });
    const standing = after([
      { attempt: spent, atMs: 0 },
      { attempt: anAttempt({ kind: "unauthorized" }, { rate: aReading() }), atMs: 1 },
    ]);
    const well = cleared(standing);
    expect(standing.cooldowns).toHaveLength(2);
    expect(well.cooldowns).toEqual([]);
    expect(well.setbacks.unauthorized).toBe(0);
    expect([...well.rates.keys()]).toEqual(["core"]);
    expect(well.lastError).toEqual({ cause: "unauthorized", at: NOW + 1 });
  });
});
