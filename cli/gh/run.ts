/** `octopool gh`: the real gh with another way out. */
import type { Surroundings } from "../command.ts";
import type { CallerTarget } from "../config.ts";
import { Problem } from "../exit.ts";
import { chooseProxy } from "../network/proxy.ts";
import type { Environment } from "../machine.ts";
import { expandAlias } from "./aliases.ts";
import { endLike, startGh, type ChildAsk } from "./child.ts";
import { runForwarded, type Unstarted } from "./forwarded-run.ts";
import { leaveNest, nestedIn } from "./nesting.ts";
import { findRealGh } from "./real-gh.ts";
import { ghConfigDirectory, readGhConfig } from "./user-config.ts";
import { isLongPoll, mustStayUntouched } from "./words.ts";

type Around = Pick<Surroundings, "env" | "io" | "relay" | "machine">;

/** Resolves to the exit code. Where Octopool cannot help it says why, once, and runs gh as if it were not there. */
export async function runGh(words: readonly string[], around: Around): Promise<number> {
  const { machine, io } = around;
  const path = findRealGh(machine).path;
  const nest = await nestedIn(around.env);
  if (nest === "inside") return plainly({ path, words, env: around.env });
  const env = nest === "left" ? leaveNest(around.env) : around.env;
  const config = readGhConfig(ghConfigDirectory({ env, homeDirectory: machine.homeDirectory }));
  const asked = expandAlias(words, config.aliases);
  if (mustStayUntouched(asked)) return plainly({ path, words, env });
  const caller = await callerOf(around);
  const obstacle = typeof caller === "string" ? caller : obstacleOf(env, machine.platform);
  if (typeof caller === "string" || obstacle !== undefined) {
    io.note(`${obstacle}; gh runs on its own`);
    return plainly({ path, words, env });
  }
  const end = await runForwarded({ env, io, machine, path, words, config, caller, isLongPoll: isLongPoll(asked) });
  if (typeof end !== "string") return endLike(end);
  io.note(`${UNSTARTED[end]}; gh runs on its own`);
  return plainly({ path, words, env });
}

const UNSTARTED: Readonly<Record<Unstarted, string>> = {
  unfit: "gh's config.yml is in a form to which nothing can be added",
  unmigrated: "gh could not bring its config.yml to its newer form",
};

async function plainly(plain: ChildAsk): Promise<number> {
  return endLike(await startGh(plain));
}

/** The caller, or why there is none. */
async function callerOf({ relay }: Around): Promise<CallerTarget | string> {
  try {
    return await relay.caller();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.message.replace(/\.$/, "")}${error.next === undefined ? "" : ` (next: ${error.next})`}`;
  }
}

function obstacleOf(env: Environment, platform: string): string | undefined {
  if (platform === "win32") return "gh has no other way out on Windows";
  const proxy = chooseProxy(env, { host: "api.github.com", port: 443, secure: true });
  return proxy.kind === "unknown" ? "HTTPS_PROXY names a proxy that is not HTTP" : undefined;
}
