/**
 * The body of a delivery, believed only once its signature is right (docs.github.com, "Validating webhook deliveries").
 * The HMAC runs over the bytes as they come, so that no second copy of a large body is ever held.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { LargeBodies } from "./large-bodies.ts";

/** GitHub sends no payload over 25 MB (docs.github.com, "Webhook events and payloads"). */
export const MAX_PAYLOAD_BYTES = 25 * 1024 * 1024;
/** GitHub waits ten seconds for the answer; a sender that is slower than this is not GitHub, or is too late. */
const READ_WITHIN_MS = 8_000;

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/** The 32 bytes of `x-hub-signature-256`; undefined where it is missing or malformed. */
export function readSignature(header: string | null): Uint8Array | undefined {
  const [, hex] = SIGNATURE.exec(header ?? "") ?? [];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}

export type SignedBody =
  | { readonly kind: "signed"; readonly text: string }
  | { readonly kind: "wrong_signature" | "too_large" | "busy" | "too_slow" };

interface Signed {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signature: Uint8Array;
  readonly secret: string;
  /** Asked before more than one megabyte is held; false where another large body is being read. */
  readonly holdLarge: LargeBodies["hold"];
}

/** Reads to the end, however the signature turns out: the comparison takes the same time for every wrong one. */
export async function readSigned({ body, signature, secret, holdLarge }: Signed): Promise<SignedBody> {
  const hmac = createHmac("sha256", secret);
  // JSON is UTF-8 by RFC 8259; a wrong byte becomes a replacement character, in a payload that is a hint and no data.
  const decoder = new TextDecoder();
  let text = "";
  const end = await eachChunk(body, async (chunk, size) => {
    if (size > MAX_PAYLOAD_BYTES) return "too_large";
    if (!(await holdLarge(size))) return "busy";
    hmac.update(chunk);
    text += decoder.decode(chunk, { stream: true });
    return undefined;
  });
  if (end !== undefined) return { kind: end };
  if (!timingSafeEqual(hmac.digest(), signature)) return { kind: "wrong_signature" };
  return { kind: "signed", text: text + decoder.decode() };
}

type Stop = "too_large" | "busy" | "too_slow";

/** Undefined at the end of the stream; else why it was left, cancelled. */
async function eachChunk(
  body: ReadableStream<Uint8Array> | null,
  take: (chunk: Uint8Array, size: number) => Promise<Stop | undefined>,
): Promise<Stop | undefined> {
  if (body === null) return undefined;
  const reader = body.getReader();
  const { late, stop } = lateAfter(READ_WITHIN_MS);
  let size = 0;
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), late]);
      if (next === "too_slow") return await left(reader, next);
      if (next.done) return undefined;
      size += next.value.byteLength;
      const why = await take(next.value, size);
      if (why !== undefined) return await left(reader, why);
    }
  } finally {
    stop();
  }
}

async function left(reader: ReadableStreamDefaultReader<Uint8Array>, why: Stop): Promise<Stop> {
  await reader.cancel();
  return why;
}

function lateAfter(ms: number): { readonly late: Promise<"too_slow">; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"too_slow">((resolve) => {
    timer = setTimeout(resolve, ms, "too_slow");
  });
  return { late, stop: () => clearTimeout(timer) };
}
