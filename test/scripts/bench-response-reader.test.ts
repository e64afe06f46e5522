import { expect, it } from "vitest";
import { ResponseReader, type Reply } from "../../bench/response-reader.ts";

const KNOWN = "HTTP/1.1 200 OK\r\ncache-status: octopool; hit\r\nContent-Length: 11\r\n\r\nhello\r\n0\r\n!";
const CHUNKED =
  "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na\r\n0\r\n\r\n0\r\n\r\n!\r\n0\r\n\r\n";
const EMPTY = "HTTP/1.1 204 No Content\r\n\r\n";

/** What the reader makes of `text` in pieces of `size` bytes: an answer may be cut anywhere. */
function read(text: string, size: number): readonly Reply[] {
  const reader = new ResponseReader();
  const bytes = Buffer.from(text);
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const reply = reader.take(bytes.subarray(at, at + size));
    if (reply !== undefined) replies.push(reply);
  }
  return replies;
}

it.each([1, 2, 3, 7, 64, 1_000])("an answer of known length is read whole, in pieces of %i bytes", (size) => {
  expect(read(KNOWN, size)).toEqual([{ status: 200, cacheStatus: "octopool; hit", bytes: 11 }]);
});

it.each([1, 2, 3, 7, 64, 1_000])("a chunked answer ends at its last chunk, in pieces of %i bytes", (size) => {
  expect(read(CHUNKED, size)).toEqual([{ status: 404, cacheStatus: "", bytes: 15 }]);
});

it.each([1, 1_000])("answers follow one another on a connection, in pieces of %i bytes", (size) => {
  const reader = new ResponseReader();
  const statuses = [KNOWN, CHUNKED, KNOWN].flatMap((text) => {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    return pieces.flatMap((piece) => reader.take(piece)?.status ?? []);
  });
  expect(statuses).toEqual([200, 404, 200]);
});

it("an answer without a body ends with its head", () => {
  expect(read(EMPTY, 1_000)).toEqual([{ status: 204, cacheStatus: "", bytes: 0 }]);
});

it.each([
  { what: "no HTTP", text: "SSH-2.0-OpenSSH\r\n\r\n" },
  { what: "a body of unknown length", text: "HTTP/1.1 200 OK\r\n\r\nhello" },
  { what: "bytes past the end", text: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhello" },
])("refuses $what", ({ text }) => {
  expect(() => read(text, 1_000)).toThrow(Error);
});
