/** gh inside gh: extensions and `!` aliases start our shim again, in the settings directory of a run of ours. */
import { isAbsolute, join } from "node:path";
import { setting } from "../config.ts";
import type { Environment } from "../machine.ts";
import { knock } from "./run-directory.ts";

/** Set for gh's whole family: the directory of the run that serves it, and what GH_CONFIG_DIR was before. */
const MARKER = "OCTOPOOL_RUN_DIRECTORY";
const BEFORE = "OCTOPOOL_USER_GH_CONFIG_DIR";
/** How the token begins that stands for none. */
export const PLACEHOLDER = "octopool-has-no-token-";

/** The environment of gh inside a run. */
export function nestEnvironment(env: Environment, directory: string, placeholder: string | undefined): Environment {
  return {
    ...env,
    [MARKER]: directory,
    [BEFORE]: env["GH_CONFIG_DIR"] ?? "",
    GH_CONFIG_DIR: join(directory, "gh"),
    ...(placeholder === undefined ? {} : { GH_TOKEN: placeholder }),
  };
}

/**
 * `inside`: the outer run still serves the settings directory in force, so the real gh needs no help. `left`: that run
 * is over, and what it set is to be undone. `outside`: there is none.
 */
export async function nestedIn(env: Environment): Promise<"inside" | "left" | "outside"> {
  const directory = setting(env, MARKER);
  if (directory === undefined || !isAbsolute(directory)) return "outside";
  if (env["GH_CONFIG_DIR"] !== join(directory, "gh")) return "outside"; // somebody chose another since
  return (await knock(join(directory, "s"))) === "there" ? "inside" : "left";
}

/** The environment as it was before the run that is over. */
export function leaveNest(env: Environment): Environment {
  const { [MARKER]: _, [BEFORE]: before, GH_CONFIG_DIR: __, GH_TOKEN: token, ...rest } = env;
  const isPlaceholder = token?.startsWith(PLACEHOLDER) === true;
  return {
    ...rest,
    ...(before === undefined || before === "" ? {} : { GH_CONFIG_DIR: before }),
    ...(token === undefined || isPlaceholder ? {} : { GH_TOKEN: token }),
  };
}
