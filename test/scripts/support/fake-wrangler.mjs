// Stands in for wrangler: an account in a file, with wrangler's own words (4.149.0) on standard output.
import { readFileSync, writeFileSync } from "node:fs";

const place = process.env.FAKE_WRANGLER_STATE;
const account = JSON.parse(readFileSync(place, "utf8"));
const args = process.argv.slice(2);
const at = args.indexOf("-c");
const config = at === -1 ? "wrangler.jsonc" : args[at + 1];
const words = args.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
const [input, command] = [words.includes("put") ? readFileSync(0, "utf8") : "", words.join(" ")];
account.calls.push(at === -1 ? command : `${command} -c ${config}`);

function save() {
  writeFileSync(place, JSON.stringify(account));
}

function fail(message) {
  save();
  process.stderr.write(`✘ [ERROR] ${message}\n`);
  process.exit(1);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

const labelled = (rows) =>
  rows
    .map((row) =>
      Object.entries(row)
        .map(([label, value]) => `${label}:  ${value}`)
        .join("\n"),
    )
    .join("\n\n");

const failing = account.failing?.[command];
if (failing !== undefined) fail(failing);
if (command === "whoami --json") {
  if (!account.loggedIn) fail("Not logged in.");
  say(JSON.stringify({ loggedIn: true, accounts: account.accounts }));
} else if (command.startsWith("deploy")) {
  say(
    command.includes("--dry-run")
      ? "Total Upload: 1 KiB\n--dry-run: exiting now."
      : "Deployed octopool\n  https://relay.example",
  );
} else if (!account.loggedIn) {
  fail("You are not authenticated. Please run `wrangler login`.");
} else if (command === "d1 list --json") {
  say(JSON.stringify(Object.entries(account.databases).map(([name, uuid]) => ({ uuid, name }))));
} else if (words[0] === "d1" && words[1] === "create") {
  account.databases[words[2]] = "11111111-2222-4333-8444-555555555555";
  say(`✅ Successfully created DB '${words[2]}' in region WEUR\nCreated your new D1 database.\n`);
} else if (command.startsWith("d1 migrations apply")) {
  say("✅ No migrations to apply!");
} else if (command === "r2 bucket list") {
  say("Listing buckets...");
  say(labelled(account.buckets.map((name) => ({ name, creation_date: "2026-01-01T00:00:00.000Z" }))));
} else if (command.startsWith("r2 bucket create")) {
  account.buckets.push(words[3]);
  say(`✅ Created bucket '${words[3]}' with default storage class of Standard.`);
} else if (command.startsWith("r2 bucket lifecycle list")) {
  if (!account.buckets.includes(words[4])) fail("The specified bucket does not exist. [code: 10006]");
  say(`Listing lifecycle rules for bucket '${words[4]}'...`);
  const rules = account.rules.map((name) => ({
    name,
    enabled: "Yes",
    prefix: "github-actions-logs/",
    action: "Expire objects after 8 days",
  }));
  say(rules.length === 0 ? `There are no lifecycle rules for bucket '${words[4]}'.` : labelled(rules));
} else if (command.startsWith("r2 bucket lifecycle add")) {
  account.rules.push(words[5]);
  say(`✨ Added lifecycle rule '${words[5]}' to bucket '${words[4]}'.`);
} else if (command.startsWith("secret list")) {
  const secrets = account.secrets[config];
  if (secrets === undefined)
    fail("A request to the Cloudflare API failed. This Worker does not exist on your account. [code: 10007]");
  say(JSON.stringify(Object.keys(secrets).map((name) => ({ name, type: "secret_text" }))));
} else if (command.startsWith("secret put")) {
  account.secrets[config] = { ...account.secrets[config], [words[2]]: input };
  say(`✨ Success! Uploaded secret ${words[2]}`);
} else {
  fail(`Unknown command: ${command}`);
}
save();
