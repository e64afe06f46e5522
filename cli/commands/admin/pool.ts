import { readFile } from "node:fs/promises";
import { adminPath, adminPool } from "../../admin-pool.ts";
import { command } from "../../command.ts";
import { Failure, UsageProblem } from "../../exit.ts";
import { isObject, objectAt, parseJson, type JsonObject } from "../../json.ts";
import { readPair } from "../../pairs.ts";

export const pool = command({
  name: "admin pool",
  about: "Print a pool's policy, or change it.",
  details: [
    "--set reads the policy, changes the members you name and writes it back; --policy-file writes the file's policy as it stands.",
  ],
  args: {},
  flags: {
    "policy-file": { type: "string", value: "file.json", about: "the whole policy, as a JSON object" },
    set: { type: "list", value: "member=value", about: "change one member; lists are separated by commas" },
    pool: { type: "string", value: "name", about: "the pool" },
  },
  examples: [
    "octopool admin pool",
    "octopool admin pool --set allow_search=true --set allowed_owners=acme,beta",
    "octopool admin pool --policy-file policy.json",
  ],
  async run({ flags, relay, io, env }) {
    const file = flags["policy-file"];
    if (file !== undefined && flags.set.length > 0) {
      throw new UsageProblem("Give --policy-file or --set, not both.", "octopool admin pool --policy-file policy.json");
    }
    const path = adminPath(await adminPool(relay, env, flags.pool));
    if (file !== undefined) return io.json(await relay.admin("PUT", path, { policy: await readPolicy(file) }));
    const changes = flags.set.map((text) => readPair(text, /=/, { flag: "--set", example: "allow_search=true" }));
    const current = await relay.admin("GET", path);
    if (changes.length === 0) return io.json(current);
    const policy = objectAt(current, "policy");
    const changed = Object.fromEntries(changes.map(({ key, value }) => [key, memberValue(value, policy[key])]));
    io.json(await relay.admin("PUT", path, { policy: { ...policy, ...changed } }));
  },
});

/** JSON where the text is JSON, a list where the member is one, and text otherwise. */
function memberValue(text: string, current: unknown): unknown {
  const value = parseJson(text);
  if (Array.isArray(current) && !Array.isArray(value))
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  return value === undefined ? text : value;
}

/** The object itself, or its `policy` member, so that what `admin pool` printed can be written back. */
async function readPolicy(file: string): Promise<JsonObject> {
  const value = parseJson(await readText(file));
  if (!isObject(value))
    throw new Failure(`${file} does not hold a JSON object.`, {
      next: "octopool admin pool > policy.json, then change that file",
    });
  return isObject(value["policy"]) ? value["policy"] : value;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!["ENOENT", "EACCES", "EISDIR"].includes(code)) throw error;
    throw new Failure(`${file} cannot be read (${code}).`, { next: "octopool admin pool --policy-file policy.json" });
  }
}
