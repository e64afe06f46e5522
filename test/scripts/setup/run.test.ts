/** `npm run setup` against an account in a file: what it asks, makes, writes, reports. */
import { parse } from "jsonc-parser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig, readProxyConfig } from "../../../server/config.ts";
import { FakeAccount } from "../support/fake-account.ts";

const ORG_TOKEN = "ghp_0123456789012345678901234567890123456";
const DATABASE = "11111111-2222-4333-8444-555555555555";
const MAIN = "wrangler.jsonc";
const PROXY = "wrangler.public-proxy.jsonc";
const GIVEN = ["--org", "acme", "--host", "relay.acme.dev", "--install-host", "none", "--oauth-client-id", "none"];

let account: FakeAccount;
/** One that was set up, for tests that only look. */
let settled: FakeAccount;
beforeAll(async () => {
  settled = await FakeAccount.make();
  await settled.setup(GIVEN, { env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
});
afterAll(() => settled.remove());
beforeEach(async () => {
  account = await FakeAccount.make();
});
afterEach(() => account.remove());

const values = async (name: string) => parse(await account.text(name)) as Record<string, any>;
const stateOf = (shown: string, name: string) => new RegExp(`^(\\S+) +${name} `, "m").exec(shown)?.[1];

describe("a first set-up", () => {
  it("asks four things and a token, and leaves nothing to mend", async () => {
    const answers = ["acme", "relay.acme.dev", "", "", ORG_TOKEN];
    const { code, shown } = await account.setup([], { answers });
    expect([code, /Everything is in place/.test(shown)]).toEqual([0, true]);
    const main = await values(MAIN);
    expect(main["routes"]).toEqual([{ pattern: "relay.acme.dev", custom_domain: true }]);
    expect(main["d1_databases"][0].database_id).toBe(DATABASE);
    expect(main["vars"]).toMatchObject({ ALLOWED_GITHUB_ORG: "acme", DEFAULT_ALLOWED_OWNERS: "acme", APP_ORIGIN: "" });
    const state = await account.state();
    expect(state.buckets).toEqual(["octopool-actions-logs"]);
    expect(state.rules).toEqual(["octopool-logs"]);
    expect(state.secrets[MAIN]).toEqual({
      OCTOPOOL_ADMIN_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
      GITHUB_WEBHOOK_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      METRICS_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
      OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN,
    });
  });

  it("keeps every comment of the file", async () => {
    const comments = (text: string) => text.match(/\/\/ .+$/gm);
    const before = comments(await account.text(MAIN));
    await account.setup(GIVEN, { env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
    expect(comments(await account.text(MAIN))).toEqual(before);
  });

  it("writes what the Worker itself takes", async () => {
    const args = [
      "--org",
      "acme",
      "--host",
      "relay.acme.dev",
      "--install-host",
      "get.acme.dev",
      "--oauth-client-id",
      "Iv1",
    ];
    const env = { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN, GITHUB_OAUTH_CLIENT_SECRET: "oauth-secret" };
    const { code } = await account.setup(args, { env });
    expect(code).toBe(0);
    const { secrets } = await account.state();
    const config = readConfig({ ...(await values(MAIN))["vars"], ...secrets[MAIN] });
    expect(config).toMatchObject({
      allowedOrg: "acme",
      appOrigin: "https://relay.acme.dev",
      publicHost: "get.acme.dev",
      orgToken: ORG_TOKEN,
      oauth: { clientId: "Iv1", clientSecret: "oauth-secret" },
    });
    const proxy = await values(PROXY);
    expect(proxy["routes"]).toEqual([{ pattern: "get.acme.dev", custom_domain: true }]);
    expect(readProxyConfig({ ...proxy["vars"], ...secrets[PROXY] })).toEqual({
      upstreamOrigin: "https://relay.acme.dev",
      proxySecret: config.proxySecret,
    });
  });

  it("shows what was made once, and where to paste it; never what was given", async () => {
    const { shown } = await account.setup(GIVEN, { env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
    const { secrets } = await account.state();
    expect(shown).toContain(secrets[MAIN]?.["OCTOPOOL_ADMIN_TOKEN"]);
    expect(shown).toContain("https://relay.acme.dev/v1/github/webhook");
    expect(shown).toContain("https://relay.acme.dev/login/github/callback");
    expect(shown).not.toContain(ORG_TOKEN);
    const again = await account.setup([]);
    expect(again.shown).not.toContain(secrets[MAIN]?.["OCTOPOOL_ADMIN_TOKEN"]);
  });

  it("puts no secret into an argument", async () => {
    await account.setup(GIVEN, { env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
    const { calls, secrets } = await account.state();
    for (const secret of Object.values(secrets[MAIN] ?? {})) expect(calls.join("\n")).not.toContain(secret);
  });

  it("asks again for what cannot be used", async () => {
    const answers = [
      "acme inc",
      "acme",
      "https://relay.acme.dev",
      "relay.acme.dev",
      "relay.acme.dev",
      "none",
      "none",
      ORG_TOKEN,
    ];
    const { code, shown } = await account.setup([], { answers });
    expect(code).toBe(0);
    expect(shown).toContain("A login of letters, digits and hyphens.");
    expect(shown).toContain("A host name such as octopool.example.com");
    expect(shown).toContain("It must be another host.");
  });

  it("serves workers.dev where no zone is at hand", async () => {
    const { code } = await account.setup(["--org", "acme", "--host", "workers.dev", "--oauth-client-id", "none"], {
      env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN },
    });
    expect([code, (await values(MAIN))["workers_dev"]]).toEqual([0, true]);
  });
});

describe("run again", () => {
  it("asks for nothing, makes nothing and changes nothing", async () => {
    await account.copy(settled);
    const before = [await account.text(MAIN), (await account.state()).secrets];
    await account.become({ calls: [] });
    const { code, shown } = await account.setup([]);
    expect(code).toBe(0);
    expect(shown).toContain("wrangler.jsonc is as it should be.");
    expect([await account.text(MAIN), (await account.state()).secrets]).toEqual(before);
    expect((await account.state()).calls.filter((call) => /create|add|put/.test(call))).toEqual([]);
  });

  it("goes on where a step failed", async () => {
    const failing = { "r2 bucket create octopool-actions-logs": "R2 is not enabled on this account." };
    await account.become({ failing });
    const asked = account.setup(GIVEN, { env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
    await expect(asked).rejects.toThrow(/wrangler r2 bucket create .+ failed:\n.*R2 is not enabled/);
    await account.become({ failing: {}, calls: [] });
    const { code } = await account.setup(["--install-host", "none", "--oauth-client-id", "none"], {
      env: { OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN },
    });
    expect(code).toBe(0);
    expect((await account.state()).calls).not.toContain("d1 create octopool");
  });

  it("--rotate makes one secret anew and no other", async () => {
    await account.copy(settled);
    const { secrets: before } = await account.state();
    await account.setup(["--rotate", "METRICS_TOKEN"]);
    const { secrets: after } = await account.state();
    const changed = Object.keys(after[MAIN] ?? {}).filter((name) => after[MAIN]?.[name] !== before[MAIN]?.[name]);
    expect(changed).toEqual(["METRICS_TOKEN"]);
  });
});

describe("--check", () => {
  it("names everything that a fresh clone lacks, and touches nothing", async () => {
    const before = await account.text(MAIN);
    const { code, shown } = await account.setup(["--check"]);
    expect(code).toBe(1);
    expect(shown).toContain(
      "to mend: routes, ALLOWED_GITHUB_ORG, DEFAULT_ALLOWED_OWNERS, database_id, R2 bucket, R2 lifecycle rule, OCTOPOOL_ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN.",
    );
    expect(await account.text(MAIN)).toBe(before);
    expect((await account.state()).calls.filter((call) => /create|add|put|deploy/.test(call))).toEqual([]);
  });

  it("says so where nobody is logged in, and judges what it can", async () => {
    await account.become({ loggedIn: false });
    const { code, shown } = await account.setup(["--check"]);
    expect([code, stateOf(shown, "Cloudflare account"), stateOf(shown, "ALLOWED_GITHUB_ORG")]).toEqual([
      1,
      "missing",
      "missing",
    ]);
  });

  it.each<[name: string, from: RegExp, to: string]>([
    ["MAX_RESPONSE_BYTES", /"2097152"/, '"two"'],
    ["REQUEST_TIMEOUT_MS", /"15000"/, '"20000"'],
    ["CONFIG_TTL_SECONDS", /("CONFIG_TTL_SECONDS": )"30"/, '$1"0"'],
    ["APP_ORIGIN", /("APP_ORIGIN": )""/, '$1"relay.acme.dev"'],
    ["PUBLIC_HOST", /("PUBLIC_HOST": )""/, '$1"https://get.acme.dev"'],
    ["TRUST_PROXY", /("TRUST_PROXY": )""/, '$1"1"'],
    ["ALLOWED_GITHUB_ORG", /("ALLOWED_GITHUB_ORG": )"acme"/, '$1"acme inc"'],
    ["DEFAULT_ALLOWED_OWNERS", /("DEFAULT_ALLOWED_OWNERS": )"acme"/, '$1"acme/widget"'],
    ["DEFAULT_LOGIN_POOL", /"maintainers"/, '"all of us"'],
    ["GITHUB_API_ORIGIN", /("GITHUB_API_ORIGIN": )""/, '$1"https://ghe.acme.dev/api/v3"'],
    ["ALOWED_ORG", /("vars": \{)/, '$1"ALOWED_ORG": "acme",'],
    ["database_id", /11111111-/, "99999999-"],
    ["database_name", /("database_name": )"octopool"/, '$1"octopus"'],
    ["routes", /relay\.acme\.dev/, "https://relay.acme.dev"],
    ["routes", /("pattern": )"relay\.acme\.dev",/, ""],
    ["main", /server\/worker\.ts/, "server/index.ts"],
    ["compatibility_flags", /"nodejs_compat"/, ""],
    ["triggers.crons", /17 \* \* \* \*/, "17 3 * * *"],
    ["binding ASSETS", /"ASSETS"/, '"FILES"'],
    ["binding DB", /"DB"/, '"DATABASE"'],
    ["migrations_dir", /("migrations_dir": )"migrations"/, '$1"sql"'],
    ["binding ACTIONS_LOGS", /"ACTIONS_LOGS"/, '"LOGS"'],
    ["binding POOL_COORDINATOR", /"POOL_COORDINATOR"/, '"POOL"'],
    ["migrations", /("new_sqlite_classes": )\["PoolCoordinator"\]/, "$1[]"],
  ])("names %s where it is wrong, and nothing else", async (name, from, to) => {
    await account.copy(settled);
    await account.edit(MAIN, (text) => text.replace(from, to));
    const { code, shown } = await account.setup(["--check"]);
    expect(code).toBe(1);
    expect(stateOf(shown, name)).toBe("wrong");
    // A host makes two of one: what the second then lacks is named as well.
    const named = /to mend: (.+)\.$/m.exec(shown)?.[1]?.split(", ") ?? [];
    expect(named).toContain(name);
    expect(named.length > 1).toBe(name === "PUBLIC_HOST");
  });

  it("names what two hosts lack", async () => {
    await account.copy(settled);
    await account.edit(MAIN, (text) => text.replace('"PUBLIC_HOST": ""', '"PUBLIC_HOST": "get.acme.dev"'));
    const { shown } = await account.setup(["--check"]);
    for (const name of ["UPSTREAM_ORIGIN", "routes of the proxy Worker", "OCTOPOOL_PROXY_SECRET"])
      expect([name, stateOf(shown, name)]).toEqual([name, "missing"]);
    expect(stateOf(shown, "APP_ORIGIN")).toBe("wrong");
  });

  it("names a client secret without its client id", async () => {
    await account.copy(settled);
    const { secrets } = await account.state();
    await account.become({ secrets: { ...secrets, [MAIN]: { ...secrets[MAIN], GITHUB_OAUTH_CLIENT_SECRET: "x" } } });
    expect(stateOf((await account.setup(["--check"])).shown, "GITHUB_OAUTH_CLIENT_SECRET")).toBe("wrong");
  });

  it("lists identities' secrets by name", async () => {
    await account.become({ secrets: { [MAIN]: { PAT_ALICE: "x", APP_KEY: "y" } } });
    expect((await account.setup(["--check"])).shown).toMatch(/^ok +identities' secrets +PAT_ALICE, APP_KEY$/m);
  });
});

describe("refuses", () => {
  it.each([
    { name: "an option it does not know", args: ["--orgs", "x"], says: /--help lists the options/ },
    { name: "an answer that never comes", args: [], says: /There is no answer to "GitHub organization/ },
  ])("$name", async ({ args, says }) => {
    await expect(account.setup(args)).rejects.toThrow(says);
  });

  it("to guess an account among several", async () => {
    await account.become({
      accounts: [
        { name: "Acme", id: "a1" },
        { name: "Private", id: "b2" },
      ],
    });
    await expect(account.setup(GIVEN)).rejects.toThrow(/CLOUDFLARE_ACCOUNT_ID to one of a1 \(Acme\), b2 \(Private\)/);
    const env = { CLOUDFLARE_ACCOUNT_ID: "a1", OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN };
    expect((await account.setup(GIVEN, { env })).code).toBe(0);
  });

  it("to begin without an account", async () => {
    await account.become({ loggedIn: false });
    await expect(account.setup(GIVEN)).rejects.toThrow(/wrangler is not logged in/);
  });

  it("a file that is no JSON, naming the line", async () => {
    await account.edit(MAIN, (text) => text.replace('"name": "octopool",', '"name": octopool,'));
    await expect(account.setup(["--check"])).rejects.toThrow(/wrangler\.jsonc, line 3: InvalidSymbol/);
  });
});
