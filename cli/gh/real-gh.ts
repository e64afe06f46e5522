/** Finding the real gh: never ourselves, never another shim of ours, or the two would start each other for ever. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import { setting } from "../config.ts";
import { Failure } from "../exit.ts";
import type { Machine } from "../machine.ts";
import { isMissing } from "../replace-file.ts";
import { dataDirectory } from "./state-directory.ts";

type Place = Pick<Machine, "env" | "platform" | "homeDirectory">;

export interface RealGh {
  readonly path: string;
  readonly from: "OCTOPOOL_GH_PATH" | "pinned" | "PATH";
}

/** The file in which install-shim keeps where the real gh is. */
export function pinPath(place: Place): string {
  return join(dataDirectory(place), "real-gh");
}

/** OCTOPOOL_GH_PATH, else the pinned one while it is there, else the first on PATH. */
export function findRealGh(place: Place): RealGh {
  const named = setting(place.env, "OCTOPOOL_GH_PATH");
  if (named !== undefined) {
    const path = named.includes("/") || place.platform === "win32" ? named : onPath(place, named);
    if (path !== undefined && isRealGh(path)) return { path, from: "OCTOPOOL_GH_PATH" };
    throw new Failure(`OCTOPOOL_GH_PATH names ${named}, which is ${flawOf(path ?? named)}.`, {
      next: "set OCTOPOOL_GH_PATH to the real gh, or unset it",
    });
  }
  const pinned = readPin(place);
  if (pinned !== undefined && isRealGh(pinned)) return { path: pinned, from: "pinned" };
  const found = onPath(place, place.platform === "win32" ? "gh.exe" : "gh");
  if (found !== undefined) return { path: found, from: "PATH" };
  throw new Failure("The real gh was not found on PATH.", {
    next: "install it (https://cli.github.com), or set OCTOPOOL_GH_PATH",
  });
}

function onPath({ env }: Place, name: string): string | undefined {
  const directories = (env["PATH"] ?? "").split(delimiter).filter((each) => each !== "");
  return directories.map((directory) => join(directory, name)).find(isRealGh);
}

/** True for an executable file that is no shim of ours. */
export function isRealGh(path: string): boolean {
  return isExecutable(path) && !isShim(path);
}

const flawOf = (path: string): string => (isExecutable(path) ? "octopool itself" : "no program that can be run");

function isExecutable(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false; // there, but not for us
    throw error;
  }
}

/** Ourselves under any name, or a script that starts an octopool. */
export function isShim(path: string): boolean {
  const real = realpathSync(path);
  if (/^octopool/i.test(basename(real)) || ownFiles().includes(real)) return true;
  const head = headOf(real);
  return head.startsWith("#!") && /octopool/i.test(head);
}

/** What runs us. In a single-file executable the script's name is the runtime's own affair, and no file. */
function ownFiles(): readonly string[] {
  const script = process.versions["bun"] === undefined ? process.argv[1] : undefined;
  return [process.execPath, script].flatMap((path) =>
    path !== undefined && existsSync(path) ? [realpathSync(path)] : [],
  );
}

const HEAD_BYTES = 4096;

function headOf(path: string): string {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      return head.toString("latin1", 0, readSync(file, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES") return ""; // may be run, not read
    throw error;
  }
}

function readPin(place: Place): string | undefined {
  try {
    const path = readFileSync(pinPath(place), "utf8").trim();
    return path === "" ? undefined : path;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
