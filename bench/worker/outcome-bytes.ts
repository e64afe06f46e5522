/** How many bytes of finished fills the coordinator holds: what it was handed within the two seconds it remembers. */
import type { FillOutcome } from "../../server/coordinator/protocol.ts";
import { MAX_BYTES } from "../../server/coordinator/finished.ts";

const REMEMBERED_MS = 2_000;

const noted: { readonly at: number; readonly bytes: number }[] = [];
let held = 0;
let peak = 0;

export function noteOutcome(outcome: FillOutcome): void {
  const now = Date.now();
  const bytes = outcome.kind === "failed" ? 0 : (outcome.reply?.body.byteLength ?? 0);
  noted.push({ at: now, bytes });
  held += bytes;
  while (noted[0] !== undefined && noted[0].at < now - REMEMBERED_MS) held -= noted.shift()?.bytes ?? 0;
  peak = Math.max(peak, Math.min(held, MAX_BYTES));
}

/** The most it held at any moment. */
export function peakOutcomeBytes(): number {
  return peak;
}
