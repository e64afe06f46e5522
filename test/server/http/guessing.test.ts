import { describe, expect, it } from "vitest";
import { FAILURES_PER_MINUTE, Guessing, LOGINS_PER_MINUTE } from "../../../server/http/guessing.ts";
import { MINUTE, NOW } from "../../support/builders.ts";

function failing(times: number, address = "192.0.2.1"): Guessing {
  const guessing = new Guessing();
  for (let time = 0; time < times; time += 1) guessing.failed(address, NOW);
  return guessing;
}

describe("failed credentials", () => {
  it("block an address at the twentieth in a minute, and say how long", () => {
    expect(failing(FAILURES_PER_MINUTE - 1).blocked("192.0.2.1", NOW)).toBeUndefined();
    expect(failing(FAILURES_PER_MINUTE).blocked("192.0.2.1", NOW)).toBe(60);
    expect(failing(FAILURES_PER_MINUTE).blocked("192.0.2.1", NOW + MINUTE - 1)).toBe(1);
  });

  it("are forgotten after their minute", () => {
    const guessing = failing(FAILURES_PER_MINUTE);
    expect(guessing.blocked("192.0.2.1", NOW + MINUTE)).toBeUndefined();
    guessing.failed("192.0.2.1", NOW + MINUTE);
    expect(guessing.blocked("192.0.2.1", NOW + MINUTE)).toBeUndefined();
  });

  it("block nobody else", () => {
    expect(failing(100).blocked("192.0.2.2", NOW)).toBeUndefined();
  });

  it("count no login against an address", () => {
    expect(failing(100).loginAttempt("192.0.2.1", NOW)).toBeUndefined();
  });
});

describe("credentials that are being looked up", () => {
  const looking = (times: number, guessing = new Guessing()) => ({
    guessing,
    ends: Array.from({ length: times }, () => guessing.lookingUp("192.0.2.1")),
  });

  it("leave it undecided whether one more may be, from the twentieth on", () => {
    const { guessing, ends } = looking(FAILURES_PER_MINUTE - 1);
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(false);
    ends.push(guessing.lookingUp("192.0.2.1"));
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(true);
    expect(guessing.isUndecided("192.0.2.2", NOW)).toBe(false);
    ends[0]?.();
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(false);
  });

  it("count beside the failures of this minute", () => {
    const { guessing, ends } = looking(1, failing(FAILURES_PER_MINUTE - 1));
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(true);
    expect(guessing.isUndecided("192.0.2.1", NOW + MINUTE)).toBe(false);
    ends[0]?.();
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(false);
  });

  it("decide nothing where the address is blocked already", () => {
    const { guessing } = looking(1, failing(FAILURES_PER_MINUTE));
    expect(guessing.isUndecided("192.0.2.1", NOW)).toBe(false);
  });
});

describe("logins", () => {
  it("are taken ten a minute from one address", () => {
    const guessing = new Guessing();
    const waits = Array.from({ length: LOGINS_PER_MINUTE + 2 }, () => guessing.loginAttempt("192.0.2.1", NOW));
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(LOGINS_PER_MINUTE);
    expect(waits.at(-1)).toBe(60);
    expect(guessing.loginAttempt("192.0.2.2", NOW)).toBeUndefined();
  });

  it("are taken again after the minute, however many were refused in it", () => {
    const guessing = new Guessing();
    for (let time = 0; time < 50; time += 1) guessing.loginAttempt("192.0.2.1", NOW + time);
    expect(guessing.loginAttempt("192.0.2.1", NOW + MINUTE - 1)).toBe(1);
    expect(guessing.loginAttempt("192.0.2.1", NOW + MINUTE)).toBeUndefined();
  });
});
