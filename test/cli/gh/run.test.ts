import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fallback, raw, refusal, startFakeRelay, type Scripted } from "../support/fake-relay.ts";
import { openWorkbench, OWN_TOKEN, POOL_TOKEN, RELAY_DOOR, type Workbench } from "./support/workbench.ts";

const PATIENCE_MS = 60_000;
const PULL = "/repos/o/r/pulls/1";
let bench: Workbench;

beforeEach(async () => {
  bench = await openWorkbench();
  bench.relay.on(RELAY_DOOR, raw("from the relay"));
}, PATIENCE_MS);
afterEach(() => bench.close());

const gh = (words: string, env?: Readonly<Record<string, string | undefined>>) =>
  bench.run(["gh", ...words.split(" ")], env);
/** The `cache-control` of each relayed read, in order. */
const bounds = () =>
  bench.relay.heard.map(({ body }) => (body as { headers?: Record<string, string> }).headers?.["cache-control"]);
const boundsOf = async (words: string, env?: Readonly<Record<string, string | undefined>>) => {
  const before = bench.relay.heard.length;
  const ran = await gh(words, env);
  return { ...ran, bounds: bounds().slice(before) };
};

describe("octopool gh", { timeout: PATIENCE_MS }, () => {
  it("asks the relay for reads, and GitHub for the rest through the user's own socket", async () => {
    const { stdout, code } = await gh(`GET ${PULL} POST /repos/o/r/issues GET /user GET /repos/o/r/nope?x=1`);
    expect({ stdout, code }).toEqual({ stdout: `200 from the relay\n${"200 from GitHub\n".repeat(3)}`, code: 0 });
    expect(bench.direct).toEqual(
      ["POST /repos/o/r/issues", "GET /user", "GET /repos/o/r/nope?x=1"].map((line) => ({
        line,
        authorization: `token ${OWN_TOKEN}`,
      })),
    );
    expect(bench.relay.heard).toMatchObject([
      {
        headers: { authorization: `Bearer ${POOL_TOKEN}`, accept: "application/vnd.octopool.raw" },
        body: { path: PULL },
      },
    ]);
    expect(JSON.stringify(bench.relay.heard)).not.toContain(OWN_TOKEN);
    expect(bench.runs()).toEqual([]);
  });

  it.each([
    { name: "a 404", answer: raw('{"message":"Not Found"}', {}, 404), printed: '404 {"message":"Not Found"}' },
    { name: "a 422", answer: raw("{}", {}, 422), printed: "422 {}" },
    { name: "a 304", answer: { ...raw("", {}, 304) }, printed: "304 " },
    {
      name: "a page with more behind it",
      answer: raw("[]", { link: "<https://api.github.com/x>" }),
      printed: "200 link=<https://api.github.com/x> []",
    },
    {
      name: "more than is held back",
      answer: raw("x".repeat(9 * 1024 * 1024)),
      printed: `200 ${9 * 1024 * 1024} bytes`,
    },
  ])("passes on $name as it is", async ({ answer, printed }) => {
    bench.relay.on(RELAY_DOOR, answer);
    expect((await gh(`GET ${PULL}`)).stdout).toBe(`${printed}\n`);
  });

  it.each([
    { name: "json", body: { a: 1 }, body_encoding: "json", printed: '200 {"a":1}' },
    { name: "text", body: "diff", body_encoding: "text", printed: "200 diff" },
    { name: "base64", body: Buffer.from("bytes").toString("base64"), body_encoding: "base64", printed: "200 bytes" },
    { name: "null", body: null, body_encoding: "text", printed: "200 " },
  ])("unwraps the $name envelope of a server that has no raw mode", async ({ body, body_encoding, printed }) => {
    bench.relay.on(RELAY_DOOR, { body: { status: 200, headers: {}, body, body_encoding, relay: { cache: "miss" } } });
    expect((await gh(`GET ${PULL}`)).stdout).toBe(`${printed}\n`);
  });

  it.each<{ name: string; answer: Scripted; says: RegExp }>([
    { name: "a refusal that lasts", answer: fallback("repo_not_public"), says: /^$/ },
    { name: "a refusal that passes", answer: fallback("relay_overloaded"), says: /^$/ },
    { name: "a token nobody knows", answer: refusal(401, "invalid_auth"), says: /does not know you.*octopool login/ },
    { name: "a page of somebody else", answer: { body: "<html>" }, says: /none of an Octopool's answers/ },
    { name: "a failure without a word", answer: { status: 502, body: "bad gateway" }, says: /answered 502/ },
  ])("asks GitHub where the relay answers with $name", async ({ answer, says }) => {
    bench.relay.on(RELAY_DOOR, answer);
    const { stdout, stderr } = await gh(`GET ${PULL}`);
    expect(stdout).toBe("200 from GitHub\n");
    expect(stderr).toMatch(says);
  });

  it("asks again where the refusal passes, as often as it may", async () => {
    bench.relay.on(RELAY_DOOR, [fallback("identities_cooling_down"), raw("from the relay")]);
    expect((await gh(`GET ${PULL}`, { OCTOPOOL_RELAY_RETRIES: "1" })).stdout).toBe("200 from the relay\n");
  });

  it("fails what the relay refuses under OCTOPOOL_NO_FALLBACK, and nothing else", async () => {
    bench.relay.on(RELAY_DOOR, fallback("owner_denied"));
    const { stdout } = await gh(`GET ${PULL} GET /repos/o/r/nope POST /repos/o/r/issues`, {
      OCTOPOOL_NO_FALLBACK: "1",
    });
    expect(stdout).toMatch(/^503 .*owner_denied.*\n503 .*not_in_catalogue.*\n200 from GitHub\n$/);
    expect(bench.direct.map(({ line }) => line)).toEqual(["POST /repos/o/r/issues"]);
  });

  it("leaves a relay that is not there alone for a while, in later runs too", async () => {
    const gone = await startFakeRelay();
    await gone.close();
    const first = await gh(`GET ${PULL} GET ${PULL}`, { OCTOPOOL_URL: gone.url });
    expect(first.stdout).toBe("200 from GitHub\n200 from GitHub\n");
    expect(first.stderr.match(/could not be reached \(ECONNREFUSED\)/g)).toHaveLength(1);
    const second = await gh(`GET ${PULL}`, { OCTOPOOL_URL: gone.url });
    expect(second.stderr).toMatch(/^octopool: the relay failed \d+ s ago/);
  });

  it("bounds reads by one's own writes: of that repository, or of all where nobody knows which", async () => {
    await gh(`GET ${PULL} POST /repos/O/R/issues`);
    const after = await boundsOf(`GET ${PULL} GET /repos/o/other`);
    expect(after.bounds).toEqual([expect.stringMatching(/^max-age=\d$/), undefined]);
    await gh("graphql mutation{x}");
    expect((await boundsOf("GET /repos/o/other")).bounds).toEqual([expect.stringMatching(/^max-age=\d$/)]);
  });

  it.each([
    { name: "OCTOPOOL_FRESH", words: `GET ${PULL}`, env: { OCTOPOOL_FRESH: "1" }, bound: "max-age=0" },
    { name: "OCTOPOOL_MAX_AGE", words: `GET ${PULL}`, env: { OCTOPOOL_MAX_AGE: "7" }, bound: "max-age=7" },
    { name: "run watch", words: `run watch GET ${PULL}`, env: {}, bound: "max-age=5" },
    { name: "pr checks --watch", words: `pr checks --watch GET ${PULL}`, env: {}, bound: "max-age=5" },
    { name: "pr checks", words: `pr checks GET ${PULL}`, env: {}, bound: undefined },
    {
      name: "the asker's own no-cache",
      words: `header cache-control no-cache GET ${PULL}`,
      env: {},
      bound: "max-age=0",
    },
  ])("asks for what $name means", async ({ words, env, bound }) => {
    expect((await boundsOf(words, env)).bounds).toEqual([bound]);
  });

  it("says once that gh's own watching is answered from the cache", async () => {
    const { stderr } = await gh(`run watch GET ${PULL} GET ${PULL}`);
    expect(stderr).toBe("octopool: while gh watches, answers are at most 5 s old\n");
  });

  it("says once how old the cached answers are that somebody may decide by", async () => {
    bench.relay.on(
      RELAY_DOOR,
      raw("x", { "x-octopool-cache": "hit", "x-octopool-route-kind": "pr_view", "x-octopool-age": "12" }),
    );
    expect((await gh(`GET ${PULL} GET ${PULL}`)).stderr).toBe(
      "octopool: from the cache, 12 s old (OCTOPOOL_FRESH=1 for a live read)\n",
    );
    expect((await gh(`GET ${PULL}`, { OCTOPOOL_QUIET_CACHE: "1" })).stderr).toBe("");
  });

  it("gives a user without a login a token that goes nowhere", async () => {
    const { stdout } = await gh(`GET ${PULL} GET /user`, { GH_TOKEN: undefined });
    expect(stdout).toBe("200 from the relay\n200 from GitHub\n");
    expect(bench.direct).toEqual([{ line: "GET /user", authorization: undefined }]);
  });

  it.each(["auth settings", "config settings", "api settings -i", "shown settings", "version settings"])(
    "runs gh untouched for %s",
    async (words) => {
      expect((await gh(words)).stdout).toBe(`settings ${join(bench.home, "gh")}\n`);
    },
  );

  it("runs gh untouched where nobody is logged in, and says why", async () => {
    const { stdout, stderr, code } = await gh("settings exit 3", {
      OCTOPOOL_URL: undefined,
      OCTOPOOL_TOKEN: undefined,
    });
    expect({ stdout, code }).toEqual({ stdout: `settings ${join(bench.home, "gh")}\n`, code: 3 });
    expect(stderr).toMatch(/^octopool: You are not logged in.*gh runs on its own\n$/);
  });

  it("ends with gh's exit code, and with its own where there is no gh", async () => {
    expect((await gh("exit 7")).code).toBe(7);
    const { code, stderr } = await gh("exit 7", { PATH: "/nowhere" });
    expect(code).toBe(1);
    expect(stderr).toContain("The real gh was not found on PATH.");
  });

  it("lets gh inside gh use the outer run", async () => {
    const inner = `${bench.octopool} gh settings GET ${PULL}`;
    const { stdout } = await bench.run(["gh", "settings", "run", inner]);
    const [outer, nested, answer] = stdout.split("\n");
    expect(nested).toBe(outer);
    expect(outer).not.toBe(`settings ${join(bench.home, "gh")}`);
    expect(answer).toBe("200 from the relay");
  });

  it("carries what gh changed in its settings to the user's own file, and the socket not", async () => {
    const own = join(bench.home, "gh/config.yml");
    const before = readFileSync(own, "utf8");
    await bench.run(["gh", "append", "editor: vim"]);
    const after = readFileSync(own, "utf8");
    expect(after).toContain("editor: vim");
    expect(after.match(/http_unix_socket: .*/g)).toEqual(before.match(/http_unix_socket: .*/g));
  });

  it("steps aside where gh's settings cannot be added to", async () => {
    writeFileSync(join(bench.home, "gh/config.yml"), "{editor: vim}\n");
    const { stdout, stderr } = await gh("settings");
    expect(stdout).toBe(`settings ${join(bench.home, "gh")}\n`);
    expect(stderr).toContain("gh runs on its own");
  });

  it("steps aside where the proxy is of a kind it does not speak", async () => {
    const { stderr } = await gh("settings", { HTTPS_PROXY: "socks5://127.0.0.1:1" });
    expect(stderr).toBe("octopool: HTTPS_PROXY names a proxy that is not HTTP; gh runs on its own\n");
  });

  it("refuses a wrong OCTOPOOL_MAX_AGE before it starts anything", async () => {
    expect((await gh("exit 0", { OCTOPOOL_MAX_AGE: "soon" })).code).toBe(2);
  });

  it("shows each request under OCTOPOOL_DEBUG, and counts them for stats --local", async () => {
    const { stderr } = await gh(`GET ${PULL} GET /user graphql query{x}`, { OCTOPOOL_DEBUG: "1" });
    expect(stderr).toMatch(/relay miss 200 GET \/repos.*\n.*direct about_the_asker GET .*\n.*direct graphql POST/);
    await gh(`GET ${PULL}`);
    appendFileSync(
      join(bench.home, "settings/state", `usage-${new Date().toISOString().slice(0, 10)}.jsonl`),
      '{"at":',
    );
    const { stdout } = await bench.run(["stats", "--local"]);
    expect(stdout.split("\n").toSorted()).toEqual([
      "",
      "GitHub\tabout the asker\t1",
      "GitHub\tgraphql\t1",
      "relay\tmiss\t2",
    ]);
  });

  it("leaves nothing in the user's directories but its notes", async () => {
    await gh(`GET ${PULL}`);
    expect(existsSync(join(bench.home, "gh/hosts.yml"))).toBe(false);
    expect(bench.runs()).toEqual([]);
  });
});
