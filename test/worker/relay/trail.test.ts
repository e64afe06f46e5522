/** What is written down of a request's stages, and what the dashboard says of them. */
import { beforeEach, describe, expect, it } from "vitest";
import { stagesOf } from "../../../server/admin/decision-trail.ts";
import { readMarks } from "../../../server/relay/trail-marks.ts";
import { findRows } from "../../../server/store/traffic.ts";
import { untilFollowing } from "../support/followers.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/pulls/7";
let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed({ identities: ["pat_alice", "pat_bob"] });
  await relay.spendAnonymousQuota();
  await relay.ask("/repos/acme/widget/topics"); // proven public, and the anonymous quota known as gone
});

async function rows() {
  const { rows: found } = await findRows(relay.db, { poolId: POOL, from: 0, to: 2 ** 52, filters: {}, limit: 100 });
  return found.toReversed();
}
const trailOf = ({ detail }: { detail: string }) => (JSON.parse(detail) as { trail: string }).trail;

/** The last request's marks: names with their notes, those behind the answer after a bar. */
async function lastMarks(): Promise<string> {
  const row = (await rows()).at(-1);
  if (row === undefined) throw new Error("no row");
  const told = readMarks(trailOf(row)).map(({ name, note }) => (note === "" ? name : `${name}(${note})`));
  const answered = told.indexOf("answer");
  return [told.slice(0, answered).join(" "), told.slice(answered + 1).join(" ")]
    .filter((part) => part !== "")
    .join(" | ");
}

const GATES = "caller pool route policy";
/** Which of two equals was chosen does not matter here. */
const anyName = (text: string) =>
  text
    .split(" | ")
    .map((part) => part.replace(/choose\([a-z_]+ pat_\w+ pat_\w+\)/, "choose(…)").replaceAll(/pat_(alice|bob)/g, "pat"))
    .join(" | ");

