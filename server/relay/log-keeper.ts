/** The copy of a log that goes into R2 while its reader gets it: whole, or not at all. */
import { settled, within } from "./within.ts";

/** A bucket that takes no byte for this long is given up; the reader goes on. */
const STALLED_MS = 10_000;

/** Where a copy goes beside the reader. `write` and `finish` never throw; false: it is lost, and nothing is stored. */
export interface Keeper {
  write(chunk: Uint8Array): Promise<boolean>;
  finish(): Promise<boolean>;
  abandon(): Promise<void>;
}

/** Into R2 as it comes: R2 takes a stream of known length only. @param put resolves false where R2 refuses. */
export function keepStream(length: number, put: (bytes: ReadableStream<Uint8Array>) => Promise<boolean>): Keeper {
  const passage = new FixedLengthStream(length);
  const writer = passage.writable.getWriter();
  void settled(() => writer.closed);
  const give = async () => {
    await settled(() => writer.abort(new Error("not stored")));
  };
  // A bucket that refuses leaves its stream unread, and a write would wait for ever.
  const stored = put(passage.readable).then(async (done) => {
    if (!done) await give();
    return done;
  });
  const moved = async (work: () => Promise<void>) => {
    const done = await within(
      settled(async () => {
        await work();
        return true;
      }),
      STALLED_MS,
    );
    if (done !== true) await give();
    return done === true;
  };
  return {
    write: (chunk) => moved(() => writer.write(chunk)),
    finish: async () => (await moved(() => writer.close())) && (await within(stored, STALLED_MS)) === true,
    abandon: async () => {
      await give();
      await within(stored, STALLED_MS);
    },
  };
}

/** Of unknown length: held until its end, up to `maxBytes`; a longer one is not kept. */
export function keepSmall(maxBytes: number, put: (bytes: Uint8Array) => Promise<boolean>): Keeper {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    write: async (chunk) => {
      size += chunk.byteLength;
      if (size > maxBytes) chunks.length = 0;
      else chunks.push(chunk);
      return size <= maxBytes;
    },
    finish: async () => put(new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())),
    abandon: async () => {
      chunks.length = 0;
    },
  };
}
