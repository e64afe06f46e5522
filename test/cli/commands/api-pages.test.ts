import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fallback, raw, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk, type RunOptions } from "../support/run-cli.ts";

const RELAY = "POST /v1/github/request";

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  await desk.saveLogin(relay.url);
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

const api = (words: readonly string[], options?: RunOptions) => desk.run(["api", ...words], options);
const asks = () => relay.heard.map(({ body }) => body);
const next = (url: string) => ({ link: `<https://api.github.com/repos/o/r?page=1>; rel="prev", <${url}>; rel="next"` });

describe("octopool api --paginate", () => {
  it("prints one page after another, as gh does", async () => {
    relay.on(RELAY, [
      raw("[1,2]", next("https://api.github.com/repositories/42/issues?per_page=100&page=2")),
      raw("[3]"),
    ]);
    const { code, stdout } = await api(["repos/o/r/issues", "--paginate"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "[1,2][3]" });
    expect(asks()).toMatchObject([
      { path: "/repos/o/r/issues", query: { per_page: "100" } },
      { path: "/repositories/42/issues", query: { per_page: "100", page: "2" } },
    ]);
  });

  it("keeps the page size the user chose", async () => {
    relay.on(RELAY, raw("[]"));
    await api(["repos/o/r/issues?per_page=5", "--paginate"]);
    expect(asks()).toMatchObject([{ query: { per_page: "5" } }]);
  });

  it("asks again without a page size where the route takes none", async () => {
    relay.on(RELAY, [fallback("route_denied"), raw("{}")]);
    expect(await api(["repos/o/r/pulls/7", "--paginate"])).toMatchObject({ code: 0, stdout: "{}" });
    const plain = { pool: "maintainers", method: "GET", path: "/repos/o/r/pulls/7" };
    expect(asks()).toEqual([{ ...plain, query: { per_page: "100" } }, plain]);
  });

  it("follows no page on another host", async () => {
    relay.on(RELAY, raw("[1]", next("https://evil.example/repos/o/r?page=2")));
    expect(await api(["repos/o/r/issues", "--paginate"])).toMatchObject({ code: 0, stdout: "[1]" });
    expect(relay.heard).toHaveLength(1);
  });

  it("stops after 100 pages and says that there are more", async () => {
    relay.on(RELAY, raw("[]", next("https://api.github.com/repos/o/r/issues?page=2")));
    const { code, stderr } = await api(["repos/o/r/issues", "--paginate"]);
    expect(code).toBe(1);
    expect(stderr).toContain("octopool: There are more than 100 pages; the output ends here.\n");
    expect(relay.heard).toHaveLength(100);
  });

  it("reads one page where nobody asked for more", async () => {
    relay.on(RELAY, raw("[1]", next("https://api.github.com/repos/o/r/issues?page=2")));
    await api(["repos/o/r/issues"]);
    expect(relay.heard).toHaveLength(1);
  });
});

describe("octopool api --include", () => {
  it("prints the status line and GitHub's headers first, and none of the connection's", async () => {
    relay.on(RELAY, raw("{}", { etag: '"a"', "cf-ray": "1", "cache-control": "private, no-store, no-transform" }));
    const { stdout } = await api(["repos/o/r", "--include"]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\n/);
    expect(stdout).toContain('etag: "a"\r\n');
    expect(stdout).toContain("x-octopool-cache: miss\r\n");
    expect(stdout).toMatch(/\r\n\r\n\{\}$/);
    expect(stdout).not.toMatch(/cf-ray|cache-control|connection|transfer-encoding/);
  });
});

describe("the cache line", () => {
  const hit = {
    "x-octopool-cache": "hit",
    "x-octopool-route-kind": "pr_view",
    "x-octopool-age": "12",
    "x-octopool-expires": "2026-03-01T12:00:48Z",
  };
  const full = "octopool: from the cache, 12 s old, refreshes in 48 s (OCTOPOOL_FRESH=1 for a live read)\n";

  it.each([{ terminal: true }, { terminal: false }])(
    "goes to standard error, terminal: $terminal",
    async ({ terminal }) => {
      relay.on(RELAY, raw("{}\n", hit));
      expect(await api(["x"], { terminal })).toEqual({ code: 0, stdout: "{}\n", stderr: full, waits: [] });
    },
  );

  it("comes once for all pages", async () => {
    relay.on(RELAY, [raw("[]", { ...hit, ...next("https://api.github.com/x?page=2") }), raw("[]", hit)]);
    expect((await api(["x", "--paginate"])).stderr).toBe(full);
  });

  it.each([
    {
      name: "a stale copy says why",
      headers: { "x-octopool-cache": "stale", "x-octopool-stale-reason": "github_unavailable" },
      env: {},
      says: "octopool: from the cache, 12 s old, past its time (github_unavailable) (OCTOPOOL_FRESH=1 for a live read)\n",
    },
    {
      name: "an unknown age is left out",
      headers: { "x-octopool-age": "old", "x-octopool-expires": "later" },
      env: {},
      says: "octopool: from the cache (OCTOPOOL_FRESH=1 for a live read)\n",
    },
    { name: "a live read has none", headers: { "x-octopool-cache": "miss" }, env: {}, says: "" },
    { name: "another kind of route has none", headers: { "x-octopool-route-kind": "repo_view" }, env: {}, says: "" },
    { name: "OCTOPOOL_QUIET_CACHE silences it", headers: {}, env: { OCTOPOOL_QUIET_CACHE: "1" }, says: "" },
    { name: "OCTOPOOL_FRESH has none", headers: {}, env: { OCTOPOOL_FRESH: "1" }, says: "" },
  ])("$name", async ({ headers, env, says }) => {
    relay.on(RELAY, raw("{}", Object.assign({ ...hit }, headers)));
    expect((await api(["x"], { env })).stderr).toBe(says);
  });
});
