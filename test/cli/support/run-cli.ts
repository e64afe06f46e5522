/** Runs one command line against stand-in streams, as a terminal or as a pipe. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dispatch } from "../../../cli/dispatch.ts";
import { createLoginStore, type SavedLogin } from "../../../cli/logins.ts";
import type { Environment } from "../../../cli/machine.ts";

/** Noon on a day of the stand-in clock. */
export const NOW = Date.parse("2026-03-01T12:00:00Z");

export interface Desk {
  readonly home: string;
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Puts a saved login in place, as an earlier octopool login would have. */
  saveLogin(url: string, changes?: Partial<SavedLogin>): Promise<void>;
  clear(): void;
}

export interface RunOptions {
  readonly env?: Environment;
  readonly terminal?: boolean;
  readonly stdin?: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds the command asked to wait, in order; nothing really waits. */
  readonly waits: readonly number[];
}

/** A fresh home directory and nothing in the environment. */
export function aDesk(): Desk {
  const home = mkdtempSync(join(tmpdir(), "octopool-cli-"));
  const place = { platform: "linux", homeDirectory: home };
  return {
    home,
    async run(words, { env = {}, terminal = false, stdin = "" } = {}) {
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const waits: number[] = [];
      const code = await dispatch(words, {
        ...place,
        env,
        hostName: "desk.local",
        stdin: (async function* () {
          yield stdin;
        })(),
        stdout: { isTTY: terminal, write: (content) => out.push(Buffer.from(content)) },
        stderr: { isTTY: terminal, write: (content) => err.push(Buffer.from(content)) },
        now: () => NOW,
        sleep: async (milliseconds) => void waits.push(milliseconds),
      });
      return { code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8"), waits };
    },
    async saveLogin(url, changes = {}) {
      const login = {
        url,
        askedUrl: url,
        token: "op_saved",
        pool: "maintainers",
        githubLogin: "alice",
        clientName: "desk",
      };
      await createLoginStore({ ...place, env: {} }).save({ ...login, ...changes });
    },
    clear: () => rmSync(home, { recursive: true, force: true }),
  };
}
