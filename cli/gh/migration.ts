/** gh 2.40 and later move an older config.yml to a newer form on first use: in the user's own directory, not in a copy. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import type { Environment } from "../machine.ts";
import type { Marks } from "./marks.ts";
import { readGhConfig, type GhConfig } from "./user-config.ts";

export interface Migration {
  readonly gh: string;
  readonly config: GhConfig;
  readonly marks: Marks;
  readonly env: Environment;
}

/** The settings after plain gh has had its chance, once a day for each gh and state of the file. */
export function migratedConfig({ gh, config, marks, env }: Migration): GhConfig {
  if (config.text === undefined || config.hasVersion) return config;
  const version = statSync(gh, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const mark = `migration ${gh} ${version} ${config.directory} ${config.text}`;
  if (marks.age(mark) !== undefined) return config;
  marks.set(mark);
  // Any command that reads its settings; nothing is asked of the network.
  spawnSync(gh, ["config", "get", "version"], { env: { ...env }, stdio: "ignore", timeout: 10_000 });
  return readGhConfig(config.directory);
}
