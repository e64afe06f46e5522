/**
 * One holder at a time for something on this machine. The lock is a listening socket, so it ends with its process
 * however that ends, and no number of a dead process is mistaken for a living one.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Lock {
  release(): Promise<void>;
}

/** Undefined while another process holds the lock of this path. The path itself need not exist. */
export async function tryLock(path: string): Promise<Lock | undefined> {
  const place = lockPlace(path);
  for (;;) {
    const server = await listen(place);
    if (server !== undefined) return { release: () => close(server) };
    if (await untilHolderLeaves(place, { wait: false })) return undefined;
    await rm(place, { force: true }); // left behind by a process that was killed
  }
}

/** Waits until the lock is free, then holds it. */
export async function lock(path: string): Promise<Lock> {
  for (;;) {
    const held = await tryLock(path);
    if (held !== undefined) return held;
    await untilHolderLeaves(lockPlace(path), { wait: true });
  }
}

/** In the temporary directory under a short name: a socket's path may have about a hundred bytes. */
function lockPlace(path: string): string {
  const name = createHash("sha256").update(resolve(path)).digest("hex").slice(0, 16);
  return join(tmpdir(), `octopool-${name}.lock`);
}

function listen(place: string): Promise<Server | undefined> {
  // A waiting process keeps its connection, and is told by its end.
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy()); // the waiting process has gone
    socket.unref();
    sockets.get(server)?.add(socket);
  });
  sockets.set(server, new Set());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(place, () => {
      server.unref();
      resolve(server);
    });
  });
}

const sockets = new WeakMap<Server, Set<{ destroy(): unknown }>>();

function close(server: Server): Promise<void> {
  for (const socket of sockets.get(server) ?? []) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Whether somebody holds the lock; with `wait`, resolves only when that holder has gone. */
function untilHolderLeaves(place: string, { wait }: { readonly wait: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(place);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      if (!wait) {
        socket.destroy();
        resolve(true);
      }
    });
    socket.once("close", () => resolve(true));
    socket.resume();
  });
}
