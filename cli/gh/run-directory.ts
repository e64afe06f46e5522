/** A directory of its own for each run: the forwarder's socket and gh's settings. Readable by its owner only. */
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { setting } from "../config.ts";
import type { Environment } from "../machine.ts";

/** sun_path holds 104 bytes on macOS and 108 on Linux (unix(7)). */
const MAX_SOCKET_PATH = 100;
const RUN = /^(\d+)-[0-9a-f]{8}$/;
/** A run that has not made its socket yet is left alone for this long. */
const YOUNG_MS = 60_000;

export interface RunDirectory {
  readonly path: string;
  readonly socketPath: string;
  remove(): void;
}

/** Where runs keep their directories: one place a user, so that a later run finds those a killed one left. */
export function runsDirectory(env: Environment): string {
  const own = `octopool-gh-${process.getuid?.() ?? 0}`;
  const runtime = setting(env, "XDG_RUNTIME_DIR");
  const places = [...(runtime !== undefined && isAbsolute(runtime) ? [runtime] : []), tmpdir(), "/tmp"];
  const fits = (place: string) => join(place, own, "4194304-00000000", "s").length <= MAX_SOCKET_PATH;
  return join(places.find((place) => fits(place) && isDirectory(place)) ?? "/tmp", own);
}

/** Never uses a directory that somebody else made: they could have put anything into it. */
export function createRunDirectory(base: string): RunDirectory {
  const home = claim(base) ? base : mkdtempSync(`${base}-`);
  const path = join(home, `${process.pid}-${randomBytes(4).toString("hex")}`);
  mkdirSync(path, { mode: 0o700 });
  return {
    path,
    socketPath: join(path, "s"),
    remove() {
      rmSync(path, { recursive: true, force: true });
      if (home !== base) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** True where the directory is there and only its owner, this user, may enter it. */
function claim(base: string): boolean {
  mkdirSync(base, { recursive: true, mode: 0o700 });
  const found = lstatSync(base);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

/** Removes what killed runs left. A run lives while somebody answers its socket, in whatever process namespace. */
export async function sweepRuns(base: string, now: number): Promise<void> {
  const names = (await readdir(base).catch(() => [])).filter((name) => RUN.test(name));
  await Promise.all(
    names.map(async (name) => {
      const path = join(base, name);
      // Another run may sweep the same one at the same time, and what is left of it the next one finds.
      if (await isOver(path, now)) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }),
  );
}

async function isOver(path: string, now: number): Promise<boolean> {
  const answer = await knock(join(path, "s"));
  if (answer === "there") return false;
  if (answer === "nobody") return true;
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && now - found.mtimeMs > YOUNG_MS;
}

/** `nobody`: the socket is there and its process is not (ECONNREFUSED). */
export function knock(socketPath: string): Promise<"there" | "nobody" | "missing"> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve("there");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED" ? "nobody" : error.code === "ENOENT" ? "missing" : "there");
    });
  });
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true || path === "/tmp";
}
