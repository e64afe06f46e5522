/** Reads HTTP/1.1 answers of known or chunked length off a connection; bodies are counted, not kept (RFC 9112). */

export interface Reply {
  readonly status: number;
  /** The Cache-Status header's value; empty where there is none. */
  readonly cacheStatus: string;
  /** Of the body. */
  readonly bytes: number;
}

const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";
const NOTHING = Buffer.alloc(0);

interface Head {
  readonly status: number;
  readonly cacheStatus: string;
  /** Undefined: chunked. */
  readonly length: number | undefined;
}

export class ResponseReader {
  /** What has come and is not taken yet: a head cut short, or the line before a chunk. */
  #rest: Buffer = NOTHING;
  #head: Head | undefined;
  #bytes = 0;
  /** Bytes of the body, or of the chunk and its line end, that are still to come. */
  #missing = 0;

  /** The answer, once its last byte has come. @throws Error where the bytes are no answer, or belong to another. */
  take(chunk: Buffer): Reply | undefined {
    const input = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    const at = this.#head === undefined ? this.#readHead(input) : 0;
    const head = this.#head;
    if (head === undefined) return undefined;
    const isWhole = head.length === undefined ? this.#skipChunks(input, at) : this.#skipBody(input, at);
    if (!isWhole) return undefined;
    const reply = { status: head.status, cacheStatus: head.cacheStatus, bytes: this.#bytes };
    this.#head = undefined;
    return reply;
  }

  #readHead(input: Buffer): number {
    const end = input.indexOf(HEAD_END);
    if (end < 0) {
      this.#rest = input;
      return 0;
    }
    const text = input.toString("latin1", 0, end);
    const status = Number(text.slice(9, 12));
    if (!text.startsWith("HTTP/1.1 ") || !Number.isInteger(status)) throw new Error("not an HTTP/1.1 answer");
    const length = headerIn(text, "content-length");
    const isChunked = /chunked/i.test(headerIn(text, "transfer-encoding"));
    if (length === "" && !isChunked && status !== 204 && status !== 304) throw new Error("an answer without a length");
    this.#head = {
      status,
      cacheStatus: headerIn(text, "cache-status"),
      length: isChunked ? undefined : Number(length),
    };
    this.#bytes = 0;
    this.#missing = isChunked ? 0 : Number(length);
    return end + HEAD_END.length;
  }

  #skipBody(input: Buffer, from: number): boolean {
    const here = input.length - from;
    if (here > this.#missing) throw new Error("more bytes than the answer has");
    this.#bytes += here;
    this.#missing -= here;
    return this.#missing === 0;
  }

  #skipChunks(input: Buffer, from: number): boolean {
    let at = from;
    for (;;) {
      const skipped = Math.min(this.#missing, input.length - at);
      this.#missing -= skipped;
      at += skipped;
      const lineEnd = this.#missing > 0 ? -1 : input.indexOf(LINE_END, at);
      if (lineEnd < 0) break;
      const size = Number.parseInt(input.toString("latin1", at, lineEnd), 16);
      if (size === 0) {
        // The last chunk's own line end follows; trailers are not expected.
        if (input.length < lineEnd + HEAD_END.length) break;
        return true;
      }
      this.#bytes += size;
      this.#missing = size + LINE_END.length;
      at = lineEnd + LINE_END.length;
    }
    this.#rest = input.subarray(at);
    return false;
  }
}

function headerIn(head: string, name: string): string {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at < 0) return "";
  const from = at + name.length + 3;
  const end = head.indexOf(LINE_END, from);
  return head.slice(from, end < 0 ? undefined : end).trim();
}
