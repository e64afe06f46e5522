/** One run of gh whose requests we answer: what is made for it, and that nothing of it stays. */
import { mkdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { wholeNumber, type CallerTarget } from "../config.ts";
import { Failure } from "../exit.ts";
import type { Io } from "../io.ts";
import type { Environment, Machine } from "../machine.ts";
import { writeChildConfig, type ChildConfig } from "./child-config.ts";
import { startGh, type ChildEnd } from "./child.ts";
import { createFreshness, LONG_POLL_MAX_AGE } from "./freshness.ts";
import { openMarks } from "./marks.ts";
import { migratedConfig } from "./migration.ts";
import { nestEnvironment, PLACEHOLDER } from "./nesting.ts";
import { openOwnWrites } from "./own-writes.ts";
import { createReport } from "./report.ts";
import { createRunDirectory, runsDirectory, type RunDirectory } from "./run-directory.ts";
import { stateDirectory } from "./state-directory.ts";
import { hasGhLogin, type GhConfig } from "./user-config.ts";

export interface ForwardedRun {
  readonly env: Environment;
  readonly io: Pick<Io, "note">;
  readonly machine: Machine;
  /** The real gh. */
  readonly path: string;
  readonly words: readonly string[];
  readonly config: GhConfig;
  readonly caller: CallerTarget;
  readonly isLongPoll: boolean;
}

const MAX_RETRIES = 10;

/** Why nothing was started: nothing can be added to the user's settings, or gh could not bring them to its newer form. */
export type Unstarted = "unfit" | "unmigrated";

export async function runForwarded(run: ForwardedRun): Promise<ChildEnd | Unstarted> {
  const needs = gather(run);
  const directory = createRunDirectory(needs.base);
  const door = openDoor();
  try {
    const config = await migratedConfig({ ...run, ...needs, gh: run.path });
    if (config === undefined) return "unmigrated";
    const settings = makeSettings(config, directory);
    if (settings === undefined) return "unfit";
    await door.listen(directory.socketPath);
    if (run.isLongPoll) run.io.note(`while gh watches, answers are at most ${LONG_POLL_MAX_AGE} s old`);
    const placeholder = hasGhLogin(run.env, config.directory) ? undefined : `${PLACEHOLDER}${process.pid}`;
    const env = nestEnvironment(run.env, directory.path, placeholder);
    const ended = startGh({ path: run.path, words: run.words, env });
    ended.catch(() => undefined); // told below
    const { openForwarder } = await import("./open-forwarder.ts");
    const forwarder = openForwarder({ ...run, ...needs, config, placeholder });
    door.give((socket) => forwarder.take(socket));
    const end = await ended.finally(() => forwarder.close());
    settings.carryBack();
    return end;
  } finally {
    door.close();
    directory.remove();
    for (const line of needs.report.lines()) run.io.note(line);
  }
}

/** Everything that may refuse does so here, before anything is made. */
function gather({ env, machine, io, isLongPoll }: ForwardedRun) {
  const state = stateDirectory(machine);
  const marks = openMarks(join(state, "marks"), () => machine.now());
  const writes = openOwnWrites(marks);
  return {
    state,
    marks,
    writes,
    base: runsDirectory(env),
    freshness: createFreshness({ env, isLongPoll, writes }),
    retries: Math.min(wholeNumber(env, "OCTOPOOL_RELAY_RETRIES", 2), MAX_RETRIES),
    report: createReport({ env, now: () => machine.now(), writeLine: (text) => io.note(text) }),
  };
}

export type Gathered = ReturnType<typeof gather>;

function makeSettings(config: GhConfig, { path, socketPath }: RunDirectory): ChildConfig | undefined {
  const place = join(path, "gh");
  mkdirSync(place, { mode: 0o700 });
  return writeChildConfig(config, place, socketPath);
}

/** A bound socket whose connections wait until somebody is there to serve them: gh is started in between. */
function openDoor() {
  const waiting: Socket[] = [];
  let take = (socket: Socket): void => void waiting.push(socket);
  const server = createServer((socket) => take(socket));
  return {
    listen: (path: string) =>
      new Promise<void>((resolve, reject) => {
        server.once("error", (error) =>
          reject(new Failure(`The socket ${path} could not be made (${error.message}).`)),
        );
        const mask = process.umask(0o177); // a socket is made with the mode that the mask leaves
        server.listen(path, resolve);
        process.umask(mask);
      }),
    give(taker: (socket: Socket) => void) {
      take = taker;
      for (const socket of waiting.splice(0)) taker(socket);
    },
    close: () => void server.close(),
  };
}
