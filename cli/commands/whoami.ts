import { command } from "../command.ts";
import { parseJson, textAt } from "../json.ts";
import { readThroughRelay, type ReadNeeds } from "../relayed-read.ts";

export const whoami = command({
  name: "whoami",
  about: "Show who you are at which server, once the server has confirmed it.",
  args: {},
  flags: { json: { type: "boolean", about: "print JSON" } },
  examples: ["octopool whoami", "octopool whoami --json"],
  async run({ flags, relay, io, env, machine, logins }) {
    const { url, pool, saved, tokenFrom } = await relay.caller();
    await relay.poolReport("health", {}); // a 2xx proves that the token is good for the pool
    const known = tokenFrom === "saved" ? saved : undefined;
    const identity = {
      server: url,
      github_login: known === undefined ? await askLogin({ relay, env, io, machine }) : known.githubLogin,
      pool,
      client_name: known?.clientName ?? null,
      token_from: tokenFrom === "saved" ? logins.path : tokenFrom,
    };
    if (flags.json) return io.json(identity);
    io.table(["WHAT", "VALUE"], Object.entries(identity));
  },
});

/** A token from the environment carries no login; the relay answers GET /user as its caller's profile. */
async function askLogin(needs: ReadNeeds): Promise<string | null> {
  const outcome = await readThroughRelay({ path: "/user", query: {}, headers: {} }, needs);
  if (outcome.kind === "refused" || outcome.status !== 200) return null;
  return textAt(parseJson(outcome.body.toString("utf8")), "login") ?? null;
}
