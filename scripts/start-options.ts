/** What `npm start` was asked to do: its arguments and environment, read once. */
import { parseArgs } from "node:util";
import { readPort } from "./ports.ts";
import { Problem } from "./problem.ts";

export interface StartOptions {
  readonly port: number;
  readonly fresh: boolean;
  /** The real GitHub instead of the stand-in. */
  readonly github: boolean;
  /** No traffic in the pool `demo`. */
  readonly quiet: boolean;
  readonly help: boolean;
  /** Undefined: the project's own folder. */
  readonly stateDir: string | undefined;
}

export const DEFAULT_PORT = 8787;

export const HELP = `npm start [-- options]: runs Octopool on this machine, with a stand-in GitHub

  --port N   listen on 127.0.0.1:N (PORT, else ${DEFAULT_PORT})
  --fresh    forget the state of earlier runs first
  --github   ask the real GitHub; needs GITHUB_TOKEN and ALLOWED_GITHUB_ORG
  --quiet    play no traffic in the pool demo
  --help     this text

State is kept in .octopool/ (OCTOPOOL_STATE_DIR names another folder); .octopool/local.json holds the address and tokens.
`;

/** @throws Problem in one line for an argument or PORT that cannot be used. */
export function readStartOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args);
  const [name, text] = values.port === undefined ? ["PORT", env.PORT] : ["--port", values.port];
  const port = text === undefined || text === "" ? DEFAULT_PORT : readPort(text);
  if (port === undefined) throw new Problem(`${name} must be a number from 1 to 65535, not "${text}".`);
  const { fresh = false, github = false, quiet = false, help = false } = values;
  return { port, fresh, github, quiet, help, stateDir: env.OCTOPOOL_STATE_DIR || undefined };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        fresh: { type: "boolean" },
        github: { type: "boolean" },
        quiet: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // parseArgs names the argument it does not take; anything else is a fault of ours.
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split(". ");
    throw new Problem(`${sentence}. npm start -- --help lists the options.`, { cause: error });
  }
}
