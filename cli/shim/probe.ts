/** Starting a shell as its user would, to see which gh it finds. */
import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { Failure } from "../exit.ts";
import type { Environment } from "../machine.ts";

const PATIENCE_MS = 15_000;

export interface ProbeAsk {
  readonly shell: string;
  readonly words: readonly string[];
  readonly env: Environment;
  /** Left out of the path that the shell is started with: it has to find it by itself. */
  readonly without: string;
}

/** The last line it printed; startup files may print others before. */
export function probe({ shell, words, env, without }: ProbeAsk): Promise<string> {
  const path = (env["PATH"] ?? "").split(delimiter).filter((each) => each !== without);
  const child = spawn(shell, [...words], {
    env: { ...env, PATH: path.join(delimiter) },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: PATIENCE_MS,
    detached: true, // an interactive shell would take the terminal from us
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", () =>
      reject(new Failure(`${shell} could not be started.`, { next: "install it, or name another with --shell" })),
    );
    child.once("close", () => resolve(output.trimEnd().split("\n").at(-1) ?? ""));
  });
}
