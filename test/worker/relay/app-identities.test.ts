/** A GitHub App among the identities: its token is minted once, and neither it nor the key is seen anywhere. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { APP_KEYS, APP_PUBLIC_KEY } from "../../support/app-keys.ts";
import { setCoordinatorEnv, storedBy } from "../support/coordinator-env.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const MINT = "/app/installations/7/access_tokens";
const pull = (number: number) => `/repos/acme/widget/pulls/${number}`;

let relay: TestRelay;
async function start(key: string, isKnown = true): Promise<void> {
  relay = new TestRelay({ vars: { OCTOPOOL_GITHUB_APP_ID: "4242", APP_KEY: key } });
  await relay.github.reset();
  await relay.github.addInstallation({ id: 7, app_id: "4242", account: "acme", public_key: APP_PUBLIC_KEY });
  await relay.addIdentity("app", {
    kind: "github_app",
    login: "acme",
    secret_ref: "APP_KEY",
    installation_id: 7,
  });
  await relay.seed({ identities: [] });
  await relay.spendAnonymousQuota();
  await setCoordinatorEnv(POOL, relay.vars);
  // The repository is proven public, the anonymous quota known as gone, and the token minted.
  if (isKnown) await relay.ask("/repos/acme/widget/topics");
}
afterEach(() => {
  vi.restoreAllMocks();
});
const mints = async () => (await relay.github.log()).filter(({ path }) => path === MINT);

describe.each(["pkcs1", "pkcs8"] as const)("an App with a key in %s", (form) => {
  beforeEach(() => start(APP_KEYS[form]));

  it("serves with an installation's token", async () => {
    const { http, envelope } = await relay.ask(pull(7));
    expect([http, envelope.status, envelope.identity]).toEqual([200, 200, { id: "app", kind: "github_app" }]);
    expect((await relay.reads(pull(7))).map(({ credential, charged }) => [credential, charged])).toEqual([["acme", 1]]);
  });
});

describe("an App's first token", () => {
  it("is minted once for twenty misses at one time, in two isolates", async () => {
    await start(APP_KEYS.pkcs1, false);
    const asked = Array.from({ length: 20 }, (_, n) => {
      if (n === 10) relay.newIsolate();
      return relay.ask(pull(n + 1));
    });
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ envelope }) => envelope.identity?.id))).toEqual(new Set(["app"]));
    expect(await mints()).toHaveLength(1);
  });
});

describe("an App's token", () => {
  beforeEach(() => start(APP_KEYS.pkcs1));

  it("is asked of the coordinator by an isolate that does not know it, and not minted again", async () => {
    await relay.ask(pull(1));
    await relay.github.clearLog();
    relay.newIsolate();
    expect((await relay.ask(pull(2))).envelope.identity?.id).toBe("app");
    expect(await mints()).toEqual([]);
  });

  it("is in no answer, no log, no table of D1 and no storage of the object", async () => {
    const logs = (["log", "info", "warn", "error"] as const).map((level) => vi.spyOn(console, level));
    await relay.github.addFault({ kind: "status", status: 500, times: 1, match: { path: pull(3) } });
    await relay.ask(pull(3));
    const answers = [await relay.ask(pull(1)), await relay.ask(pull(999_999)), await relay.askRaw(pull(2))];
    const headers = { authorization: `Bearer ${relay.callerToken}` };
    const health = await (await relay.fetch(`/v1/pools/${POOL}/health`, { headers })).text();
    const raw = answers[2] instanceof Response ? await answers[2].text() : "";
    const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{ name: string }>();
    const rows = [];
    for (const { name } of tables.results) {
      if (!name.startsWith("_cf_")) rows.push((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results);
    }
    const seen = JSON.stringify([
      answers.slice(0, 2),
      raw,
      health,
      rows,
      await storedBy(POOL),
      logs.map(({ mock }) => mock.calls),
    ]);
    expect(answers[0]).toMatchObject({ http: 200, envelope: { identity: { id: "app" } } });
    expect(seen).not.toMatch(/ghs_[A-Za-z0-9]{10}|PRIVATE KEY|eyJ[A-Za-z0-9_-]+\.eyJ/);
    for (const line of APP_KEYS.pkcs1.split("\n").slice(1, -2)) expect(seen).not.toContain(line);
  });
});
