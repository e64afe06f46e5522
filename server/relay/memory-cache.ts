/**
 * Entries in isolate memory: bounded by bytes, for a few seconds only, so that what another isolate learnt (a newer
 * fill, a purge) is never far away. Holds what a hit needs ready: bytes, and the headers as JSON text.
 */
import type { CacheEntry } from "./stages.ts";

export const MEMORY_TTL_MS = 5_000;
export const MEMORY_BYTES = 16 * 1024 * 1024;
/** One entry may take an eighth: a few large bodies must not push everything else out. */
const ENTRY_BYTES = MEMORY_BYTES / 8;
/** Map slot, headers and the object around them. */
const OVERHEAD_BYTES = 1_024;

export interface MemoryEntry {
  readonly entry: CacheEntry;
  readonly headersJson: string;
  readonly until: number;
  /** The epoch of its scope under which its generations were last found current. */
  epoch: number;
  /** The body as it stands in an envelope, made at the first envelope. */
  envelopeBody: Uint8Array | undefined;
}

export class MemoryCache {
  readonly #entries = new Map<string, MemoryEntry>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get(cacheKey: string, now: number): MemoryEntry | undefined {
    const held = this.#entries.get(cacheKey);
    if (held === undefined) return undefined;
    if (held.until > now) return held;
    this.delete(cacheKey);
    return undefined;
  }

  /** Kept for the micro-TTL; what is too large for the share of one entry is not kept. */
  put(entry: CacheEntry, epoch: number, now: number): MemoryEntry {
    const held: MemoryEntry = {
      entry,
      headersJson: JSON.stringify(entry.headers),
      until: now + MEMORY_TTL_MS,
      epoch,
      envelopeBody: entry.encoding === "json" ? entry.body : undefined,
    };
    this.delete(entry.cacheKey);
    if (sizeOf(held) > ENTRY_BYTES) return held;
    this.#entries.set(entry.cacheKey, held);
    this.#bytes += sizeOf(held);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MEMORY_BYTES) break;
      this.delete(oldest);
    }
    return held;
  }

  delete(cacheKey: string): void {
    const held = this.#entries.get(cacheKey);
    if (held === undefined) return;
    this.#entries.delete(cacheKey);
    this.#bytes -= sizeOf(held);
  }

  /** Forgets a repository's entries at once: its visibility changed. */
  deleteScope(poolId: string, scope: string): void {
    for (const [cacheKey, held] of this.#entries) {
      if (held.entry.scope === scope && held.entry.poolId === poolId) this.delete(cacheKey);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/** An entry ready to be served once, kept by nobody. */
export function heldApart(entry: CacheEntry): Omit<MemoryEntry, "until"> {
  const envelopeBody = entry.encoding === "json" && entry.body.byteLength > 0 ? entry.body : undefined;
  return { entry, headersJson: JSON.stringify(entry.headers), epoch: -1, envelopeBody };
}

/** Text and binary bodies are counted twice: their envelope form is kept beside them once made. */
function sizeOf(held: MemoryEntry): number {
  const copies = held.entry.encoding === "json" ? 1 : 2.4;
  return Math.ceil(held.entry.body.byteLength * copies) + held.headersJson.length * 2 + OVERHEAD_BYTES;
}
