/** A repository that is not proven public is served to nobody, and nothing of it is kept but the name that was typed. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestRelay } from "../support/relay.ts";

const MARKER = "zebra-marker-7f3a";

describe("a repository that is not public", () => {
  let relay: TestRelay;
  let logged: string[];

  beforeEach(async () => {
    logged = [];
    for (const method of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
        logged.push(words.map(String).join(" "));
      });
    }
    relay = new TestRelay();
    await relay.github.reset();
    await relay.seed();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Every cell of every table. */
  async function everythingStored(): Promise<string> {
    const tables = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    ).all<{ name: string }>();
    const rows = await Promise.all(tables.results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
    return JSON.stringify(rows.map(({ results }) => results));
  }

  const secret = { number: 7, state: "open", title: MARKER, body: MARKER, head: { sha: "a".repeat(40) } };

  it.each([
    { name: "private, seen by a pooled PAT", path: "/repos/acme/secret/pulls/7" },
    { name: "unknown to GitHub", path: "/repos/acme/nowhere/pulls/7" },
  ])("is refused and leaves nothing: $name", async ({ path }) => {
    await relay.github.script([
      { path, status: 200, body: secret, headers: { etag: `"${MARKER}"` }, credential: "alice" },
    ]);
    await relay.spendAnonymousQuota();
    for (const time of ["first", "second"]) {
      const { http, envelope } = await relay.ask(path);
      expect([time, http, envelope.error?.details?.["reason"]]).toEqual([time, 424, "repo_not_public"]);
      expect(JSON.stringify(envelope)).not.toContain(MARKER);
    }
    relay.newIsolate();
    expect((await relay.ask(path)).http).toBe(424);
    expect(await everythingStored()).not.toContain(MARKER);
    expect(logged.join("\n")).not.toContain(MARKER);
  });

  it("is refused from memory while the negative proof lasts", async () => {
    await relay.ask("/repos/acme/secret/pulls/7");
    await relay.github.clearLog();
    const { envelope } = await relay.ask("/repos/acme/secret/pulls/8");
    expect(envelope.error?.details?.["reason"]).toBe("repo_not_public");
    expect((await relay.github.log()).filter(({ path }) => path === "/repos/acme/secret")).toEqual([]);
  });

  it("is refused from the moment its proof ends once it has turned private, and its copies are gone", async () => {
    const path = "/repos/acme/widget/pulls/7";
    await relay.spendAnonymousQuota();
    await relay.github.script([{ path, status: 200, body: secret }]);
    const before = await relay.ask(path);
    expect(before.envelope.status).toBe(200);
    expect(await relay.isolate.entries.bytes).toBeGreaterThan(0);
    await relay.github.setVisibility("acme/widget", "private");
    relay.later(31_000); // the proof's end
    const after = await relay.ask(path);
    expect([after.http, after.envelope.error?.details?.["reason"]]).toEqual([424, "repo_not_public"]);
    expect(relay.isolate.entries.bytes).toBe(0);
    expect(await everythingStored()).not.toContain(MARKER);
    expect(await relay.atEdge()).toEqual([]);
    relay.newIsolate();
    expect((await relay.ask(path)).http).toBe(424);
  });

  it("does not follow a redirect to a private repository", async () => {
    await relay.github.setVisibility("acme/new", "private");
    const { http, envelope } = await relay.ask("/repos/acme/old/pulls/7");
    expect(http).toBe(424);
    expect(envelope.error?.details?.["reason"]).toBe("repo_not_public");
  });

  it("keeps private objects embedded in a public answer from the caller", async () => {
    const path = "/repos/acme/widget/pulls/9";
    const fork = { id: 5, full_name: `mallory/${MARKER}`, private: true, owner: { login: "mallory" } };
    await relay.spendAnonymousQuota();
    await relay.github.script([
      {
        path,
        status: 200,
        body: {
          number: 9,
          state: "open",
          head: { sha: "b".repeat(40), repo: fork },
          permissions: { admin: true },
          requested_teams: [{ name: MARKER }],
        },
      },
    ]);
    const { envelope } = await relay.ask(path);
    expect(envelope.body).toEqual({
      number: 9,
      state: "open",
      head: { sha: "b".repeat(40), repo: null },
      requested_teams: [],
    });
    expect(await everythingStored()).not.toContain(MARKER);
  });
});
