/** The judge of a soak: it must see a wrong answer when there is one. */
import { describe, expect, it, vi } from "vitest";
import { sortLost } from "../../bench/soak/lost-rows.ts";
import { Published } from "../../bench/soak/published.ts";
import { seededRandom } from "../../bench/soak/random.ts";
import { Tally } from "../../bench/soak/tally.ts";
import type { StandInClient } from "../github/client.ts";

const PATH = "/repos/acme/widget/pulls/7";

/** Versions come out one second apart by a clock of their own. */
async function world(versions: number) {
  const bodies: Record<string, unknown>[] = [];
  const github = {
    script: async ([answer]: readonly { readonly body: Record<string, unknown> }[]) =>
      void (answer && bodies.push(answer.body)),
  };
  const published = new Published(github as unknown as StandInClient, [PATH]);
  const clock = vi.spyOn(Date, "now");
  let now = 1_000_000;
  clock.mockImplementation(() => now);
  for (let version = 0; version < versions; version += 1) {
    await published.publish(PATH);
    now += 1_000;
  }
  return { published, bodies, later: (ms: number) => (now += ms), end: () => clock.mockRestore() };
}

describe("an answer is wrong", () => {
  it.each<{ name: string; change: (body: Record<string, unknown>) => unknown; says: RegExp }>([
    { name: "torn", change: (body) => ({ ...body, body: String(body["body"]).slice(0, -1) }), says: /not whole/ },
    { name: "another pull's", change: (body) => ({ ...body, number: 8 }), says: /not whole/ },
    {
      name: "of a version that was never out",
      change: (body) => ({ ...body, title: `version 9 of ${PATH}` }),
      says: /no version of it/,
    },
    { name: "no pull", change: () => null, says: /no version of it/ },
  ])("that is $name", async ({ change, says }) => {
    const { published, bodies, end } = await world(2);
    expect(published.complaint(published.boundOf(PATH), change(bodies[1] ?? {}))).toMatch(says);
    end();
  });

  it("that is older than the caller's bound, and right within it", async () => {
    const { published, bodies, later, end } = await world(2);
    later(2_000);
    const [first, second] = bodies;
    expect(published.complaint(published.boundOf(PATH, { maxAge: 0 }), first)).toMatch(
      /version 1, older than max-age allows: 2/,
    );
    expect(published.complaint(published.boundOf(PATH, { maxAge: 0 }), second)).toBeUndefined();
    expect(published.complaint(published.boundOf(PATH, { maxAge: 60 }), first)).toBeUndefined();
    end();
  });

  it("that a purge had ended, unless the purge was not acknowledged", async () => {
    const { published, bodies, end } = await world(2);
    await published.purged(PATH, () => Promise.resolve(false));
    expect(published.complaint(published.boundOf(PATH), bodies[0])).toBeUndefined();
    await published.purged(PATH, () => Promise.resolve(true));
    expect(published.complaint(published.boundOf(PATH), bodies[0])).toMatch(/version 1, purged when 2/);
    expect(published.complaint(published.boundOf(PATH), bodies[0], false)).toBeUndefined();
    end();
  });
});

it("a seed makes one row of numbers, from 0 to 1", () => {
  const row = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 200 }, random);
  };
  expect(row(7)).toEqual(row(7));
  expect(row(7)).not.toEqual(row(8));
  expect(row(7).every((number) => number >= 0 && number < 1)).toBe(true);
});

it.each([
  { name: "a moment before a kill", at: 9_600, withKills: 1 },
  { name: "read from the connection just after a kill", at: 10_050, withKills: 1 },
  { name: "long before a kill", at: 8_000, withKills: 0 },
  { name: "between two kills", at: 12_000, withKills: 0 },
])("a row that an answer $name lacks is explained by $withKills kills", ({ at, withKills }) => {
  const answered = { id: "r", phase: "R2 failing", at };
  const lost = sortLost([answered], [10_000, 15_000]);
  expect(lost).toMatchObject({ kills: 2, withKills, unexplained: withKills === 1 ? [] : [answered] });
});

it("a tally counts in the phase in which a request began", () => {
  const tally = new Tally();
  tally.enter("calm");
  const calm = tally.phase;
  tally.enter("storm");
  tally.count(calm, "hit", 40);
  tally.count(tally.phase, "hit", 10);
  tally.addWrong(calm, "no");
  expect([tally.requests, tally.longestMs, tally.kinds(), tally.wrong]).toEqual([2, 40, [["hit", 2]], ["calm: no"]]);
});
