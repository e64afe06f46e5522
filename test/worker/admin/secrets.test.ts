/** What every procedure answers, beside everything that may not leave: tokens, their hashes, secrets, private names. */
import { beforeEach, expect, it } from "vitest";
import { appRouter } from "../../../server/admin/router.ts";
import { hashToken } from "../../../server/relay/caller-token.ts";
import { tokenOf } from "../../github/client.ts";
import { OAUTH } from "../support/browser.ts";
import { ADMIN_TOKEN } from "../support/relay.ts";
import { anOperator, type Bench } from "./support.ts";

const PRIVATE = "hidden-plans";
const IDENTITY = { id: "pat_bob", kind: "pat", login: "bob", secret_ref: "PAT_BOB", scopes: [{ owner: "*" }] };
/** Answers a new caller's token, which is shown this once, so it is looked at by itself. */
const SHOWS_A_TOKEN = "callers.provision";

/** Enough for each procedure to get as far as its answer. */
const INPUTS: Readonly<Record<string, object>> = {
  "cache.search": { target: { kind: "repository", value: `acme/${PRIVATE}` } },
  "cache.countPurge": { target: { kind: "repository", value: "acme/widget" } },
  "cache.purge": { target: { kind: "repository", value: "acme/widget" } },
  "cache.entry": { cacheKey: "none" },
  "callers.list": { window: "30d" },
  "callers.disable": { callerId: "gh_102" },
  "callers.enable": { callerId: "gh_102" },
  "callers.revokeClient": { callerId: "gh_102", clientName: "laptop" },
  "callers.setGrant": { callerId: "gh_102", grantPool: "maintainers", granted: true },
  "identities.put": { mode: "add", identity: IDENTITY },
  "identities.pause": { identityId: "pat_alice" },
  "identities.resume": { identityId: "pat_alice" },
  "identities.test": { identityId: "pat_alice" },
  "identities.clearCooldowns": { identityId: "pat_alice" },
  "identities.remove": { identityId: "pat_bob" },
  "overview.usage": { window: "24h" },
  "traffic.list": { window: "24h", filters: {} },
};

let bench: Bench;
let said: string;
beforeEach(async () => {
  bench = await anOperator();
  await bench.relay.login("bob");
  await bench.relay.github.addRepository({ full_name: `acme/${PRIVATE}`, visibility: "private" });
  await bench.relay.ask("/repos/acme/widget/pulls/7");
  await bench.relay.ask(`/repos/acme/${PRIVATE}/pulls/1`);
  const texts: string[] = [];
  const { policy, version } = await bench.ask<{ policy: object; version: number }>("policy.get");
  for (const [name, procedure] of Object.entries(appRouter._def.procedures)) {
    if (name === SHOWS_A_TOKEN) continue;
    const { type } = (procedure as unknown as { _def: { type: string } })._def;
    const given = name.startsWith("policy.") ? { policy, version, eventId: 1 } : (INPUTS[name] ?? {});
    const input = name === "session.me" ? undefined : { pool: "maintainers", ...given };
    const answer = type === "query" ? await bench.browser.query(name, input) : await bench.browser.mutate(name, input);
    texts.push(JSON.stringify(answer));
  }
  said = texts.join("\n");
});

it("holds no token, no hash of one, no secret and no private repository's name", async () => {
  const cookie = bench.browser.cookies.get("octopool_session") ?? "";
  const { results } = await bench.relay.db.$client
    .prepare("SELECT token_hash AS hash FROM caller_tokens UNION SELECT session_hash FROM web_sessions")
    .all<{ hash: string }>();
  expect(results.length).toBeGreaterThan(2);
  const unspeakable = [
    ...results.map(({ hash }) => hash),
    ...[bench.relay.callerToken, ADMIN_TOKEN, cookie].flatMap((token) => [token, hashToken(token)]),
    ...["alice", "bob", "octocat"].map(tokenOf),
    OAUTH.GITHUB_OAUTH_CLIENT_SECRET,
  ];
  for (const secret of unspeakable) expect(said).not.toContain(secret);
  // Asked for by name above, and so repeated in nothing either.
  expect(said).not.toContain(PRIVATE);
});

it("says enough for that to mean something", () => {
  for (const word of ["pat_alice", "PAT_ALICE", "bob", "laptop", "repo_not_public", "acme/widget", "identity.put"])
    expect(said).toContain(word);
});
