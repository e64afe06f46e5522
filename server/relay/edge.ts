/** Entries in this data centre's Cache API: what is known of the entry, then the body as it is. */
import type { Platform } from "../deps.ts";
import type { CacheEntry } from "./stages.ts";
import { settled } from "./within.ts";

/** The length of the JSON before the body, as four bytes. */
const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface EdgeDeps {
  readonly platform: Platform;
  readonly now: () => number;
}

/** A name nobody can ask for from outside: the Cache API shares its keys with the zone. */
function edgeKey(cacheKey: string): string {
  return `https://octopool-cache.invalid/v2/${cacheKey}`;
}

/** A stored copy, and the epoch of its scope under which its generations were current. */
export interface EdgeCopy {
  readonly entry: CacheEntry;
  readonly epoch: number;
}

/** A copy that is cut short is no copy, and an edge in trouble has none. */
export function findAtEdge(cacheKey: string, deps: EdgeDeps): Promise<EdgeCopy | undefined> {
  return settled(() => readCopy(cacheKey, deps));
}

async function readCopy(cacheKey: string, deps: EdgeDeps): Promise<EdgeCopy | undefined> {
  const response = await deps.platform.edge.match(edgeKey(cacheKey));
  if (response === undefined) return undefined;
  const copy = await response.arrayBuffer();
  const end = copy.byteLength < LENGTH_BYTES ? Infinity : LENGTH_BYTES + new DataView(copy).getUint32(0);
  if (end > copy.byteLength) return undefined;
  // Written by keepAtEdge below; nobody else can put under this name.
  const { epoch, ...fields } = JSON.parse(
    decoder.decode(new Uint8Array(copy, LENGTH_BYTES, end - LENGTH_BYTES)),
  ) as Omit<CacheEntry, "body"> & {
    epoch: number;
  };
  return { entry: { ...fields, body: new Uint8Array(copy, end) }, epoch };
}

/**
 * Kept until its stale end; whether it may be served is decided again at every serving. What is known of the entry
 * stands before the body: a header of that size costs the Cache API more than the same bytes in the body.
 */
export async function keepAtEdge({ entry, epoch }: EdgeCopy, deps: EdgeDeps): Promise<void> {
  const seconds = Math.floor((entry.staleUntil - deps.now()) / 1000);
  if (seconds <= 0) return;
  const { body, ...meta } = entry;
  const head = encoder.encode(JSON.stringify({ ...meta, epoch }));
  const copy = new Uint8Array(LENGTH_BYTES + head.byteLength + body.byteLength);
  new DataView(copy.buffer).setUint32(0, head.byteLength);
  copy.set(head, LENGTH_BYTES);
  copy.set(body, LENGTH_BYTES + head.byteLength);
  const response = new Response(copy, {
    headers: { "cache-control": `public, max-age=${seconds}` },
  });
  await deps.platform.edge.put(edgeKey(entry.cacheKey), response);
}

export async function dropAtEdge(cacheKey: string, deps: EdgeDeps): Promise<void> {
  await deps.platform.edge.delete(edgeKey(cacheKey));
}
