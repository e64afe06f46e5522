/**
 * Where the elements of a list stand in the bytes of GitHub's answer, so that a shorter list can be cut out of it
 * without parsing or serialising anything again. The bytes must be valid JSON.
 */

export interface ListOutline {
  /** GitHub's `total_count`: how many there are in all. */
  readonly total: number;
  /** Offset just after each element, in order. */
  readonly ends: readonly number[];
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Undefined where the body is no object with one `total_count` and one array under `list`. */
export function outlineOf(body: Uint8Array, list: string): ListOutline | undefined {
  const scan = new Scan(body);
  if (!scan.takes(OPEN_BRACE)) return undefined;
  let total: number | undefined;
  let ends: readonly number[] | undefined;
  while (scan.moves() && !scan.takes(CLOSE_BRACE)) {
    scan.takes(COMMA);
    const key = scan.value();
    scan.takes(COLON);
    if (key === '"total_count"') {
      if (total !== undefined) return undefined; // parsers take the last of several, and this one does not
      total = Number(scan.value());
    } else if (key === `"${list}"`) {
      if (ends !== undefined) return undefined;
      ends = scan.elementEnds();
      if (ends === undefined) return undefined;
    } else scan.skip();
  }
  if (total === undefined || ends === undefined || !Number.isInteger(total) || total < 0) return undefined;
  return { total, ends };
}

/** The same bytes without the elements past the first `keep`; `keep` is at least 1. */
export function cutList(body: Uint8Array, { ends }: ListOutline, keep: number): Uint8Array {
  const from = ends[keep - 1];
  const to = ends.at(-1);
  if (from === undefined || to === undefined || from === to) return body;
  const cut = new Uint8Array(body.byteLength - (to - from));
  cut.set(body.subarray(0, from));
  cut.set(body.subarray(to), from);
  return cut;
}

class Scan {
  readonly #body: Uint8Array;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  moves(): boolean {
    return this.#at < this.#body.length;
  }

  /** Moves past this byte if it comes next. */
  takes(wanted: number): boolean {
    this.#space();
    if (this.#body[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  /** The next value's own text. */
  value(): string {
    this.#space();
    const start = this.#at;
    this.skip();
    return new TextDecoder().decode(this.#body.subarray(start, this.#at));
  }

  /** Undefined where the next value is no array; it is passed over then. */
  elementEnds(): readonly number[] | undefined {
    if (!this.takes(OPEN_BRACKET)) return this.skip();
    const ends: number[] = [];
    while (this.moves() && !this.takes(CLOSE_BRACKET)) {
      this.takes(COMMA);
      this.skip();
      ends.push(this.#at);
    }
    return ends;
  }

  /** Moves past one value. Brackets are counted, so depth costs no stack. */
  skip(): undefined {
    this.#space();
    let depth = 0;
    do {
      const byte = this.#body[this.#at];
      if (byte === QUOTE) this.#string();
      else if (depth === 0 && byte !== OPEN_BRACE && byte !== OPEN_BRACKET) this.#plain();
      else {
        if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
        this.#at++;
      }
    } while (depth > 0 && this.moves());
    return undefined;
  }

  #string(): void {
    this.#at++;
    while (this.moves() && this.#body[this.#at] !== QUOTE) this.#at += this.#body[this.#at] === BACKSLASH ? 2 : 1;
    this.#at++;
  }

  /** A number, true, false or null: at least one byte, so that every walk ends. */
  #plain(): void {
    do this.#at++;
    while (this.moves() && !isEnd(this.#body[this.#at]));
  }

  #space(): void {
    while (isSpace(this.#body[this.#at])) this.#at++;
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

const isEnd = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
