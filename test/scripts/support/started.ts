import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalFacts } from "../../../scripts/state-folder.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/start.ts", import.meta.url));

/** What a process said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `scripts/start.ts`, leader of a process group of its own. */
export class Started {
  readonly #child;
  readonly #ended: Promise<Ended>;
  readonly #stateDir: string;
  #stdout = "";
  #stderr = "";

  constructor(stateDir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#stateDir = stateDir;
    this.#child = spawn(process.execPath, [SCRIPT, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, OCTOPOOL_STATE_DIR: stateDir, ...env },
      detached: true,
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.#ended = once(this.#child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Resolves when the script says it is ready; rejects with its output where it ends before. */
  async ready(): Promise<LocalFacts> {
    const isReady = new Promise<true>((resolve) => {
      const look = () => {
        if (/^ready http/m.test(this.#stdout)) resolve(true);
      };
      this.#child.stdout.on("data", look);
      look();
    });
    const outcome = await Promise.race([isReady, this.#ended]);
    if (outcome !== true) throw new Error(`start ended with ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
    return JSON.parse(await readFile(join(this.#stateDir, "local.json"), "utf8")) as LocalFacts;
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Sends a signal to the script alone, as a supervisor does, and resolves at its end. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** Whether any process of the group is left. */
  get isGroupAlive(): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
      throw error;
    }
  }

  /** For cleaning up after a test that failed. */
  killGroup(): void {
    if (this.isGroupAlive) process.kill(-(this.#child.pid ?? 0), "SIGKILL");
  }
}