describe("the stages of", () => {
  it("a miss", async () => {
    await relay.ask(PATH);
    expect(anyName(await lastMarks())).toBe(
      `${GATES} memory edge stored begin(lead) choose(…) proof identity(200 pat) clean | told kept(stores)`,
    );
    const marks = readMarks(trailOf((await rows()).at(-1) ?? { detail: "{}" }));
    expect(marks.every(({ from, to }) => from <= to)).toBe(true);
  });

  it("a hit, in a few letters", async () => {
    await relay.ask(PATH);
    await relay.ask(PATH);
    expect(await lastMarks()).toBe(`${GATES} memoryHad proof`);
    const text = trailOf((await rows()).at(-1) ?? { detail: "{}" });
    expect(text.replaceAll(/\d/g, "")).toBe("aocpMvz");
  });

  it("a hit of another isolate", async () => {
    await relay.ask(PATH);
    relay.newIsolate();
    await relay.ask(PATH);
    expect(await lastMarks()).toBe(`${GATES} memory edgeHad since proof`);
    relay.newIsolate();
    relay.forgetEdge();
    await relay.ask(PATH);
    expect(await lastMarks()).toBe(`${GATES} memory edge storedHad proof`);
  });

  it("one renewed by a 304", async () => {
    await relay.ask(PATH);
    relay.later(400_000);
    await relay.ask(PATH);
    expect(anyName(await lastMarks())).toMatch(
      /^caller .* storedHad .*begin\(lead\) choose\(…\) .*identity\(304 pat\).* \| told kept\(stores\)$/,
    );
  });

  it("a stale answer, with the refresh behind it", async () => {
    await relay.ask(PATH);
    relay.later(130_000);
    await relay.github.touch(PATH);
    await relay.ask(PATH);
    const [before, behind] = anyName(await lastMarks()).split(" | ");
    expect(before).toMatch(/^caller pool route policy .*storedHad proof/);
    expect(behind).toMatch(/begin\(lead\) choose\(…\) .*identity\(200 pat\) clean told kept\(stores\)$/);
  });

  it("a stale answer of an outage, which tells of the attempt", async () => {
    await relay.ask(PATH);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PATH } });
    relay.later(400_000);
    await relay.ask(PATH);
    expect(anyName(await lastMarks())).toContain("identity(502 pat github_unavailable)");
  });

  it("who follows another's fetch", async () => {
    await relay.github.gate("pull", { path: PATH });
    const asked = Array.from({ length: 3 }, () => relay.ask(PATH));
    await relay.github.waitFor(1, { path: PATH });
    await untilFollowing(2);
    await relay.github.release("pull");
    await Promise.all(asked);
    const found = (await rows()).slice(-3);
    const followers = found.filter(({ coalesced }) => coalesced === 1);
    expect(followers).toHaveLength(2);
    for (const row of followers) {
      const stages = stagesOf(row);
      expect(stages.find(({ id }) => id === "begin")?.words).toBe("waited for what another request fetched");
      expect(stages.some(({ id }) => id === "identity")).toBe(false);
      expect(stages.at(-1)?.words).toContain("as another request fetched it");
    }
  });

  it("a retry over two identities: each attempt with its status", async () => {
    const before = await rows();
    await relay.ask("/repos/acme/widget/issues/1");
    const choice = readMarks(trailOf((await rows()).at(-1) ?? { detail: "{}" })).find(({ name }) => name === "choose");
    expect(choice?.note).toMatch(/^(sticky|highest_remaining) pat_\w+ pat_\w+$/);
    await relay.github.addFault({ kind: "status", status: 401, match: { path: PATH }, times: 1 });
    await relay.ask(PATH);
    expect((await rows()).length).toBe(before.length + 2);
    const row = (await rows()).at(-1);
    if (row === undefined) throw new Error("no row");
    const attempts = stagesOf(row).filter(({ id }) => id === "identity");
    expect(attempts.map(({ tone }) => tone)).toEqual(["bad", "miss"]);
    expect(attempts[0]?.words).toMatch(/^401, github_identity_unauthorized: /);
    expect(attempts[1]?.words).toBe("200");
    expect(new Set(attempts.map(({ name }) => name))).toEqual(new Set(["Fetch, pat_alice", "Fetch, pat_bob"]));
  });

  it.each([
    {
      name: "the policy",
      path: "/search/issues",
      query: { q: "repo:acme/widget x" },
      refused: "Policy",
      code: "search_denied",
    },
    { name: "the catalogue", path: "/notifications", refused: "Match route", code: "route_denied" },
    { name: "the proof", path: "/repos/acme/secret/pulls/7", refused: "Visibility", code: "repo_not_public" },
  ])("what $name refuses", async ({ path, query, refused, code }) => {
    await relay.ask(path, query === undefined ? {} : { query });
    const row = (await rows()).at(-1);
    if (row === undefined) throw new Error("no row");
    const bad = stagesOf(row).filter(({ tone }) => tone === "bad");
    expect(bad.map(({ name }) => name)).toEqual([refused, "Answer"]);
    expect(bad[0]?.words).toContain(code);
    expect(bad.every(({ from, to }) => from !== null && to !== null)).toBe(true);
  });

  it("a log", async () => {
    await relay.ask("/repos/acme/widget/actions/jobs/1/logs");
    expect(await lastMarks()).toContain("log subject(");
    expect(await lastMarks()).toContain("download");
  });

  it("the pool's own standing", async () => {
    await relay.ask("/rate_limit");
    expect(await lastMarks()).toBe(`${GATES} standing`);
  });
});

it("no stage is without its words", async () => {
  await relay.ask(PATH);
  await relay.ask(PATH);
  await relay.ask("/notifications");
  for (const row of await rows())
    for (const { words, name, from } of stagesOf(row)) {
      expect(words).not.toBe("");
      expect(name).not.toBe("");
      expect(from).not.toBeNull();
    }
});
