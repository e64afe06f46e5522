/** A log's way from the blob store to its readers and into R2: bounds, breaks, crowds, and a bucket in trouble. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const JOB_LOGS = "/repos/acme/widget/actions/jobs/9/logs";
const BLOB = { path_prefix: "/_blob/" };

const stored = async () => (await env.ACTIONS_LOGS.list()).objects;

describe("a log on its way", () => {
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

  it("over MAX_LOG_BYTES is refused before its first byte, and over MAX_RESPONSE_BYTES in an envelope", async () => {
    relay.setVars({ MAX_LOG_BYTES: "4096", MAX_RESPONSE_BYTES: "2048" });
    await logIs(JOB_LOGS, { body_bytes: 5_000 });
    expect((await relay.askRaw(JOB_LOGS)).status).toBe(424);
    expect(await stored()).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await reasonOf(JOB_LOGS)).toBe("github_response_too_large");
  });

  it("too large for an envelope is streamed to a raw reader, stored, and still too large for an envelope", async () => {
    await logIs(JOB_LOGS, { body_fill: { text: "2024-02-01 line é\n", bytes: 5_000_001 } });
    expect(await reasonOf(JOB_LOGS)).toBe("github_response_too_large");
    const expected = Buffer.alloc(5_000_001, "2024-02-01 line é\n");
    for (const cache of ["miss", "hit"]) {
      const response = await relay.askRaw(JOB_LOGS);
      expect(response.headers.get("x-octopool-cache")).toBe(cache);
      expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
      relay.newIsolate();
    }
    expect((await stored()).map(({ size }) => size)).toEqual([5_000_001]);
    expect(await reasonOf(JOB_LOGS)).toBe("github_response_too_large");
  });

  it("costs simultaneous readers one download", async () => {
    await relay.github.gate("blob", BLOB);
    const asked = Array.from({ length: 10 }, (_each, index) =>
      index % 2 === 0
        ? relay.ask(JOB_LOGS).then(({ envelope }) => envelope.status)
        : relay.askRaw(JOB_LOGS).then(({ status }) => status),
    );
    await relay.github.waitFor(1, BLOB);
    await relay.github.release("blob");
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
    expect([await blobs(), (await relay.reads(JOB_LOGS)).length]).toEqual([1, 1]);
  });

  it("that is not there costs simultaneous readers one question", async () => {
    await relay.github.script([{ path: JOB_LOGS, status: 404, body: { message: "Not Found" } }]);
    await relay.github.gate("log", { path: JOB_LOGS });
    const asked = Array.from({ length: 10 }, () => relay.ask(JOB_LOGS));
    await relay.github.waitFor(1, { path: JOB_LOGS });
    await relay.github.release("log");
    expect(new Set((await Promise.all(asked)).map(({ envelope }) => envelope.status))).toEqual(new Set([404]));
    expect(await relay.reads(JOB_LOGS)).toHaveLength(1);
  });

  it("is stored whole although its reader hung up", async () => {
    await logIs(JOB_LOGS, { body_bytes: 3_000_000 });
    const { response, settled } = await relay.fetchOpen("/v1/github/request", relay.init(JOB_LOGS, { raw: true }));
    await response.body?.cancel();
    await settled;
    expect((await stored()).map(({ size }) => size)).toEqual([3_000_000]);
  });

  it("that breaks off on its way leaves no object, and no whole answer", async () => {
    relay.setVars({ REQUEST_TIMEOUT_MS: "1000" }); // also how long a silent source is waited for
    await logIs(JOB_LOGS, { body_bytes: 300_000, fail: "truncated" });
    const { response, settled } = await relay.fetchOpen("/v1/github/request", relay.init(JOB_LOGS, { raw: true }));
    const read = await response.arrayBuffer().then(
      () => "whole",
      () => "broken off",
    );
    expect(read).toBe("broken off");
    await settled;
    expect(await stored()).toEqual([]);
    expect(await reasonOf(JOB_LOGS)).toBe("github_unavailable");
  });

  it.each([
    { name: "another host", location: "https://evil.example/log" },
    { name: "plain http", location: "http://a.blob.core.windows.net/log" },
    { name: "no address", location: "https://" },
  ])("is not fetched from $name", async ({ location }) => {
    await relay.github.script([{ path: JOB_LOGS, status: 302, headers: { location } }]);
    expect(await reasonOf(JOB_LOGS)).toBe("github_redirect_denied");
  });

  it("whose store answers with an error page is unavailable: the page quotes what was signed", async () => {
    await logIs(JOB_LOGS, { status: 403, body_text: "Signature did not match: sig=signed-for-you" });
    const answer = await relay.askRaw(JOB_LOGS);
    expect([answer.status, await answer.text()]).toEqual([424, expect.not.stringContaining("signed-for-you")]);
  });
});

describe("a log while R2 is in trouble", () => {
  const fails = () => Promise.reject(new Error("R2 is down"));
  const hangs = () => new Promise<never>(() => undefined);
  it.each([
    { name: "every call fails", bucket: { get: fails, put: fails, delete: fails, list: fails, head: fails } },
    {
      name: "every call throws",
      bucket: new Proxy(
        {},
        {
          get: () => () => {
            throw new Error("R2 is down");
          },
        },
      ),
    },
  ])("is served from GitHub: $name", async ({ bucket }) => {
    const relay = new TestRelay({ bindings: { ACTIONS_LOGS: bucket } });
    await relay.github.reset();
    await relay.seed();
    for (const _time of [1, 2]) expect((await relay.ask(JOB_LOGS)).envelope).toMatchObject({ status: 200 });
    const raw = await relay.askRaw(JOB_LOGS);
    expect([raw.status, (await raw.text()).length]).toEqual([200, expect.any(Number)]);
  });

  it("is served from GitHub when R2 answers nothing", async () => {
    const relay = new TestRelay({ bindings: { ACTIONS_LOGS: { get: hangs, put: fails } } });
    await relay.github.reset();
    await relay.seed();
    const raw = await relay.askRaw(JOB_LOGS);
    expect([raw.status, (await raw.text()).split("\n").length]).toEqual([200, 41]);
  });
});
