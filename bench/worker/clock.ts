/** The time that the Worker, its coordinator and the replayed GitHub share: the real one moved on, or held still. */
import { platformClock, type Clock } from "../../server/coordinator/clock.ts";

let aheadMs = 0;
let heldAt: number | undefined;

/** Timers run in real time; how long a thing may last is judged by the moved clock. */
export const benchClock: Clock = {
  now: () => heldAt ?? Date.now() + aheadMs,
  after: (ms, run) => platformClock.after(ms, run),
};

/** Milliseconds to move on from now. */
export function moveClock(ms: number): void {
  aheadMs += ms;
}

/** Stands still at this moment (epoch milliseconds) until it is held at another. */
export function holdClock(at: number): void {
  heldAt = at;
}
