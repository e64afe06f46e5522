/** What the kernel says of this process's own children. Linux only. */
import { readFile, readdir } from "node:fs/promises";

/** Process ids of our direct children whose program has this name. */
export async function childrenNamed(program: string): Promise<readonly number[]> {
  const threads = await readdir("/proc/self/task");
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, "utf8")));
  const children = lists.flatMap((list) => list.trim().split(" ").filter(Boolean).map(Number));
  const names = await Promise.all(children.map(programOf));
  return children.filter((_, index) => names[index] === program);
}

/** The same of another process's children. */
export async function childrenOf(pid: number, program: string): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const children = list.trim().split(" ").filter(Boolean).map(Number);
  const names = await Promise.all(children.map(programOf));
  return children.filter((_, index) => names[index] === program);
}

/** Bytes of physical memory. @throws Error where the process has ended. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Empty where the child ended meanwhile. */
async function programOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
}
