import { createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { MAX_PAYLOAD_BYTES, readSignature, readSigned } from "../../../server/webhooks/read-signed.ts";

const SECRET = "a-secret-of-some-length";
const yes = (_bytes: number) => Promise.resolve(true);

function streamOf(...chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk));
  return new ReadableStream({
    pull(controller) {
      const next = bytes.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
}

const signatureOf = (text: string) => createHmac("sha256", SECRET).update(text).digest();
const read = (body: ReadableStream<Uint8Array> | null, signature: Uint8Array, holdLarge = yes) =>
  readSigned({ body, signature, secret: SECRET, holdLarge });

describe("readSignature", () => {
  it.each([
    null,
    "",
    "sha256=",
    `sha1=${"a".repeat(40)}`,
    `sha256=${"a".repeat(63)}`,
    `sha256=${"a".repeat(65)}`,
    `sha256=${"g".repeat(64)}`,
    "a".repeat(64),
  ])("takes no %j", (header) => {
    expect(readSignature(header)).toBeUndefined();
  });

  it("reads GitHub's own example", () => {
    // docs.github.com, "Testing the webhook payload validation".
    const hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const expected = createHmac("sha256", "It's a Secret to Everybody").update("Hello, World!").digest();
    expect(Buffer.from(readSignature(`sha256=${hex}`) ?? [])).toEqual(expected);
  });
});

describe("readSigned", () => {
  it("joins chunks, characters cut in two among them", async () => {
    const text = '{"name":"Grüße 🐙"}';
    const bytes = new TextEncoder().encode(text);
    const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await read(streamOf(...chunks), signatureOf(text))).toEqual({ kind: "signed", text });
  });

  it.each([
    { name: "an altered body", body: () => streamOf('{"a":2}') },
    { name: "a truncated body", body: () => streamOf('{"a":') },
    { name: "a longer body", body: () => streamOf('{"a":1}', " ") },
    { name: "no body", body: () => null },
  ])("believes nothing of $name", async ({ body }) => {
    expect(await read(body(), signatureOf('{"a":1}'))).toEqual({ kind: "wrong_signature" });
  });

  it("stops at more bytes than GitHub sends", async () => {
    const chunk = new Uint8Array(MAX_PAYLOAD_BYTES / 5);
    const body = streamOf(chunk, chunk, chunk, chunk, chunk, "x", "y");
    expect(await read(body, signatureOf(""))).toEqual({ kind: "too_large" });
  });

  it("stops where the isolate cannot hold it", async () => {
    const holdLarge = (bytes: number) => Promise.resolve(bytes < 5);
    expect(await read(streamOf("1234", "5"), signatureOf("12345"), holdLarge)).toEqual({ kind: "busy" });
  });

  it("leaves a sender that never ends", async () => {
    vi.useFakeTimers();
    const read8s = read(new ReadableStream<Uint8Array>({}), signatureOf(""));
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await read8s).toEqual({ kind: "too_slow" });
    vi.useRealTimers();
  });
});
