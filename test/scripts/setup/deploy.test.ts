/** `npm run deploy` against an account in a file: the order of its steps, and what it refuses. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { runDeploy } from "../../../scripts/setup/deploy.ts";
import { FakeAccount } from "../support/fake-account.ts";

const env = { OCTOPOOL_GITHUB_ORG_TOKEN: "ghp_0123456789012345678901234567890123456" };

let account: FakeAccount;
let shown = "";
beforeEach(async () => {
  account = await FakeAccount.make();
  shown = "";
});
afterEach(() => account.remove());

function deploy(...args: string[]): Promise<void> {
  const build = () => Promise.resolve(true);
  return runDeploy({ root: account.root, args, env: account.env, write: (text) => (shown += text), build });
}

async function setUp(installHost: string): Promise<void> {
  const args = [
    "--org",
    "acme",
    "--host",
    "relay.acme.dev",
    "--install-host",
    installHost,
    "--oauth-client-id",
    "none",
  ];
  expect((await account.setup(args, { env })).code).toBe(0);
  await account.become({ calls: [] });
}

it.each([
  { name: "one host: migrations, then the main Worker", installHost: "none", proxy: [] },
  {
    name: "two hosts: the proxy Worker last",
    installHost: "get.acme.dev",
    proxy: ["deploy -c wrangler.public-proxy.jsonc"],
  },
])("$name", async ({ installHost, proxy }) => {
  await setUp(installHost);
  await deploy();
  expect((await account.state()).calls).toEqual([
    "d1 migrations apply octopool --remote -c wrangler.jsonc",
    "deploy -c dist/octopool/wrangler.json",
    ...proxy,
  ]);
  expect(shown).toContain("https://relay.example");
});

it("--dry-run builds both and asks the account for nothing, though nothing is set up", async () => {
  await account.become({ loggedIn: false });
  await deploy("--dry-run");
  expect((await account.state()).calls).toEqual([
    "deploy --dry-run -c dist/octopool/wrangler.json",
    "deploy --dry-run -c wrangler.public-proxy.jsonc",
  ]);
});

it("names every value that is missing before anything is deployed", async () => {
  const refused = await deploy().catch((error: Error) => error.message);
  expect(refused).toMatch(/^Nothing was deployed\./);
  for (const name of ["routes", "ALLOWED_GITHUB_ORG", "DEFAULT_ALLOWED_OWNERS", "database_id"])
    expect(refused).toContain(`${name}: `);
  expect((await account.state()).calls).toEqual([]);
});

it("deploys no code over a database that could not be brought up to date", async () => {
  await setUp("none");
  await account.become({ failing: { "d1 migrations apply octopool --remote": "no such table" } });
  await expect(deploy()).rejects.toThrow(/d1 migrations apply .+ failed:\n.*no such table/);
  expect((await account.state()).calls.filter((call) => call.startsWith("deploy"))).toEqual([]);
});

it("takes no option it does not know", async () => {
  await expect(deploy("--dry")).rejects.toThrow(/takes -- --dry-run only/);
});
