/**
 * One body over a megabyte at a time in an isolate: 25 MB of JSON take several times that while they are parsed, of
 * the 128 MB that every request of the isolate shares.
 */

/** Bodies up to this many bytes are held without asking. */
export const LARGE_BYTES = 1024 * 1024;
/** Waiting is by looking again: the promise of another request must never be awaited in workerd. */
const LOOK_AGAIN_MS = 50;
const LOOKS = 20;
/** A request that the runtime cut off released nothing; GitHub has given up on it by then. */
const HELD_AT_MOST_MS = 15_000;

interface Slot {
  holder: symbol | undefined;
  since: number;
}

export interface LargeBodies {
  /** True: this many bytes may be held by this request. False: another large body stays in the way. */
  readonly hold: (bytes: number) => Promise<boolean>;
  /** When the request is done with its body. */
  readonly release: () => void;
}

const SLOTS = new WeakMap<object, Slot>();

/** The view of one request onto its isolate's slot. `now`: epoch milliseconds. */
export function largeBodiesOf(isolate: object, now: () => number): LargeBodies {
  const slot = SLOTS.get(isolate) ?? { holder: undefined, since: 0 };
  SLOTS.set(isolate, slot);
  const me = Symbol("request");
  const take = (): boolean => {
    if (slot.holder === me) return true;
    if (slot.holder !== undefined && now() - slot.since < HELD_AT_MOST_MS) return false;
    slot.holder = me;
    slot.since = now();
    return true;
  };
  return {
    hold: async (bytes) => {
      if (bytes <= LARGE_BYTES) return true;
      for (let look = 0; look < LOOKS; look += 1) {
        if (take()) return true;
        await new Promise<void>((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
      return take();
    },
    release: () => {
      if (slot.holder === me) slot.holder = undefined;
    },
  };
}
