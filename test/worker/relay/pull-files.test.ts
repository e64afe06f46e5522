/** Files of a pull request: a minute without a hint, an hour at a head that the pull itself confirms. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay, type Envelope } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
const FILES = "/repos/acme/widget/pulls/7/files";
const MINUTE = 60_000;
const A = "a".repeat(40);
const B = "b".repeat(40);

type Hint = Readonly<Record<string, string>>;
interface Pull {
  readonly sha: string;
  readonly base?: string;
  readonly state?: string;
  readonly merged?: boolean;
}

let relay: TestRelay;

beforeEach(async () => {
  relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "600" } });
  await relay.github.reset();
  await relay.seed();
});

/** What GitHub answers in order, each once; an answer left over fails the test. */
const pulls = (...heads: readonly Pull[]) =>
  relay.github.script(
    heads.map(({ sha, base = "main", state = "open", merged = false }) => ({
      path: PULL,
      body: { number: 7, state, merged, mergeable: true, head: { sha }, base: { ref: base } },
      times: 1,
    })),
  );
const files = (...names: readonly string[]) =>
  relay.github.script(names.map((filename) => ({ path: FILES, body: [{ filename }], times: 1 })));

const ask = async (hint?: Hint, headers: Readonly<Record<string, string>> = {}) => {
  const { envelope } = await relay.ask(FILES, { headers, ...(hint === undefined ? {} : { route_hint: hint }) });
  const [file] = (envelope.body ?? []) as readonly { filename: string }[];
  return { name: file?.filename, cache: envelope.relay["cache"], facts: envelope.relay };
};
const at = (sha: string, state?: string) =>
  ask({ pr_head_sha: sha, ...(state === undefined ? {} : { pr_state: state }) });

/** Statements that D1 is sent before the answer is there. */
async function statementsFor(init: RequestInit): Promise<number> {
  let statements = 0;
  const counted = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare" || name === "batch") statements += 1;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  relay.setBindings({ DB: counted });
  const { response, settled } = await relay.fetchOpen("/v1/github/request", init);
  const before = statements;
  expect(((await response.json()) as Envelope).relay["cache"]).toBe("hit");
  await settled;
  relay.setBindings({});
  return before;
}

describe("with the head named", () => {
  it("stays warm for an hour, in every isolate", async () => {
    await files("one", "two");
    await pulls(...Array.from({ length: 5 }, () => ({ sha: A })));
    expect(await at(A)).toMatchObject({ name: "one", cache: "miss" });
    for (const minutes of [2, 50]) {
      relay.later(minutes * MINUTE);
      relay.newIsolate();
      expect(await at(A)).toMatchObject({ name: "one", cache: "hit", facts: { age_seconds: expect.any(Number) } });
    }
    expect(await relay.reads(FILES)).toHaveLength(1);
    relay.later(9 * MINUTE);
    expect(await at(A)).toMatchObject({ name: "two", cache: "miss" });
  });

  it("asks GitHub nothing while the pull was read a minute ago at most", async () => {
    await files("one");
    await pulls({ sha: A }, { sha: A });
    await at(A);
    await relay.github.clearLog();
    for (const seconds of [1, 20, 25]) {
      relay.later(seconds * 1000);
      expect(await at(A)).toMatchObject({ name: "one", cache: "hit" });
    }
    expect(await relay.github.log()).toEqual([]);
  });

  it("waits for no D1 while files and pull are in memory or at the edge", async () => {
    await files("one");
    await pulls({ sha: A }, { sha: A });
    await at(A);
    const init = relay.init(FILES, { route_hint: { pr_head_sha: A } });
    expect(await statementsFor(init)).toBe(0);
    relay.isolate.entries.clear();
    expect(await statementsFor(init)).toBe(0);
    relay.newIsolate();
    expect(await statementsFor(init)).toBeGreaterThan(0);
  });

  it("takes the pull that somebody read", async () => {
    await files("one");
    await pulls({ sha: A }, { sha: A });
    await relay.ask(PULL);
    await relay.github.clearLog();
    await at(A);
    expect((await relay.github.log()).map(({ path }) => path)).toEqual([FILES, PULL]); // and once more behind the answer
  });

  it("keeps each question of the same head apart", async () => {
    await pulls({ sha: A }, { sha: A }, { sha: A });
    const page = (number: string) =>
      relay.ask(FILES, { query: { per_page: "3", page: number }, route_hint: { pr_head_sha: A } });
    const [first, second] = [await page("1"), await page("2")];
    expect(first.envelope.body).not.toEqual(second.envelope.body);
    expect((await page("1")).envelope.body).toEqual(first.envelope.body);
  });

  it("obeys the caller's bound", async () => {
    await files("one", "two");
    await pulls(...Array.from({ length: 4 }, () => ({ sha: A })));
    await at(A);
    relay.later(30_000);
    const bound = { "cache-control": "max-age=10" };
    expect(await ask({ pr_head_sha: A }, bound)).toMatchObject({ name: "two", cache: "miss" });
    expect(await at(A)).toMatchObject({ name: "two", cache: "hit" });
  });

  it("reads a live answer without asking for the pull", async () => {
    await files("one");
    expect(await ask({ pr_head_sha: A }, { "cache-control": "max-age=0" })).toMatchObject({ name: "one" });
    expect(await relay.reads(PULL)).toEqual([]);
  });

  it.each(["pull:acme/widget#7", "refs:acme/widget"])("ends with a purge of %s", async (key) => {
    await files("one", "two");
    await pulls(...Array.from({ length: key.startsWith("pull:") ? 4 : 3 }, () => ({ sha: A })));
    await at(A);
    await relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, { keys: [key] });
    expect(await at(A)).toMatchObject({ name: "two", cache: "miss" });
  });

  it("serves an older copy of the same head while GitHub is down", async () => {
    await files("one");
    await pulls({ sha: A }, { sha: A }, { sha: A });
    await at(A);
    relay.later(61 * MINUTE);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: FILES } });
    expect(await at(A)).toMatchObject({ name: "one", cache: "stale" });
  });

  it("renews a copy that an identity filled, past its hour, for a 304", async () => {
    await relay.spendAnonymousQuota();
    await relay.ask("/repos/acme/widget/topics"); // tells the relay that the quota is gone
    const { envelope } = await relay.ask(PULL);
    const { sha } = (envelope.body as { head: { sha: string } }).head;
    await at(sha);
    relay.later(61 * MINUTE);
    expect((await at(sha)).facts).toMatchObject({ cache: "hit", revalidated: true });
    relay.later(2 * MINUTE);
    expect((await at(sha)).facts).toMatchObject({ cache: "hit", age_seconds: 120 });
    expect((await relay.reads(FILES)).map(({ status }) => status)).toEqual([200, 304]);
  });
});

