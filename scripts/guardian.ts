/**
 * No child outlives us. A process that is killed outright runs no handler, and workerd would go on listening; so a
 * small shell waits for the end of a pipe that only we hold, and then ends the children it was told of.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

export interface Guardian {
  /** Ends the guard and leaves its charges alone: they have ended, or end in order. */
  dismiss(): Promise<void>;
}

/**
 * Watches over every child this process starts from now on whose arguments hold `argument`; `onEnd` is told when one
 * ends. POSIX only.
 */
export function guardChildren(argument: string, onEnd: () => void = () => undefined): Guardian {
  if (process.platform === "win32") return { dismiss: () => Promise.resolve() };
  // A group of its own, so that Ctrl-C in the terminal reaches us and not the guard.
  const guard = spawn("/bin/sh", ["-c", "while read -r pid; do last=$pid; done; kill -9 $last"], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  guard.stdin.on("error", () => guard.stdin.destroy()); // it was killed; there is nobody to tell
  if ("unref" in guard.stdin && typeof guard.stdin.unref === "function") guard.stdin.unref();
  const onChild = (message: unknown) => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once("spawn", () => {
      if (!child.spawnargs.includes(argument)) return;
      guard.stdin.write(`${child.pid}\n`);
      child.once("exit", onEnd);
    });
  };
  subscribe("child_process", onChild);
  return {
    async dismiss() {
      unsubscribe("child_process", onChild);
      if (guard.exitCode !== null || guard.signalCode !== null) return;
      guard.ref();
      const gone = once(guard, "exit");
      guard.kill("SIGKILL");
      await gone;
    },
  };
}
