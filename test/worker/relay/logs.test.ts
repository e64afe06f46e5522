/** Logs: kept in R2 once their job or run has ended, confirmed by GitHub's redirect, served to nobody unproven. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { LOGS_PREFIX } from "../../../server/sweep-bucket.ts";
import { TestRelay } from "../support/relay.ts";

const WIDGET = "/repos/acme/widget";
const JOB = `${WIDGET}/actions/jobs/9`;
const JOB_LOGS = `${JOB}/logs`;
const RUN = `${WIDGET}/actions/runs/42`;
const RUN_LOGS = `${RUN}/logs`;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BLOB = { path_prefix: "/_blob/" };

const stored = async () => (await env.ACTIONS_LOGS.list({ include: ["customMetadata"] })).objects;

describe("a log", () => {
  let relay: TestRelay;

  beforeEach(async () => {
    relay = new TestRelay();
    await relay.github.reset();
    await relay.seed();
  });

  const blobs = async () => (await relay.github.log(BLOB)).length;
  const reasonOf = async (path: string) => (await relay.ask(path)).envelope.error?.details?.["reason"];
  /** The log lies at the stand-in's web origin, with this content. */
  const logIs = (path: string, content: Readonly<Record<string, unknown>>) =>
    relay.github.script([
      { path, status: 302, headers: { location: "${github_web}/_blob/scripted?sig=signed-for-you" } },
      { path: "/_blob/scripted", ...content },
    ]);

  it.each([
    { name: "a job's", path: JOB_LOGS, key: JOB_LOGS, encoding: "text" },
    { name: "an attempt's", path: `${RUN}/attempts/1/logs`, key: `${RUN}/attempts/1/logs`, encoding: "base64" },
    { name: "a run's, under its attempt", path: RUN_LOGS, key: `${RUN_LOGS}/1`, encoding: "base64" },
  ])("is stored once its job or run has ended, and served to the next: $name", async ({ path, key, encoding }) => {
    const cold = await relay.ask(path);
    expect(cold.envelope).toMatchObject({
      status: 200,
      body_encoding: encoding,
      identity: { id: "pat_alice", kind: "pat" },
      relay: { cache: "miss", cacheable: true },
    });
    const [object, ...others] = await stored();
    expect(others).toEqual([]);
    expect(object?.key).toBe(`${LOGS_PREFIX}maintainers${key}`);
    expect(object?.customMetadata).toMatchObject({ size: `${object?.size}`, identity_id: "pat_alice" });
    expect(Object.keys(object?.customMetadata ?? {})).toEqual(
      expect.arrayContaining(["stored_at", "confirmed_at", "content_type", "revision"]),
    );
    await relay.github.clearLog();
    relay.newIsolate();
    const warm = await relay.ask(path);
    expect(warm.envelope).toMatchObject({ status: 200, body_encoding: encoding, relay: { cache: "hit" } });
    expect(warm.envelope.body).toEqual(cold.envelope.body);
    expect(Object.keys(warm.envelope.headers).filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
    expect(
      (await relay.github.log()).filter((entry) => entry.path === path || entry.path.startsWith("/_blob")),
    ).toEqual([]);
  });

  it("of a job is a hit in a new isolate without any request to GitHub", async () => {
    await relay.ask(JOB_LOGS);
    await relay.github.clearLog();
    relay.newIsolate();
    expect((await relay.ask(JOB_LOGS)).envelope.relay["cache"]).toBe("hit");
    expect(await relay.github.log()).toEqual([]);
  });

  it.each([
    { name: "a job", path: JOB_LOGS, subject: JOB, state: { id: 9, status: "in_progress" } },
    { name: "a job GitHub tells nothing of", path: JOB_LOGS, subject: JOB, state: undefined },
    { name: "a run", path: RUN_LOGS, subject: RUN, state: { id: 42, status: "queued", run_attempt: 1 } },
  ])("is passed on and not stored while it may still grow: $name", async ({ path, subject, state }) => {
    await relay.github.script([{ path: subject, status: state === undefined ? 404 : 200, body: state ?? {} }]);
    for (const _time of [1, 2]) {
      expect((await relay.ask(path)).envelope).toMatchObject({
        status: 200,
        relay: { cache: "bypass", cacheable: false },
      });
      expect((await relay.askRaw(path)).headers.get("x-octopool-cache")).toBe("bypass");
    }
    expect(await stored()).toEqual([]);
    expect(await blobs()).toBe(4);
  });

  it("past an hour is confirmed by GitHub's redirect alone, and then young again", async () => {
    const cold = await relay.ask(JOB_LOGS);
    relay.newIsolate();
    relay.later(HOUR + 1);
    await relay.github.clearLog();
    const confirmed = await relay.ask(JOB_LOGS);
    expect(confirmed.envelope).toMatchObject({ status: 200, relay: { cache: "hit", revalidated: true } });
    expect(confirmed.envelope.body).toEqual(cold.envelope.body);
    expect(await relay.reads(JOB_LOGS)).toHaveLength(1);
    expect(await blobs()).toBe(0);
    relay.newIsolate();
    relay.later(HOUR / 2);
    expect((await relay.ask(JOB_LOGS)).envelope.relay).toMatchObject({ cache: "hit", age_seconds: 1800 });
    expect(await relay.reads(JOB_LOGS)).toHaveLength(1);
  });

  it("is confirmed sooner for a caller with a bound, and never served past it", async () => {
    await relay.ask(JOB_LOGS);
    relay.later(20_000);
    const live = { headers: { "cache-control": "max-age=10" } };
    expect((await relay.ask(JOB_LOGS, live)).envelope.relay).toMatchObject({ cache: "hit", revalidated: true });
    relay.later(20_000);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: JOB_LOGS } });
    const refused = await relay.ask(JOB_LOGS, live);
    expect([refused.http, refused.envelope.error?.details?.["reason"]]).toEqual([424, "github_unavailable"]);
  });

  it.each([404, 410])("that GitHub has no more (%i) is deleted, and its answer passed on", async (status) => {
    await relay.ask(JOB_LOGS);
    relay.later(HOUR + 1);
    await relay.github.script([{ path: JOB_LOGS, status, body: { message: "gone" } }]);
    const { envelope } = await relay.ask(JOB_LOGS);
    expect(envelope).toMatchObject({ status, body: { message: "gone" }, relay: { cache: "bypass" } });
    expect(await stored()).toEqual([]);
  });

  it.each([
    { name: "GitHub fails", reason: "github_unavailable", spent: false },
    { name: "the quota is spent", reason: "identity_pool_depleted", spent: true },
  ])("stands in while $name, for seven days", async ({ reason, spent }) => {
    await relay.ask(JOB_LOGS);
    relay.later(2 * HOUR);
    if (spent) await relay.github.setQuota("alice", "core", { remaining: 0 });
    else await relay.github.addFault({ kind: "status", status: 502, match: { path: JOB_LOGS } });
    expect((await relay.ask(JOB_LOGS)).envelope).toMatchObject({
      status: 200,
      relay: { cache: "stale", stale_reason: reason },
    });
    relay.later(7 * DAY);
    relay.newIsolate();
    expect((await relay.ask(JOB_LOGS)).http).toBe(424);
  });

  it("of a run's second attempt is never that of the first", async () => {
    const first = await relay.ask(RUN_LOGS);
    await logIs(RUN_LOGS, { body_text: "second" });
    await relay.github.script([{ path: RUN, body: { id: 42, status: "completed", run_attempt: 2 } }]);
    const second = await relay.ask(RUN_LOGS);
    expect(first.envelope.relay["cache"]).toBe("miss");
    expect(second.envelope).toMatchObject({ body: "second", relay: { cache: "miss" } });
    expect((await stored()).map(({ key }) => key.split("/").at(-1))).toEqual(["1", "2"]);
  });

  it("is not stored under the old attempt when a re-run begins while GitHub is asked", async () => {
    await relay.github.script([{ path: RUN, body: { id: 42, status: "completed", run_attempt: 1 }, times: 1 }]);
    await relay.github.script([{ path: RUN, body: { id: 42, status: "queued", run_attempt: 2 } }]);
    expect((await relay.ask(RUN_LOGS)).envelope).toMatchObject({ status: 200, relay: { cache: "bypass" } });
    expect(await stored()).toEqual([]);
  });

  it("of a repository that turned private is refused, and gone from R2", async () => {
    await relay.ask(JOB_LOGS);
    expect(await stored()).toHaveLength(1);
    await relay.github.setVisibility("acme/widget", "private");
    relay.later(31_000);
    relay.newIsolate();
    expect(await reasonOf(JOB_LOGS)).toBe("repo_not_public");
    expect((await relay.askRaw(JOB_LOGS)).headers.get("x-octopool-answer")).toBe("relay");
    expect(await stored()).toEqual([]);
  });

  it("is refused where the pool's policy turned logs off, although R2 has it", async () => {
    await relay.ask(JOB_LOGS);
    await relay.setPolicy({ allow_logs: false });
    relay.newIsolate();
    expect(await reasonOf(JOB_LOGS)).toBe("logs_denied");
  });

  it("is fetched anew after an operator's purge", async () => {
    await relay.ask(JOB_LOGS);
    await relay.admin("POST", "/v1/admin/pools/maintainers/purge", { repo: "acme/widget" });
    relay.newIsolate();
    expect((await relay.ask(JOB_LOGS)).envelope.relay["cache"]).toBe("miss");
    expect(await blobs()).toBe(2);
  });

  it("answers a caller's own condition from R2", async () => {
    await logIs(JOB_LOGS, { body_text: "text", headers: { etag: '"0x8D"' } });
    await relay.ask(JOB_LOGS);
    const { envelope } = await relay.ask(JOB_LOGS, { headers: { "if-none-match": '"0x8D"' } });
    expect(envelope).toMatchObject({ status: 304, body: null });
    expect((await relay.askRaw(JOB_LOGS, { headers: { "if-none-match": '"0x8D"' } })).status).toBe(304);
  });

  it("leaves its signed address nowhere", async () => {
    await relay.ask(JOB_LOGS);
    const raw = await relay.askRaw(JOB_LOGS);
    relay.later(HOUR + 1);
    const confirmed = await relay.ask(JOB_LOGS);
    const tables = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    ).all<{ name: string }>();
    const rows = await Promise.all(tables.results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
    const everything = JSON.stringify([
      rows.map(({ results }) => results),
      await stored(),
      [...raw.headers],
      confirmed.envelope,
      await raw.text(),
    ]);
    expect(everything).not.toMatch(/_blob|sig=|stand-in-9/);
  });
});
