/** Where runs leave small notes for later runs: beside nothing else, and never anything secret. */
import { join } from "node:path";
import { setting } from "../config.ts";
import type { Machine } from "../machine.ts";

type Place = Pick<Machine, "env" | "platform" | "homeDirectory">;

/** OCTOPOOL_CONFIG_DIR/state where that is set, else the platform's place for state (XDG Base Directory Specification). */
export function stateDirectory({ env, platform, homeDirectory }: Place): string {
  const own = setting(env, "OCTOPOOL_CONFIG_DIR");
  if (own !== undefined) return join(own, "state");
  const named = setting(env, platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME");
  return join(named ?? join(homeDirectory, ".local", "state"), "octopool");
}

/** The same for what is installed: the link that stands for gh. */
export function dataDirectory({ env, platform, homeDirectory }: Place): string {
  const named = setting(env, platform === "win32" ? "LOCALAPPDATA" : "XDG_DATA_HOME");
  return join(named ?? join(homeDirectory, ".local", "share"), "octopool");
}
