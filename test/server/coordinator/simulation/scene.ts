/** Who is in the pool, what is asked of it and what befalls it, all out of one seed. */
import { Random } from "../../../support/random.ts";
import { HOUR, MINUTE, NOW, SECOND } from "../builders.ts";
import type { Member, Question, Resource, Spell, Weather } from "./github.ts";

export interface Arrival extends Question {
  readonly at: number;
  /** True: a visibility proof, asked beside the fills. */
  readonly isProof: boolean;
  /** Of one attempt after the other. */
  readonly latencies: readonly number[];
}

export interface Scene {
  readonly members: readonly Member[];
  readonly weather: Weather;
  readonly arrivals: readonly Arrival[];
}

export const HOURS = 4;
const END = NOW + HOURS * HOUR;
const REPOSITORIES: readonly [string, ...string[]] = ["o/a", "o/b", "o/c", "o/d", "o/e", "o/f", "o/g", "sso/h"];

/** Limits are GitHub's, a tenth as large, so that four hours spend them with some ten thousand requests. */
const CAST: readonly (Pick<Member, "id" | "kind" | "user"> & { readonly core: number })[] = [
  { id: "ada", kind: "pat", user: "ada", core: 500 },
  { id: "ada-ci", kind: "pat", user: "ada", core: 500 },
  { id: "bob", kind: "pat", user: "bob", core: 500 },
  { id: "eve", kind: "pat", user: "eve", core: 250 },
  { id: "small-app", kind: "github_app", user: "app 1", core: 500 },
  { id: "large-app", kind: "github_app", user: "app 2", core: 1_250 },
];

export function makeScene(seed: number): Scene {
  const random = new Random(seed);
  const members = CAST.map(({ core, ...who }): Member => {
    const refusedBy = random.next() < 0.4 ? ["sso/h"] : [];
    return { ...who, limits: { core, search: 30 }, spells: spellsOf(who.id, random), refusedBy };
  });
  const outages = [0.3, 0.7].map((share) => {
    const from = NOW + share * HOURS * HOUR + random.between(0, 20 * MINUTE);
    return { from, until: from + random.between(20 * SECOND, 90 * SECOND) };
  });
  return { members, weather: { outages, opened: openedBefore(random) }, arrivals: makeArrivals(random) };
}

function spellsOf(id: string, random: Random): readonly Spell[] {
  const spells: Spell[] = [];
  let at = NOW + random.between(10 * MINUTE, 2 * HOUR);
  while (at < END) {
    const kind = random.pick(["secondary", "retry_after"] as const);
    const lasts = kind === "secondary" ? random.between(5 * SECOND, 55 * SECOND) : random.between(SECOND, 4 * MINUTE);
    spells.push({ kind, from: at, until: at + lasts });
    at += lasts + random.between(10 * MINUTE, 2 * HOUR);
  }
  // Revoked for good, past the middle: what is left must carry on.
  if (id === "eve") spells.unshift({ kind: "unauthorized", from: NOW + (HOURS / 2) * HOUR, until: END + HOUR });
  return spells;
}

/** Some windows are half over, and half spent, when the pool begins. */
function openedBefore(random: Random): Weather["opened"] {
  const opened = new Map<string, { used: number; resetAt: number }>();
  for (const user of ["ada", "bob", "app 2"]) {
    const resetAt = Math.floor((NOW + random.between(MINUTE, HOUR)) / 1_000) * 1_000;
    opened.set(`${user} core`, { used: random.whole(0, 400), resetAt });
  }
  return opened;
}

/** Calm and crowded half hours: about two thirds of what all buckets hold, and twice as much. */
function makeArrivals(random: Random): readonly Arrival[] {
  const perHour = CAST.filter(({ id }) => id !== "ada-ci").reduce((sum, { core }) => sum + core, 0);
  const arrivals: Arrival[] = [];
  for (let at = NOW; at < END;) {
    const isCrowded = Math.floor((at - NOW) / (HOUR / 2)) % 3 === 2;
    at += random.wait(perHour * (isCrowded ? 2 : 0.7), HOUR);
    arrivals.push(makeArrival(at, random));
    // Bursts, as an agent makes them: a dozen questions in a second.
    if (random.next() < 0.01) for (let n = 0; n < 12; n += 1) arrivals.push(makeArrival(at + n * 40, random));
  }
  return arrivals.toSorted((one, other) => one.at - other.at);
}

function makeArrival(at: number, random: Random): Arrival {
  const isProof = random.next() < 0.1;
  const resource: Resource = !isProof && random.next() < 0.06 ? "search" : "core";
  return {
    at: Math.floor(at),
    resource,
    isProof,
    repository: random.pick(REPOSITORIES),
    isUnlucky: random.next() < 0.003,
    latencies: [0, 1, 2].map(() => Math.floor(random.between(60, 450))),
  };
}
