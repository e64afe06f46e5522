import { serverOrigin } from "../address.ts";
import { objectAnswer } from "../client.ts";
import { command, type Surroundings } from "../command.ts";
import { setting } from "../config.ts";
import { discover, type Discovery } from "../discovery.ts";
import { Failure, UsageProblem } from "../exit.ts";
import { findGithubToken } from "../github-token.ts";
import { objectAt, textAt } from "../json.ts";
import type { SavedLogin } from "../logins.ts";
import { readInput } from "../machine.ts";
import { ownVersion } from "../release.ts";

export const login = command({
  name: "login",
  about: "Log in to a server with your GitHub token and save the caller token it gives.",
  details: [
    "The GitHub token comes from GH_TOKEN, GITHUB_TOKEN or gh auth token, in that order. It is sent once, to the server you name, and saved nowhere.",
    "Without a server, OCTOPOOL_URL or the server of the last login is used. Several servers may be logged in side by side; the last login is the default.",
  ],
  args: { server: { about: "the server's address, such as https://octopool.example.com" } },
  flags: {
    pool: { type: "string", value: "name", about: "the pool to log in to, instead of the server's default" },
    client: { type: "string", value: "name", about: "a name for this machine, instead of its host name" },
    "with-token": { type: "boolean", about: "read the GitHub token from standard input" },
    "trust-discovery-redirect": { type: "boolean", about: "accept a server that says its API is on another host" },
  },
  examples: [
    "octopool login https://octopool.example.com",
    "octopool login https://octopool.example.com --client build-7 --with-token < token.txt",
  ],
  async run({ flags, args, io, env, logins, machine, transport }) {
    const server = args.server === undefined ? await knownServer({ env, logins }) : serverOrigin(args.server);
    const trustRedirect = flags["trust-discovery-redirect"];
    const found = await discover({ server, trustRedirect, version: await ownVersion(), env, transport });
    const githubToken = flags["with-token"] ? await readInput(machine.stdin) : await findGithubToken(env);
    if (githubToken === "")
      throw new UsageProblem("Standard input held no token.", "octopool login --with-token < token.txt");
    const answer = await objectAnswer(transport, {
      method: "POST",
      url: new URL("/v1/login/github-cli", found.apiOrigin),
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        github_token: githubToken,
        pool: flags.pool ?? setting(env, "OCTOPOOL_POOL") ?? found.defaultPool,
        client_name: clientName(flags.client ?? machine.hostName),
      }),
    });
    const saved = readLogin(answer, server, found);
    await logins.save(saved);
    io.line(`Logged in to ${saved.url} as ${saved.githubLogin} (pool ${saved.pool}, client ${saved.clientName}).`);
    io.line(`The caller token is saved in ${logins.path}.`);
  },
});

async function knownServer({ env, logins }: Pick<Surroundings, "env" | "logins">): Promise<string> {
  const named = setting(env, "OCTOPOOL_URL");
  if (named !== undefined) return serverOrigin(named);
  const { defaultUrl, logins: saved } = await logins.read();
  const last = saved.find((entry) => entry.url === defaultUrl);
  if (last !== undefined) return last.askedUrl;
  throw new UsageProblem(
    "Which server? None was named, and there is no earlier login.",
    "octopool login https://octopool.example.com",
  );
}

/** The server's own rule (2-wire, login), applied here too so that both sides agree on one name. */
export function clientName(text: string): string {
  const safe = text
    .replace(/\.local$/i, "")
    .replaceAll(/[^A-Za-z0-9._-]/g, "-")
    .slice(0, 80);
  return safe === "" ? "cli" : safe;
}

function readLogin(answer: Readonly<Record<string, unknown>>, server: string, { apiOrigin }: Discovery): SavedLogin {
  const caller = objectAt(answer, "caller");
  const token = textAt(answer, "token");
  const pool = textAt(caller, "pool");
  const githubLogin = textAt(caller, "github_login");
  if (token === undefined || pool === undefined || githubLogin === undefined) {
    throw new Failure(`${apiOrigin} accepted the login but sent no caller token; nothing was saved.`, {
      next: "octopool login again; if it stays, tell your operator",
    });
  }
  return {
    url: apiOrigin,
    askedUrl: server,
    token,
    pool,
    githubLogin,
    clientName: textAt(caller, "client_name") ?? "legacy",
  };
}
