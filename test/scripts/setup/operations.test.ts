/** A newcomer who types what docs/operations.md says, with a fake wrangler, ends with every value in place. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "jsonc-parser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../../cli/registry.ts";
import { readConfig } from "../../../server/config.ts";
import { runDeploy } from "../../../scripts/setup/deploy.ts";
import { ROOT } from "../../../scripts/run-tool.ts";
import { FakeAccount } from "../support/fake-account.ts";

const MAIN = "wrangler.jsonc";
/** What the newcomer knows: asked in this order. */
const ANSWERS = ["acme", "octopool.example.com", "none", "none", "ghp_0123456789012345678901234567890123456"];
const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> })
  .scripts;

const guide = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
const [, steps = ""] = /## Deploy, step by step\n([^]*?)\nThen, each when you want it/.exec(guide) ?? [];
const lines = [...steps.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = ""]) =>
  block
    .trim()
    .split("\n")
    .map((line) => line.trim()),
);

let account: FakeAccount;
beforeAll(async () => {
  account = await FakeAccount.make({ loggedIn: false });
});
afterAll(() => account.remove());

/** Types one line; answers what is wrong with it. What needs a network that is not there is held to what there is. */
async function type(line: string): Promise<string | undefined> {
  const [, script = "", rest = ""] = /^(?:\w+=\S+ )?npm run ([\w:]+)(?: -- (.*))?$/.exec(line) ?? [];
  if (line === "npx wrangler login") {
    await account.become({ loggedIn: true });
  } else if (script === "setup") {
    const { code } = await account.setup(rest === "" ? [] : rest.split(" "), { answers: ANSWERS });
    if (code !== 0) return `${line} exits with ${code}`;
  } else if (script === "deploy") {
    const build = () => Promise.resolve(true);
    await runDeploy({ root: account.root, args: [], env: account.env, write: () => undefined, build });
  } else if (line.startsWith("npx wrangler ")) {
    const run = promisify(execFile)("wrangler", line.split(" ").slice(2), { cwd: account.root, env: account.env });
    run.child.stdin?.end("ghp_of_alice");
    await run;
  } else if (script === "octopool") {
    if (!COMMANDS.some(({ name }) => name === commandIn(rest))) return `there is no octopool ${rest}`;
  } else if (script === "" ? !PLAIN.test(line) : SCRIPTS[script] === undefined) {
    return `nobody can type: ${line}`;
  }
  return undefined;
}

const PLAIN = /^(git clone \S+ && cd \w+|npm ci|export OCTOPOOL_ADMIN_TOKEN=\S+)$/;
const commandIn = (rest: string) =>
  rest.startsWith("admin ") ? rest.split(" ").slice(0, 2).join(" ") : (rest.split(" ")[0] ?? "");

it("there are steps to type", () => {
  expect(lines.length).toBeGreaterThan(10);
});

it("typed in their order, they leave every value in place, and a Worker deployed", { timeout: 60_000 }, async () => {
  const complaints: (string | undefined)[] = [];
  for (const line of lines) complaints.push(await type(line));
  expect(complaints.filter((complaint) => complaint !== undefined)).toEqual([]);
  const { shown, code } = await account.setup(["--check"]);
  expect([code, shown]).toEqual([0, expect.stringContaining("Everything is in place.")]);
  const { calls, secrets } = await account.state();
  expect(calls).toContain("deploy -c dist/octopool/wrangler.json");
  const { vars } = parse(await account.text(MAIN)) as { vars: Record<string, string> };
  expect(readConfig({ ...vars, ...secrets[MAIN] })).toMatchObject({
    allowedOrg: "acme",
    adminToken: expect.any(String),
    orgToken: expect.any(String),
  });
  expect(Object.keys(secrets[MAIN] ?? {})).toContain("PAT_ALICE");
});

it("every npm script and file that the guides name is there", () => {
  const guides = ["operations.md", "one-machine.md", "security.md", "monitoring/README.md"].map((name) =>
    readFileSync(join(ROOT, "docs", name), "utf8"),
  );
  const named = guides.flatMap((text) =>
    [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script]) => script),
  );
  expect(named.filter((script) => SCRIPTS[script ?? ""] === undefined)).toEqual([]);
});

it("the guide says what each migration does", () => {
  const files = readdirSync(join(ROOT, "migrations")).filter((file) => file.endsWith(".sql"));
  expect(files.filter((file) => !guide.includes(`\`${file}\``))).toEqual([]);
});
