/** From gh on this machine to GitHub. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Problem } from "../exit.ts";
import { findRealGh, isShim } from "../gh/real-gh.ts";
import { ghConfigDirectory, hasGhLogin, readGhConfig } from "../gh/user-config.ts";
import { withSocket } from "../gh/child-config.ts";
import type { Machine } from "../machine.ts";
import { chooseProxy } from "../network/proxy.ts";
import { shimDirectory } from "../shim/script.ts";
import { broken, ok, poor, type Finding } from "./finding.ts";

export function lookAtGh(machine: Machine): readonly Finding[] {
  return [realGh(machine), ghLogin(machine), ghConfig(machine), shim(machine), proxy(machine)];
}

function realGh(machine: Machine): Finding {
  try {
    const { path, from } = findRealGh(machine);
    const { stdout, status } = spawnSync(path, ["--version"], {
      encoding: "utf8",
      timeout: 10_000,
      env: { ...machine.env },
    });
    const version = /\d+\.\d+\.\d+/.exec(stdout ?? "")?.[0];
    if (status !== 0 || version === undefined) {
      return broken("gh", `${path} does not say its version`, "reinstall gh (https://cli.github.com)");
    }
    return ok("gh", `${path}, version ${version}${from === "PATH" ? "" : ` (${from})`}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return broken("gh", error.message, error.next);
  }
}

function ghLogin({ env, homeDirectory }: Machine): Finding {
  const directory = ghConfigDirectory({ env, homeDirectory });
  if (hasGhLogin(env, directory)) return ok("gh login", "gh has a token of yours for what goes directly");
  return poor("gh login", "gh has no token: what the relay does not serve will fail", "gh auth login");
}

function ghConfig({ env, homeDirectory }: Machine): Finding {
  const config = readGhConfig(ghConfigDirectory({ env, homeDirectory }));
  const path = join(config.directory, "config.yml");
  if (withSocket(config.text, "/x") === undefined) {
    return broken(
      "gh settings",
      `${path} is in a form to which nothing can be added`,
      "write it in block form, a key on a line",
    );
  }
  if (config.socketPath === undefined) return ok("gh settings", config.text === undefined ? "gh's defaults" : path);
  if (existsSync(config.socketPath))
    return ok("gh settings", `direct requests go through your own socket ${config.socketPath}`);
  return broken(
    "gh settings",
    `http_unix_socket names ${config.socketPath}, where nothing is`,
    "gh config set http_unix_socket ''",
  );
}

/** Which gh a command typed here would start. */
function shim(machine: Machine): Finding {
  const own = join(shimDirectory(machine), "gh");
  const found = (machine.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "gh"))
    .find((path) => existsSync(path));
  if (found !== undefined && (found === own || isShim(found)))
    return ok("shim", `plain gh is ${found}, which is Octopool's`);
  if (!existsSync(own)) return ok("shim", "not installed: octopool gh works, plain gh is as it was");
  return poor(
    "shim",
    `${found ?? "no gh"} comes before ${own} in the path`,
    "octopool install-shim, then open a new shell",
  );
}

function proxy({ env }: Machine): Finding {
  const choice = chooseProxy(env, { host: "api.github.com", port: 443, secure: true });
  if (choice.kind === "none") return ok("proxy", "none towards GitHub");
  if (choice.kind === "proxy") return ok("proxy", `${choice.proxy.host}:${choice.proxy.port} towards GitHub`);
  return broken(
    "proxy",
    "HTTPS_PROXY names a proxy that is not HTTP: octopool gh steps aside",
    "set HTTPS_PROXY to an http:// or https:// address",
  );
}
