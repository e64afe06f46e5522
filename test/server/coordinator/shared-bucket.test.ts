import { describe, expect, it } from "vitest";
import { isDoubtful, type Share } from "../../../server/coordinator/shared-bucket.ts";
import { aReading, HOUR, MINUTE, NOW } from "./builders.ts";

interface Known {
  readonly remaining?: number;
  readonly used?: number;
  readonly limit?: number;
  readonly resetAt?: number;
  readonly readAgoMs?: number;
  readonly claims?: number;
}

function share(identityId: string, known: Known | undefined, claims = 1): Share {
  if (known === undefined) return { identityId, rate: undefined, claims };
  const { readAgoMs = 0, claims: own = claims, ...reading } = known;
  return { identityId, rate: { ...aReading(reading), readAt: NOW - readAgoMs, burnPerSecond: 0 }, claims: own };
}

describe("two identities of one bucket", () => {
  it.each<{ name: string; own: Known | undefined; other: Known | undefined; is: boolean }>([
    {
      name: "may spend the last of it together",
      own: { remaining: 40, readAgoMs: MINUTE },
      other: { remaining: 6 },
      is: true,
    },
    {
      name: "have enough for all that is under way",
      own: { remaining: 3_000 },
      other: { remaining: 2_990 },
      is: false,
    },
    {
      name: "are not, where the limits differ",
      own: { remaining: 40 },
      other: { remaining: 6, limit: 12_500, used: 100 },
      is: false,
    },
    {
      name: "are not, where less is used than long before",
      own: { remaining: 6, readAgoMs: MINUTE },
      other: { remaining: 4_000 },
      is: false,
    },
    {
      name: "are not, where two windows are open at one time",
      own: { remaining: 6 },
      other: { remaining: 6, resetAt: NOW + 10 * MINUTE },
      is: false,
    },
    {
      name: "may be, where the one's window ended before the other's began",
      own: { remaining: 4_000, resetAt: NOW - MINUTE },
      other: { remaining: 6, resetAt: NOW + HOUR - MINUTE },
      is: true,
    },
    { name: "may be, where nothing is known of one", own: undefined, other: { remaining: 6 }, is: true },
    { name: "are not worth a doubt where nothing is known of either", own: undefined, other: undefined, is: false },
  ])("$name", ({ own, other, is }) => {
    expect(isDoubtful(share("ada", own), [share("ada", own), share("bob", other)], NOW)).toBe(is);
  });

  it("are two: an identity is no other to itself", () => {
    const ada = share("ada", { remaining: 6 });
    expect(isDoubtful(ada, [ada], NOW)).toBe(false);
  });

  it("count what both have under way", () => {
    const ada = share("ada", { remaining: 30, readAgoMs: 1 }, 10);
    expect(isDoubtful(ada, [share("bob", { remaining: 26 }, 10)], NOW)).toBe(false);
    expect(isDoubtful(ada, [share("bob", { remaining: 26 }, 11)], NOW)).toBe(true);
  });
});
