/** git's pkt-line framing and the answer of `ls-refs` (git-scm.com, gitprotocol-common and gitprotocol-v2). */

/** The largest packet git allows, its length of four digits included. */
export const MAX_PKT_BYTES = 65_520;
const LENGTH_DIGITS = 4;
/** Flush, delimiter and end of response are lengths that no packet can have. */
const FLUSH = 0;
const DELIMITER = 1;
const RESPONSE_END = 2;
/** More refs than this are no cheap probe: the API is asked instead. */
export const MAX_REFS = 2_000;
/** GitHub's ref names end at 255 bytes; attributes such as `peeled:` come on top. */
const MAX_LINE_BYTES = 1_024;

export type Pkt =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "flush" | "delimiter" | "response_end" };

/** Undefined: cut off, or not pkt-lines at all. */
export function readPkts(bytes: Uint8Array): readonly Pkt[] | undefined {
  const pkts: Pkt[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const length = readLength(bytes, at);
    if (length === undefined) return undefined;
    if (length <= RESPONSE_END) {
      pkts.push({ kind: length === FLUSH ? "flush" : length === DELIMITER ? "delimiter" : "response_end" });
      at += LENGTH_DIGITS;
      continue;
    }
    if (length < LENGTH_DIGITS || length > MAX_PKT_BYTES || at + length > bytes.byteLength) return undefined;
    pkts.push({ kind: "data", bytes: bytes.subarray(at + LENGTH_DIGITS, at + length) });
    at += length;
  }
  return pkts;
}

function readLength(bytes: Uint8Array, at: number): number | undefined {
  if (at + LENGTH_DIGITS > bytes.byteLength) return undefined;
  const digits = String.fromCharCode(...bytes.subarray(at, at + LENGTH_DIGITS));
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** One data packet. @throws RangeError where git would not take its length. */
export function pkt(text: string): string {
  const length = new TextEncoder().encode(text).byteLength + LENGTH_DIGITS;
  if (length > MAX_PKT_BYTES) throw new RangeError("A pkt-line holds at most 65516 bytes.");
  return length.toString(16).padStart(LENGTH_DIGITS, "0") + text;
}

export const FLUSH_PKT = "0000";
export const DELIMITER_PKT = "0001";

export interface AdvertisedRef {
  /** Whole, such as `refs/heads/main`. */
  readonly name: string;
  readonly sha: string;
  /** What an annotated tag leads to in the end; absent: the ref names no tag object. */
  readonly peeled: string | undefined;
}

/** What git asks with: `command=ls-refs` for the refs that begin with `prefix`. */
export function lsRefsRequest(prefix: string): string {
  const capabilities = pkt("command=ls-refs\n") + pkt("object-format=sha1");
  const args = pkt("peel\n") + pkt("symrefs\n") + pkt(`ref-prefix ${prefix}\n`);
  return capabilities + DELIMITER_PKT + args + FLUSH_PKT;
}

const LINE = /^([0-9a-f]{40}) ([^\s]+)((?: [^\s]+)*)\n?$/;
const PEELED = / peeled:([0-9a-f]{40})(?: |$)/;

/** Undefined: an error packet, a cut answer, more refs than we read, or anything that is not a ref. */
export function readLsRefs(bytes: Uint8Array): readonly AdvertisedRef[] | undefined {
  const pkts = readPkts(bytes);
  // The flush says that the list is whole; nothing may follow it.
  if (pkts?.at(-1)?.kind !== "flush" || pkts.length - 1 > MAX_REFS) return undefined;
  const refs: AdvertisedRef[] = [];
  for (const one of pkts.slice(0, -1)) {
    const ref = one.kind === "data" ? readRef(one.bytes) : undefined;
    if (ref === undefined) return undefined;
    refs.push(ref);
  }
  return refs;
}

function readRef(bytes: Uint8Array): AdvertisedRef | undefined {
  if (bytes.byteLength > MAX_LINE_BYTES) return undefined;
  const text = decode(bytes);
  const [, sha, name, attributes = ""] = (text === undefined ? null : LINE.exec(text)) ?? [];
  if (sha === undefined || name === undefined) return undefined;
  return { name, sha, peeled: PEELED.exec(attributes)?.[1] };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // TypeError: a name that JSON could not hold
  }
}
