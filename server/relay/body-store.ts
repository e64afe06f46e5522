/**
 * Where a stored body lies: gzipped in the row of D1 as text, or, where that would slow every read of D1, gzipped in R2
 * under the hash of its content. Cleaned and compressed once, at publish.
 */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Deps } from "../deps.ts";
import { BODIES_PREFIX } from "../sweep-bucket.ts";
import { settled, within } from "./within.ts";

/** Compressed; about 2 MB of JSON (4-cache). */
export const MAX_ROW_BYTES = 256 * 1024;
/** Deflated in about 5 ms. */
const AT_ONCE_BYTES = 256 * 1024;
/** Rarely more than ten times as much when inflated. */
const AT_ONCE_PACKED_BYTES = 64 * 1024;
/** A slower bucket is no bucket: GitHub is asked instead. */
const R2_WITHIN_MS = 2_000;

export interface KeptBody {
  readonly body: string | null;
  readonly r2Key: string | null;
  readonly storedBytes: number;
  readonly contentHash: string;
}

type BodyDeps = Pick<Deps, "bucket">;

export const hashOf = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");

/** Undefined: R2 failed, so only the edge has it. */
export async function keepBody(body: Uint8Array, deps: BodyDeps): Promise<KeptBody | undefined> {
  const contentHash = hashOf(body);
  const packed = await gzip(body);
  if (packed.byteLength <= MAX_ROW_BYTES) {
    const text = packed.toString("base64");
    return { body: text, r2Key: null, storedBytes: text.length, contentHash };
  }
  const r2Key = BODIES_PREFIX + contentHash;
  // R2 trouble: the answer is at the edge all the same. What comes too late is named by no row, and swept.
  const stored = await within(
    settled(async () => deps.bucket.put(r2Key, packed)),
    R2_WITHIN_MS,
  );
  return stored === undefined ? undefined : { body: null, r2Key, storedBytes: packed.byteLength, contentHash };
}

/** Undefined: neither place has it, so the row is no copy. */
export async function readBody(row: Pick<KeptBody, "body" | "r2Key">, deps: BodyDeps): Promise<Uint8Array | undefined> {
  if (row.body !== null) return gunzip(Buffer.from(row.body, "base64"));
  const { r2Key } = row;
  if (r2Key === null) return undefined;
  // R2 trouble never fails a request, whether it refuses, hangs or breaks off half-way.
  const read = settled(async () => {
    const object = await deps.bucket.get(r2Key);
    return object === null ? undefined : gunzip(Buffer.from(await object.arrayBuffer()));
  });
  return within(read, R2_WITHIN_MS);
}

/** The usual body is packed in one go, at a third of a stream's cost; a large one in pieces, between which others run. */
async function gzip(body: Uint8Array): Promise<Buffer> {
  if (body.byteLength <= AT_ONCE_BYTES) return gzipSync(body);
  const stream = new Blob([body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return Buffer.from(await new Response(stream).arrayBuffer());
}

async function gunzip(packed: Buffer<ArrayBuffer>): Promise<Uint8Array> {
  if (packed.byteLength <= AT_ONCE_PACKED_BYTES) return gunzipSync(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