describe("a hint that is not used", () => {
  it.each<{ name: string; hint: Hint | undefined; head: Pull | undefined }>([
    { name: "no hint", hint: undefined, head: undefined },
    { name: "another head", hint: { pr_head_sha: B }, head: { sha: A } },
    {
      name: "a pull that is merged, named open",
      hint: { pr_head_sha: A, pr_state: "open" },
      head: { sha: A, state: "closed", merged: true },
    },
    {
      name: "a pull that is closed, named merged",
      hint: { pr_head_sha: A, pr_state: "merged" },
      head: { sha: A, state: "closed" },
    },
    { name: "an open pull, named closed", hint: { pr_head_sha: A, pr_state: "closed" }, head: { sha: A } },
  ])("leaves a minute: $name", async ({ hint, head }) => {
    await files("one", "two");
    if (head !== undefined) await pulls(head, head);
    expect(await ask(hint)).toMatchObject({ name: "one", cache: "miss" });
    relay.later(59_000);
    expect(await ask(hint)).toMatchObject({ name: "one", cache: "hit" });
    relay.later(2_000);
    expect(await ask(hint)).toMatchObject({ name: "two", cache: "miss" });
  });

  it("is one whose pull cannot be read", async () => {
    await files("one");
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PULL } });
    expect(await at(A)).toMatchObject({ name: "one", cache: "miss" });
    expect(await at(A)).toMatchObject({ name: "one", cache: "hit" });
  });

  it("shares its copy with those who give none", async () => {
    await files("one");
    await pulls({ sha: A });
    await ask();
    expect(await at(B)).toMatchObject({ name: "one", cache: "hit" });
  });
});

describe("a push", () => {
  it("between the pull and its files keeps them from being stored under the old head", async () => {
    await pulls({ sha: A }, { sha: B }, { sha: A }, { sha: A });
    await files("of b", "of a");
    // A minute old at most, the pull still shows the old head; what GitHub has by now is the answer.
    expect(await at(A)).toMatchObject({ name: "of b", cache: "miss" });
    relay.later(61_000); // and pushed back meanwhile
    expect(await at(A)).toMatchObject({ name: "of a", cache: "miss" });
    expect(await at(A)).toMatchObject({ name: "of a", cache: "hit" });
  });

  it("while the files are on their way does so as well", async () => {
    await pulls({ sha: A });
    await files("of b");
    await relay.github.gate("files", { path: FILES });
    const first = at(A);
    await relay.github.waitFor(1, { path: FILES });
    await pulls({ sha: B }, { sha: B });
    await files("of b, again");
    await relay.github.release("files");
    expect(await first).toMatchObject({ name: "of b" });
    expect(await at(A)).toMatchObject({ name: "of b", cache: "hit" }); // the plain copy: the hint is wrong by now
    expect(await at(B)).toMatchObject({ name: "of b, again", cache: "miss" }); // proven for nobody
  });

  it("is never answered from the files of before, once the pull shows it", async () => {
    await files("of a", "of b");
    await pulls({ sha: A }, { sha: A }, { sha: B }, { sha: B });
    expect(await at(A)).toMatchObject({ name: "of a", cache: "miss" });
    relay.later(1_000);
    await relay.ask(PULL, { headers: { "cache-control": "max-age=0" } });
    expect(await at(B)).toMatchObject({ name: "of b", cache: "miss" });
    expect(await at(B)).toMatchObject({ name: "of b", cache: "hit" });
  });

  it("back to a known head finds its files again", async () => {
    await files("of a", "of b");
    await pulls({ sha: A }, { sha: A }, { sha: B }, { sha: B }, { sha: A });
    await at(A);
    relay.later(61_000);
    await at(B);
    relay.later(61_000);
    expect(await at(A)).toMatchObject({ name: "of a", cache: "hit" });
  });

  it("to no new head but another base is another question", async () => {
    await files("against main", "against dev");
    await pulls({ sha: A }, { sha: A }, { sha: A, base: "dev" }, { sha: A, base: "dev" });
    await at(A);
    relay.later(61_000);
    expect(await at(A)).toMatchObject({ name: "against dev", cache: "miss" });
  });
});
