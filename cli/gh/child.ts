/** The real gh as a child: our terminal, our signals, its exit. */
import { spawn } from "node:child_process";
import { Failure } from "../exit.ts";
import type { Environment } from "../machine.ts";

export type ChildEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals };

export interface ChildAsk {
  readonly path: string;
  readonly words: readonly string[];
  readonly env: Environment;
}

/** Those that mean an end. A stop (SIGTSTP) reaches every process of the terminal's group by itself. */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/**
 * Starts gh on our own streams. While it runs no signal of these ends us: each is gh's to heed, and what is ours is
 * tidied away once it has ended.
 */
export function startGh({ path, words, env }: ChildAsk): Promise<ChildEnd> {
  const child = spawn(path, [...words], { stdio: "inherit", env: { ...env } });
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const signal of PASSED_ON) process.removeListener(signal, passOn);
    };
    child.once("error", (error) => {
      end();
      reject(new Failure(`${path} could not be started (${"code" in error ? String(error.code) : error.message}).`));
    });
    child.once("exit", (code, signal) => {
      end();
      resolve(signal === null ? { kind: "exited", code: code ?? 1 } : { kind: "killed", signal });
    });
  });
}

/** Ends us as gh ended, so that whoever started us sees the same. Resolves to the exit code where it was no signal. */
export async function endLike(end: ChildEnd): Promise<number> {
  if (end.kind === "exited") return end.code;
  process.kill(process.pid, end.signal);
  // The signal ends this process before the loop comes round; one that the system ignores leaves the shell's own code.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return 1;
}
