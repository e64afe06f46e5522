/** What the host of a virtual machine took of its processors while something was measured ("steal", proc_stat(5)). */
import { readFile } from "node:fs/promises";
import { percent, type Finding } from "./finding.ts";

/** Clock ticks since the start, of all processors. */
export interface ProcessorTime {
  readonly stolen: number;
  /** Worked or stolen: what was asked of the processors. */
  readonly wanted: number;
}

/** Less is noise. */
const NAMED_FROM = 0.05;

/** Of the first line of /proc/stat: user nice system idle iowait irq softirq steal. Undefined where it is no such line. */
export function parseProcessorTime(stat: string): ProcessorTime | undefined {
  const [name, ...numbers] = stat.split("\n", 1)[0]?.split(/\s+/) ?? [];
  const [user, nice, system, , , irq, softirq, stolen] = numbers.map(Number);
  const parts = [user, nice, system, irq, softirq, stolen];
  if (name !== "cpu" || stolen === undefined || !parts.every(Number.isFinite)) return undefined;
  return { stolen, wanted: parts.reduce<number>((sum, part) => sum + (part ?? 0), 0) };
}

/** Undefined where the system does not tell (only Linux does). */
export async function readProcessorTime(): Promise<ProcessorTime | undefined> {
  return parseProcessorTime(await readFile("/proc/stat", "utf8").catch(() => ""));
}

/** 0 to 1, of what was asked of the processors between the two. */
export function stolenShare(before: ProcessorTime | undefined, after: ProcessorTime | undefined): number {
  if (before === undefined || after === undefined || after.wanted <= before.wanted) return 0;
  return (after.stolen - before.stolen) / (after.wanted - before.wanted);
}

/** Beside a bar's time; empty where next to nothing was taken. */
export function inWords(share: number): string {
  return share < NAMED_FROM ? "" : `(the host took ${percent(share)} of the processors)`;
}

/** Under the table: which figures are not this machine's own. Empty where all are. */
export function stolenNote(shares: ReadonlyMap<Finding["bar"], number>): string {
  const taken = [...shares].filter(([, share]) => share >= NAMED_FROM);
  if (taken.length === 0) return "";
  const list = taken.map(([bar, share]) => `${bar} (${percent(share)})`).join(", ");
  return `This is a virtual machine, and its host took processor time from it during ${list}: run those again.\n`;
}
