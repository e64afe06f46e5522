/** The user's own GitHub token, which login exchanges for a caller token. It is never saved and never printed. */
import { execFile } from "node:child_process";
import { setting } from "./config.ts";
import { Failure } from "./exit.ts";
import type { Environment } from "./machine.ts";

/** GH_TOKEN, else GITHUB_TOKEN, else what `gh auth token` prints: the order in which gh itself looks. */
export async function findGithubToken(env: Environment): Promise<string> {
  const given = setting(env, "GH_TOKEN") ?? setting(env, "GITHUB_TOKEN");
  if (given !== undefined) return given;
  const token = await askGh(setting(env, "OCTOPOOL_GH_PATH") ?? "gh", env);
  if (token !== undefined) return token;
  throw new Failure("No GitHub token was found in GH_TOKEN, in GITHUB_TOKEN or by gh auth token.", {
    next: "gh auth login, or pipe a token: octopool login --with-token < token.txt",
  });
}

/** Undefined where there is no gh or it has no login; what it writes on standard error is dropped. */
function askGh(path: string, env: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      path,
      ["auth", "token", "--hostname", "github.com"],
      { env: { ...env }, timeout: 10_000 },
      (error, stdout) => {
        const token = stdout.trim();
        resolve(error !== null || token === "" ? undefined : token);
      },
    );
  });
}
