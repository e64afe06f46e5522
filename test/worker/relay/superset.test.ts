/** Lists asked for in several sizes: one page of a hundred answers them where it proves what they would hold. */
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const RUNS = "/repos/acme/widget/actions/runs";
const WORKFLOW_RUNS = "/repos/acme/widget/actions/workflows/ci.yml/runs";
const JOBS = "/repos/acme/widget/actions/runs/42/jobs";
const SUMMARY = { "x-octopool-public-shape": "actions-summary-v1" };
const JOB_SHAPE = { "x-octopool-public-shape": "actions-jobs-v1" };
const LINK = '<https://api.github.com/x?page=2>; rel="next"';

type Words = Readonly<Record<string, string>>;
interface RunList {
  readonly total_count: number;
  readonly workflow_runs: readonly { readonly id: number }[];
}

let relay: TestRelay;

beforeEach(async () => {
  relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "600" } });
  await relay.github.reset();
  await relay.seed();
});

const each = (...all: readonly Words[]) => all;
const asked = async (path: string) =>
  (await relay.github.log({ path })).map(({ query }) => query["per_page"]?.join() ?? "default");
const runs = async (query: Words, headers: Words = SUMMARY) => (await relay.ask(RUNS, { query, headers })).envelope;
const idsOf = (body: unknown) => (body as RunList).workflow_runs.map(({ id }) => id);
const list = (count: number, first = 1) => Array.from({ length: count }, (_, index) => ({ id: first + index }));
/** GitHub's page of a hundred out of `total`. */
const scriptWide = (total: number, more: Words = {}, count = Math.min(100, total)) =>
  relay.github.script([
    {
      path: RUNS,
      query: { per_page: "100", ...more },
      body: { total_count: total, workflow_runs: list(count) },
      headers: { etag: '"wide"', link: LINK },
    },
  ]);

