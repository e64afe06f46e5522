/** Entries in this data centre's Cache API: the body as it is, everything else in one header. */
import type { Platform } from "../deps.ts";
import type { CacheEntry } from "./stages.ts";

const META = "x-octopool-entry";

interface EdgeDeps {
  readonly platform: Platform;
  readonly now: () => number;
}

/** A name nobody can ask for from outside: the Cache API shares its keys with the zone. */
function edgeKey(cacheKey: string): string {
  return `https://octopool-cache.invalid/v1/${cacheKey}`;
}

/** A stored copy, and the epoch of its scope under which its generations were current. */
export interface EdgeCopy {
  readonly entry: CacheEntry;
  readonly epoch: number;
}

export async function findAtEdge(cacheKey: string, deps: EdgeDeps): Promise<EdgeCopy | undefined> {
  const response = await deps.platform.edge.match(edgeKey(cacheKey));
  const meta = response?.headers.get(META);
  if (response === undefined || meta === null || meta === undefined) return undefined;
  const body = new Uint8Array(await response.arrayBuffer());
  // Written by keepAtEdge below; nobody else can put under this name.
  const { epoch, ...fields } = JSON.parse(meta) as Omit<CacheEntry, "body"> & { epoch: number };
  return { entry: { ...fields, body }, epoch };
}

/** Kept until its stale end; whether it may be served is decided again at every serving. */
export async function keepAtEdge({ entry, epoch }: EdgeCopy, deps: EdgeDeps): Promise<void> {
  const seconds = Math.floor((entry.staleUntil - deps.now()) / 1000);
  if (seconds <= 0) return;
  const { body, ...meta } = entry;
  const response = new Response(body as Uint8Array<ArrayBuffer>, {
    headers: { "cache-control": `public, max-age=${seconds}`, [META]: asciiJson({ ...meta, epoch }) },
  });
  await deps.platform.edge.put(edgeKey(entry.cacheKey), response);
}

export async function dropAtEdge(cacheKey: string, deps: EdgeDeps): Promise<void> {
  await deps.platform.edge.delete(edgeKey(cacheKey));
}

/** Header values are bytes: everything past ASCII travels as JSON's own escapes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
