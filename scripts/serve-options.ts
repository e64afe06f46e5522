/** What `npm run serve` was asked to do: its arguments, vars from the environment, secrets from a file. */
import { readFile, stat } from "node:fs/promises";
import { parseArgs, parseEnv } from "node:util";
import { readConfig } from "../server/config.ts";
import { RelayError } from "../shared/errors.ts";
import { readPort } from "./ports.ts";
import { Problem } from "./problem.ts";
import { settingsOf } from "./settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface ServeOptions {
  readonly help: boolean;
  readonly port: number;
  readonly stateDir: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Of the service and of identities, by name. Never printed. */
  readonly secrets: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 8787;

export const HELP = `npm run serve -- --state FOLDER [options]: runs Octopool on this machine, behind your own TLS proxy

  --state FOLDER   where the database and the caches are kept (STATE_DIRECTORY, OCTOPOOL_STATE_DIR)
  --port N         listen on 127.0.0.1:N (PORT, else ${DEFAULT_PORT})
  --secrets FILE   NAME=value lines: the service's secrets, and one for each identity; readable by its owner only
  --help           this text

Vars come from the environment: ALLOWED_GITHUB_ORG, APP_ORIGIN and TRUST_PROXY=1 at least; docs/settings.md has all of them.
`;

/** @throws Problem in one line, naming the value, for whatever cannot be used. `defaults`: the vars of wrangler.jsonc. */
export async function readServeOptions(args: readonly string[], env: Env, defaults: Env): Promise<ServeOptions> {
  const values = parse(args);
  const stateDir = values.state ?? env.OCTOPOOL_STATE_DIR ?? env.STATE_DIRECTORY ?? "";
  const help = values.help ?? false;
  if (help) return { help, port: DEFAULT_PORT, stateDir, vars: {}, secrets: {} };
  if (stateDir === "") throw new Problem("Say where the state is kept: npm run serve -- --state FOLDER.");
  const [name, text] = values.port === undefined ? ["PORT", env.PORT] : ["--port", values.port];
  const port = text === undefined || text === "" ? DEFAULT_PORT : readPort(text);
  if (port === undefined) throw new Problem(`${name} must be a number from 1 to 65535, not "${text}".`);
  const given = settingsOf("var", "main").flatMap(({ name: each }) => pair(each, env[each]));
  const vars = Object.fromEntries(given) as Record<string, string>;
  const known = settingsOf("secret", "main").flatMap(({ name: each }) => pair(each, env[each]));
  const secrets = { ...Object.fromEntries(known), ...(await secretsIn(values.secrets)) };
  refuseUnusable({ ...defaults, ...vars, ...secrets });
  return { help, port, stateDir, vars, secrets };
}

const pair = (name: string, value: string | undefined): [string, string][] =>
  value === undefined || value === "" ? [] : [[name, value]];

async function secretsIn(file: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (file === undefined) return {};
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Problem(`The secrets in ${file} cannot be read: ${error.code}.`, { cause: error });
  });
  if ((found.mode & 0o077) !== 0) throw new Problem(`Others may read ${file}: chmod 600 ${file}.`);
  const secrets = parseEnv(await readFile(file, "utf8")) as Record<string, string>;
  const wrong = Object.keys(secrets).find((name) => !/^[A-Z][A-Z0-9_]{2,}$/.test(name));
  if (wrong !== undefined)
    throw new Problem(`${wrong} in ${file} is no name of a secret: capitals, digits and _ only.`);
  return secrets;
}

/** As the Worker itself would refuse it, at every request. */
function refuseUnusable(all: Env): void {
  if (all["ALLOWED_GITHUB_ORG"] === "your-org")
    throw new Problem("ALLOWED_GITHUB_ORG is missing: set it in the environment.");
  const origin = all["APP_ORIGIN"] ?? "";
  if (origin === "")
    throw new Problem(
      "APP_ORIGIN is missing: it must be the origin that people use, such as https://octopool.example.com.",
    );
  try {
    readConfig(all);
  } catch (error) {
    if (error instanceof RelayError) throw new Problem(error.message, { cause: error });
    throw error;
  }
  if (origin.startsWith("https:") && all["TRUST_PROXY"] !== "1") {
    throw new Problem(
      "TRUST_PROXY must be 1 with an https APP_ORIGIN: only your TLS proxy can say that a request came by https.",
    );
  }
  if (all["OCTOPOOL_ADMIN_TOKEN"] === undefined) {
    throw new Problem(
      "OCTOPOOL_ADMIN_TOKEN is missing: without it nobody can add an identity. openssl rand -base64 32 makes one.",
    );
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        state: { type: "string" },
        port: { type: "string" },
        secrets: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // parseArgs names the argument it does not take; anything else is a fault of ours.
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split(". ");
    throw new Problem(`${sentence}. npm run serve -- --help lists the options.`, { cause: error });
  }
}
