/** Which machine an executable is for, as its own first bytes say: a mistaken runtime would else be noticed by its users. */
import { open } from "node:fs/promises";
import { Problem } from "../problem.ts";
import type { Target } from "./targets.ts";

const HEAD_BYTES = 4096;

/** By the format's own number of the processor: ELF's e_machine, Mach-O's cputype, PE's Machine. */
const ELF: ReadonlyMap<number, string> = new Map([
  [0x3e, "linux-x64"],
  [0xb7, "linux-arm64"],
]);
const MACH_O: ReadonlyMap<number, string> = new Map([
  [0x0100_0007, "darwin-x64"],
  [0x0100_000c, "darwin-arm64"],
]);
const PE: ReadonlyMap<number, string> = new Map([
  [0x8664, "windows-x64"],
  [0xaa64, "windows-arm64"],
]);

/** The name of a target; undefined where the bytes begin no executable of one. */
export function machineOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes);
  if (head.length < 64) return undefined;
  // 64 bits, the lesser byte first.
  if (head.readUInt32BE(0) === 0x7f45_4c46)
    return head.readUInt16LE(4) === 0x0102 ? ELF.get(head.readUInt16LE(18)) : undefined;
  if (head.readUInt32LE(0) === 0xfeed_facf) return MACH_O.get(head.readUInt32LE(4));
  if (head.readUInt16BE(0) !== 0x4d5a) return undefined;
  const at = head.readUInt32LE(0x3c);
  return at + 6 <= head.length && head.readUInt32BE(at) === 0x5045_0000 ? PE.get(head.readUInt16LE(at + 4)) : undefined;
}

/** @throws Problem where the file is no executable for the target. */
export async function requireMachine(target: Target, executable: string): Promise<void> {
  const file = await open(executable);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const found = machineOf(buffer.subarray(0, bytesRead));
    if (found === target.name) return;
    throw new Problem(
      `${executable} is ${found === undefined ? "no executable" : `for ${found}`}, not one for ${target.name}.`,
    );
  } finally {
    await file.close();
  }
}