describe("under the shape", () => {
  it.each([
    { name: "runs", path: RUNS, shape: SUMMARY, member: "workflow_runs", total: 18 },
    { name: "a workflow's runs", path: WORKFLOW_RUNS, shape: SUMMARY, member: "workflow_runs", total: 18 },
    { name: "jobs", path: JOBS, shape: JOB_SHAPE, member: "jobs", total: 4 },
  ])("every size of $name costs one call", async ({ path, shape, member, total }) => {
    const sizes = ["20", "3", "50", "100", undefined];
    for (const [index, size] of sizes.entries()) {
      const query: Words = size === undefined ? {} : { per_page: size };
      const { envelope } = await relay.ask(path, { query, headers: shape });
      expect(envelope).toMatchObject({
        status: 200,
        body_encoding: "json",
        body: { total_count: total },
        relay: { cache: index === 0 ? "miss" : "hit" },
      });
      const shown = (envelope.body as Record<string, readonly unknown[]>)[member];
      expect(shown).toHaveLength(Math.min(total, Number(size ?? 30)));
    }
    expect(await asked(path)).toEqual(["100"]);
  });

  it("takes a limit of its own, which GitHub never sees", async () => {
    for (const query of each({ limit: "5" }, { limit: "5", per_page: "20" }, { limit: "5", per_page: "100" }))
      expect(idsOf((await runs(query)).body)).toHaveLength(5);
    expect(idsOf((await runs({ limit: "50" })).body)).toHaveLength(18);
    const log = await relay.github.log({ path: RUNS });
    expect(log.map(({ query }) => query)).toEqual([{ per_page: ["100"] }]);
  });

  it("asks once for simultaneous questions of different sizes", async () => {
    await relay.github.gate("runs", { path: RUNS });
    const sizes = ["1", "7", "20", "99"];
    const answers = sizes.map((size) => runs({ per_page: size }));
    await relay.github.waitFor(1, { path: RUNS });
    await relay.github.release("runs");
    const ids = (await Promise.all(answers)).map(({ body }) => idsOf(body).length);
    expect(ids).toEqual([1, 7, 18, 18]);
    expect(await asked(RUNS)).toEqual(["100"]);
  });

  it("cuts out of a page that is not all there is, and says so in total_count", async () => {
    await scriptWide(250);
    const { body } = await runs({ per_page: "20" });
    expect(body).toEqual({ total_count: 250, workflow_runs: list(20) });
    expect(await asked(RUNS)).toEqual(["100"]);
  });

  it("asks the exact question where the page holds too few and there are more pages", async () => {
    await scriptWide(250, {}, 40);
    const exact = { total_count: 250, workflow_runs: list(50) };
    await relay.github.script([{ path: RUNS, query: { per_page: "50" }, body: exact, headers: { etag: '"exact"' } }]);
    expect(await runs({ per_page: "50" })).toMatchObject({ body: exact, headers: { etag: '"exact"' } });
    expect((await runs({ per_page: "40" })).body).toEqual({ total_count: 250, workflow_runs: list(40) });
    expect(await asked(RUNS)).toEqual(["100", "50"]);
    expect(await runs({ per_page: "50" })).toMatchObject({ body: exact, relay: { cache: "hit" } });
    expect(await asked(RUNS)).toHaveLength(2);
  });

  it("asks the exact question where a hundred are more than the relay takes, and remembers it", async () => {
    await relay.github.script([{ path: RUNS, query: { per_page: "100" }, body_bytes: 3 * 1024 * 1024, times: 1 }]);
    const exact = { total_count: 250, workflow_runs: list(20) };
    await relay.github.script([{ path: RUNS, query: { per_page: "20" }, body: exact, times: 1 }]);
    for (const cache of ["miss", "hit"])
      expect(await runs({ per_page: "20" })).toMatchObject({ body: exact, relay: { cache } });
  });

  it("passes on what is wrong with any size of it", async () => {
    await relay.github.script([{ path: RUNS, status: 404, body: { message: "Not Found" }, times: 1 }]);
    for (const [cache, size] of Object.entries({ miss: "20", hit: "50" }))
      expect(await runs({ per_page: size })).toMatchObject({ status: 404, relay: { cache } });
  });

  it("gives GitHub's own bytes without what describes the whole page", async () => {
    const head = String.raw`{ "total_count": 250,"workflow_runs":[ {"id":1.0e0,"n":"\u00e9\/ü"}`;
    const tail = String.raw` ] ,"more":"\u0041"}`;
    const headers = { etag: '"wide"', link: LINK, "last-modified": "Mon, 01 Jun 2026 10:00:00 GMT" };
    const content_type = "application/json; charset=utf-8";
    await relay.github.script([{ path: RUNS, body_text: `${head} ,  {"id":2}${tail}`, content_type, headers }]);
    const since = { "if-modified-since": "Tue, 02 Jun 2026 10:00:00 GMT" };
    for (const conditions of each({}, { "if-none-match": '"wide"' }, since)) {
      const response = await relay.askRaw(RUNS, { query: { per_page: "1" }, headers: { ...SUMMARY, ...conditions } });
      expect([response.status, await response.text()]).toEqual([200, `${head}${tail}`]);
      for (const name of Object.keys(headers)) expect(response.headers.get(name)).toBeNull();
    }
    expect(await asked(RUNS)).toEqual(["100"]);
  });

  it("never answers a picked list from another, and asks for it as it was asked", async () => {
    await runs({ per_page: "20" });
    for (const filter of each({ branch: "main" }, { status: "failure" }, { event: "push" }))
      await runs({ per_page: "20", ...filter });
    expect(await asked(RUNS)).toEqual(["100", "20", "20", "20"]);
  });

  it("shares a picked list among all sizes once it has shown all there is", async () => {
    const branch = { branch: "main" };
    expect(await runs({ per_page: "20", ...branch })).toMatchObject({ relay: { cache: "miss" } });
    for (const query of each({ per_page: "50" }, { per_page: "5" }, { limit: "3" }, { per_page: "100" })) {
      relay.newIsolate();
      const { body, headers, relay: facts } = await runs({ ...query, ...branch });
      expect(idsOf(body)).toHaveLength(Math.min(18, Number(Object.values(query)[0])));
      expect([facts["cache"], headers["etag"]]).toEqual(["hit", undefined]);
    }
    expect(await asked(RUNS)).toEqual(["20"]);
  });

  it("cuts a picked list out of its own page of a hundred where that is stored", async () => {
    await scriptWide(250, { branch: "main" });
    await runs({ per_page: "100", branch: "main" });
    expect(idsOf((await runs({ per_page: "20", branch: "main" })).body)).toHaveLength(20);
    expect(await asked(RUNS)).toEqual(["100"]);
  });

  it("leaves further pages alone", async () => {
    await runs({ per_page: "5" });
    const second = await runs({ per_page: "5", page: "2" });
    expect([idsOf(second.body).length, second.headers["link"]]).toEqual([5, expect.stringContaining("page=3")]);
    expect(await asked(RUNS)).toEqual(["100", "5"]);
  });

  it("takes age, end and bound from the wide page", async () => {
    const first = await runs({ per_page: "20" });
    relay.later(10_000);
    const second = await runs({ per_page: "5" });
    expect(second.relay).toMatchObject({ cache: "hit", age_seconds: 10 });
    expect(second.relay["cache_expires_at"]).toBe(first.relay["cache_expires_at"]);
    await runs({ per_page: "7" }, { ...SUMMARY, "cache-control": "max-age=5" });
    expect(await asked(RUNS)).toEqual(["100", "100"]);
  });

  it("ends in every size with the runs of the repository", async () => {
    for (const size of ["20", "50"]) await runs({ per_page: size });
    await relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, { keys: ["runs:acme/widget"] });
    const after = await runs({ per_page: "50" });
    expect(after.relay["cache"] === "miss" || after.relay["revalidated"] === true).toBe(true);
    expect((await runs({ per_page: "20" })).relay["cache"]).toBe("hit");
    expect(await asked(RUNS)).toEqual(["100", "100"]);
  });

  it("hits in another isolate", async () => {
    await runs({ per_page: "20" });
    relay.newIsolate();
    expect(await runs({ per_page: "3" })).toMatchObject({ relay: { cache: "hit" } });
    expect(await asked(RUNS)).toEqual(["100"]);
  });
});

