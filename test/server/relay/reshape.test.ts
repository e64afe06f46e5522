import { describe, expect, it } from "vitest";
import { cacheKeyOf } from "../../../server/relay/cache-key.ts";
import { isProven, planOf } from "../../../server/relay/reshape.ts";
import { aJob, anAsk } from "../../support/builders.ts";

const RUNS = "/repos/acme/widget/actions/runs";
const WORKFLOW_RUNS = "/repos/acme/widget/actions/workflows/ci.yml/runs";
const JOBS = "/repos/acme/widget/actions/runs/42/jobs";
const ATTEMPT_JOBS = "/repos/acme/widget/actions/runs/42/attempts/2/jobs";
const SUMMARY = "actions-summary-v1";
const JOB_SHAPE = "actions-jobs-v1";

type Words = Readonly<Record<string, string | undefined>>;

const jobOf = (path: string, query: Words, shape?: string, more: Words = {}) =>
  aJob(
    anAsk(path, { query, headers: { ...more, ...(shape === undefined ? {} : { "x-octopool-public-shape": shape }) } }),
  );

describe("the plan of a first page", () => {
  it.each([
    { name: "of runs", path: RUNS, shape: SUMMARY, query: { per_page: "20" }, keep: 20 },
    { name: "of the default size", path: RUNS, shape: SUMMARY, query: {}, keep: 30 },
    { name: "of a workflow's runs", path: WORKFLOW_RUNS, shape: SUMMARY, query: { per_page: "5" }, keep: 5 },
    { name: "of jobs", path: JOBS, shape: JOB_SHAPE, query: { per_page: "50", filter: "all" }, keep: 50 },
    { name: "of an attempt's jobs", path: ATTEMPT_JOBS, shape: JOB_SHAPE, query: { page: "1" }, keep: 30 },
    {
      name: "without their pull requests",
      path: RUNS,
      shape: SUMMARY,
      query: { per_page: "7", exclude_pull_requests: "true" },
      keep: 7,
    },
    { name: "with a limit below its size", path: RUNS, shape: SUMMARY, query: { per_page: "50", limit: "5" }, keep: 5 },
    { name: "with a limit above its size", path: RUNS, shape: SUMMARY, query: { per_page: "5", limit: "50" }, keep: 5 },
  ])("asks wide, under its shape: $name", ({ path, shape, query, keep }) => {
    const plan = planOf(jobOf(path, query, shape));
    expect(plan).toMatchObject({ keep, isShaped: true, asksWide: true });
    expect(plan?.exact?.cacheKey).toBe(jobOf(path, query, shape).cacheKey);
    expect(plan?.wide.route.upstreamTarget).toContain("per_page=100");
    expect(plan?.wide.route.upstreamTarget).not.toContain("limit");
  });

  it.each([
    { name: "no shape", shape: undefined, query: { per_page: "20" }, isShaped: false },
    { name: "the shape of another list", shape: JOB_SHAPE, query: { per_page: "20" }, isShaped: false },
    { name: "an unknown shape", shape: "actions-summary-v9", query: { per_page: "20" }, isShaped: false },
    { name: "a branch", shape: SUMMARY, query: { per_page: "20", branch: "main" }, isShaped: true },
    { name: "a status", shape: SUMMARY, query: { per_page: "20", status: "failure" }, isShaped: true },
  ])("asks what was asked where nothing is stored: $name", ({ shape, query, isShaped }) => {
    const job = jobOf(RUNS, query, shape);
    expect(planOf(job)).toMatchObject({ exact: job, isShaped, asksWide: false });
  });

  it.each([
    { name: "the page of a hundred itself", path: RUNS, query: { per_page: "100" } },
    { name: "more than GitHub gives", path: RUNS, query: { per_page: "200" } },
    { name: "the second page", path: RUNS, query: { per_page: "20", page: "2" } },
    { name: "a page by cursor", path: RUNS, query: { per_page: "20", after: "abc" } },
    { name: "a row that names no rewrite", path: "/repos/acme/widget/issues", query: { per_page: "20" } },
  ])("is none: $name", ({ path, query }) => {
    expect(planOf(jobOf(path, query, SUMMARY))).toBeUndefined();
  });

  it.each([
    { name: "a limit alone", query: { limit: "5" }, keep: 5 },
    { name: "a limit over a hundred", query: { limit: "250" }, keep: 100 },
    { name: "a limit alone, of a branch", query: { limit: "5", branch: "main" }, keep: 5 },
    { name: "a limit on the page of a hundred", query: { limit: "5", per_page: "100" }, keep: 5 },
  ])("has the page of a hundred as its own: $name", ({ query, keep }) => {
    expect(planOf(jobOf(RUNS, query, SUMMARY))).toMatchObject({ exact: undefined, keep, asksWide: true });
  });

  it("shares its wide page with every size of the same question, and with who asks for a hundred", () => {
    const hundred = jobOf(RUNS, { status: "failure", per_page: "100", branch: "a&b=c", actor: "ada" });
    const keys = [{ per_page: "20" }, { per_page: "99", page: "1" }, {}, { limit: "5" }].map(
      (size) => planOf(jobOf(RUNS, { branch: "a&b=c", status: "failure", actor: "ada", ...size }, SUMMARY))?.wide,
    );
    expect(keys.map((wide) => wide?.cacheKey)).toEqual(keys.map(() => hundred.cacheKey));
    expect(keys.map((wide) => wide?.route.upstreamTarget)).toEqual(keys.map(() => hundred.route.upstreamTarget));
    expect(keys[0] && cacheKeyOf("maintainers", keys[0].route, keys[0].ask.apiVersion, "")).toBe(hundred.cacheKey);
  });

  it.each([{ branch: "dev" }, { status: "completed" }, { event: "push" }, { actor: "bob" }, { created: ">2026" }])(
    "never shares it with other runs: %j",
    (filter) => {
      const wide = (query: Words) => planOf(jobOf(RUNS, query, SUMMARY))?.wide.cacheKey;
      expect(wide({ per_page: "20", ...filter })).not.toBe(wide({ per_page: "20" }));
    },
  );

  it("takes the caller's conditions to the caller's own question only", () => {
    const conditions = { "if-none-match": '"v1"', "if-modified-since": "Mon, 01 Jun 2026 10:00:00 GMT" };
    const free = { ifNoneMatch: undefined, ifModifiedSince: undefined };
    const sized = planOf(jobOf(RUNS, { per_page: "20" }, SUMMARY, conditions));
    expect(sized?.wide.ask).toMatchObject(free);
    expect(sized?.exact?.ask.ifNoneMatch).toBe('"v1"');
    expect(planOf(jobOf(RUNS, { per_page: "20", limit: "5" }, SUMMARY, conditions))?.exact?.ask).toMatchObject(free);
  });
});

describe("the proof that a wide page holds a narrow one", () => {
  const page = (elements: number, total: number) => ({ total, ends: Array.from({ length: elements }, (_, at) => at) });

  it.each([
    { name: "enough elements", keep: 20, elements: 100, total: 250, shaped: true, plain: false },
    { name: "just enough", keep: 99, elements: 99, total: 250, shaped: true, plain: false },
    { name: "too few, and more pages", keep: 50, elements: 40, total: 250, shaped: false, plain: false },
    { name: "too few, but all there are", keep: 50, elements: 18, total: 18, shaped: true, plain: true },
    { name: "all there are, as many as asked", keep: 18, elements: 18, total: 18, shaped: true, plain: true },
    { name: "all there are, more than asked", keep: 5, elements: 18, total: 18, shaped: true, plain: false },
    { name: "none", keep: 5, elements: 0, total: 0, shaped: true, plain: true },
    { name: "none of several", keep: 5, elements: 0, total: 3, shaped: false, plain: false },
  ])("$name", ({ keep, elements, total, shaped, plain }) => {
    expect(isProven({ keep, isShaped: true }, page(elements, total))).toBe(shaped);
    expect(isProven({ keep, isShaped: false }, page(elements, total))).toBe(plain);
  });
});
