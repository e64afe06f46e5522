/**
 * Everything that a browser is told, beside everything that may not leave: tokens, their hashes, secrets, private names.
 * Every procedure's answer and refusals, and every page.
 */
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { hashToken } from "../../../server/relay/caller-token.ts";
import { tokenOf } from "../../github/client.ts";
import { Browser, OAUTH } from "../support/browser.ts";
import { ADMIN_TOKEN, POOL } from "../support/relay.ts";
import { ALL, furnish, inputOf } from "./procedures.ts";
import { anOperator, type Bench } from "./support.ts";

const PRIVATE = "hidden-plans";
const WAS_PUBLIC = "soon-hidden";
const SECRETS = {
  OCTOPOOL_PROXY_SECRET: "proxy-secret-for-tests",
  GITHUB_WEBHOOK_SECRET: "webhook-secret-for-tests",
  METRICS_TOKEN: "metrics-token-for-tests",
};

let bench: Bench;
let unspeakable: readonly string[];
beforeEach(async () => {
  bench = await anOperator(SECRETS);
  await furnish(bench, `acme/${PRIVATE}`);
  await readAndHide(`acme/${WAS_PUBLIC}`);
});

/** A repository that was read, stored and audited while it was public, and is not any more. */
async function readAndHide(repository: string): Promise<void> {
  const { relay } = bench;
  await relay.github.addRepository({ full_name: repository, visibility: "public" });
  expect((await relay.ask(`/repos/${repository}`)).envelope.status).toBe(200);
  await relay.github.setVisibility(repository, "private");
  relay.later(60_000);
  expect((await relay.ask(`/repos/${repository}`)).http).toBe(424);
}

async function learnSecrets(): Promise<void> {
  const { relay, browser } = bench;
  const { results } = await relay.db.$client
    .prepare("SELECT token_hash AS hash FROM caller_tokens UNION SELECT session_hash FROM web_sessions")
    .all<{ hash: string }>();
  expect(results.length).toBeGreaterThan(2);
  const values = [
    relay.callerToken,
    ADMIN_TOKEN,
    browser.cookies.get("octopool_session") ?? "",
    OAUTH.GITHUB_OAUTH_CLIENT_SECRET,
    ...Object.values(SECRETS),
    ...["alice", "bob", "octocat"].map(tokenOf),
  ];
  expect(values.every((value) => value.length > 8)).toBe(true);
  const hex = (value: string) => createHash("sha256").update(value).digest("hex");
  unspeakable = [
    ...results.map(({ hash }) => hash),
    ...values.flatMap((value) => [value, hashToken(value), hex(value), btoa(value)]),
    // Asked for by name, and repeated in nothing either.
    PRIVATE,
    WAS_PUBLIC,
  ];
}

/** What of all that may not leave stands in a text: nothing. */
const leaks = (said: string): readonly string[] => unspeakable.filter((secret) => said.includes(secret));

const PAGES = [
  "/",
  "/dashboard",
  "/dashboard/traffic",
  "/logout",
  "/login/github?next=/dashboard",
  "/login/github/callback?code=x&state=y",
  "/no/such/page",
  "/.well-known/octopool",
  "/openapi.json",
  "/metrics",
  "/v1/status",
  `/v1/pools/${POOL}/stats`,
  `/v1/pools/${POOL}/health`,
  `/v1/admin/pools/${POOL}`,
];

const wholeOf = async (response: Response) => {
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
  return JSON.stringify([response.status, headers, await response.text()]);
};

describe("the API", () => {
  it("tells an operator no token, no hash of one, no secret and no private repository's name", async () => {
    const said: string[] = [];
    for (const one of ALL) {
      const input = await inputOf(one, bench, POOL);
      const { name } = one;
      const answer =
        one.does === "reads" ? await bench.browser.query(name, input) : await bench.browser.mutate(name, input);
      expect([name, answer.status]).toEqual([name, 200]);
      await learnSecrets();
      said.push(withoutItsOwn(name, answer.data));
      expect([name, leaks(said.at(-1) ?? "")]).toEqual([name, []]);
    }
    const all = said.join("\n");
    for (const word of ["pat_alice", "PAT_ALICE", "bob", "laptop", "repo_not_public", "acme/widget", "identity.put"])
      expect(all).toContain(word);
  });

  /** A new caller's token is shown this once, and by this procedure alone. */
  function withoutItsOwn(name: string, data: unknown): string {
    if (name !== "callers.provision") return JSON.stringify(data ?? null);
    const { token, ...rest } = data as { token: string };
    unspeakable = [...unspeakable, hashToken(token)];
    return JSON.stringify(rest);
  }

  it("tells of a private repository nothing where its name is asked for", async () => {
    await learnSecrets();
    for (const name of [`acme/${PRIVATE}`, `acme/${WAS_PUBLIC}`]) {
      const target = { kind: "repository", value: name };
      expect([
        name,
        leaks(JSON.stringify((await bench.ask<{ rows: object }>("cache.search", { target })).rows)),
      ]).toEqual([name, []]);
      const rows = await bench.ask("traffic.list", { window: "24h", filters: { text: name } });
      expect([name, leaks(JSON.stringify(rows))]).toEqual([name, []]);
    }
  });

  it("says in its refusals nothing but why", async () => {
    await learnSecrets();
    const nobody = new Browser(bench.relay);
    for (const { name, does } of ALL) {
      for (const browser of [nobody, bench.browser]) {
        for (const input of [
          { pool: "another" },
          { pool: POOL, limit: "x", target: 1, identityId: "x", callerId: "x" },
        ]) {
          const answer = await (does === "reads" ? browser.query(name, input) : browser.mutate(name, input));
          expect([name, leaks(JSON.stringify(answer))]).toEqual([name, []]);
        }
      }
    }
  });
});

it("every page tells nobody, a member and an operator nothing of it", async () => {
  const bob = new Browser(bench.relay);
  await bob.signIn("bob");
  await learnSecrets();
  for (const browser of [new Browser(bench.relay), bob, bench.browser]) {
    for (const page of PAGES) {
      const response = await bench.relay.fetch(page, {
        headers: { ...browser.headers(), accept: "text/html" },
        redirect: "manual",
      });
      expect([page, leaks(await wholeOf(response))]).toEqual([page, []]);
    }
  }
});