describe("without the shape", () => {
  it.each<{ name: string; headers: Words }>([
    { name: "none", headers: {} },
    { name: "an unknown one", headers: { "x-octopool-public-shape": "actions-summary-v9" } },
    { name: "another list's", headers: JOB_SHAPE },
  ])("asks what was asked: $name", async ({ headers }) => {
    for (const size of ["5", "7"]) await runs({ per_page: size }, headers);
    expect(await asked(RUNS)).toEqual(["5", "7"]);
  });

  it("answers from a page of a hundred that is stored and is all there is", async () => {
    await runs({ per_page: "100" }, {});
    for (const isolate of ["the same", "another"]) {
      if (isolate === "another") relay.newIsolate();
      const { headers, body, relay: facts } = await runs({ per_page: "20" }, {});
      expect([isolate, idsOf(body).length, facts["cache"], headers["etag"]]).toEqual([isolate, 18, "hit", undefined]);
    }
    expect(await asked(RUNS)).toEqual(["100"]);
  });

  it("cuts nothing off, for a client that follows Link", async () => {
    await runs({ per_page: "100" }, {});
    const cut = await runs({ per_page: "17" }, {});
    expect([idsOf(cut.body).length, cut.headers["link"]]).toEqual([17, expect.stringContaining("page=2")]);
    expect(await asked(RUNS)).toEqual(["100", "17"]);
  });

  it("answers from a page of a hundred no longer than that is fresh", async () => {
    await runs({ per_page: "100" }, {});
    relay.later(121_000); // a settled list's two minutes
    await runs({ per_page: "20" }, {});
    expect(await asked(RUNS)).toEqual(["100", "20"]);
  });

  it("refuses a limit, and every other parameter that the row does not take", async () => {
    for (const query of each({ limit: "5" }, { per_page: "5", sort: "x" }))
      expect((await runs(query, {})).error?.details).toEqual({ reason: "route_denied" });
  });
});
