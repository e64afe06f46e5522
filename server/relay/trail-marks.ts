/**
 * The encoding of a request's stages in its audit row. A mark is a letter, the milliseconds it took (none: under one,
 * since the platform's clock stands still between I/O), where it began if not at the end of the mark before, and a
 * note: `aocpMvz` is a hit out of memory, and `i120@3(200 pat_a)` an identity asked at 3 ms that answered 200.
 */
export const MARK = {
  caller: "a",
  pool: "o",
  route: "c",
  policy: "p",
  /** A question of the relay's own beside the caller's. */
  beside: "h",
  memory: "m",
  memoryHad: "M",
  edge: "e",
  edgeHad: "E",
  /** What was purged or proven since, as D1 knows it. */
  since: "g",
  stored: "d",
  storedHad: "D",
  proof: "v",
  begin: "b",
  choose: "s",
  token: "t",
  raw: "r",
  diff: "x",
  git: "y",
  anonymous: "n",
  identity: "i",
  clean: "k",
  answer: "z",
  told: "f",
  kept: "w",
  standing: "q",
  log: "l",
  logHad: "L",
  subject: "j",
  download: "u",
} as const;

export type MarkName = keyof typeof MARK;
export type MarkCode = (typeof MARK)[MarkName];

export interface ReadMark {
  readonly name: MarkName;
  /** Offsets from the request's beginning, ms. */
  readonly from: number;
  readonly to: number;
  readonly note: string;
  /** The caller had its answer already. */
  readonly isAfter: boolean;
}

/** A request of many questions needs no more to be understood; a row stays small. */
const MOST_CHARACTERS = 600;
const UNQUOTABLE = /[^\w .,:!-]/g;

/** Times are offsets from the request's beginning, ms. */
export class Marks {
  #text = "";
  #at = 0;

  /** Began where the mark before ended. */
  step(code: MarkCode, to: number, note = ""): void {
    this.span(code, this.#at, to, note);
  }

  /** Waited for nothing. */
  pass(code: MarkCode, note = ""): void {
    if (note === "") this.#text += code;
    else this.span(code, this.#at, this.#at, note);
  }

  span(code: MarkCode, from: number, to: number, note = ""): void {
    if (this.#text.length > MOST_CHARACTERS) return;
    this.#text += code;
    if (to > from) this.#text += Math.round(to - from);
    if (from !== this.#at) this.#text += `@${Math.round(from)}`;
    if (note !== "") this.#text += `(${note.replace(UNQUOTABLE, "")})`;
    if (to > this.#at) this.#at = Math.round(to);
  }

  get text(): string {
    return this.#text;
  }
}

const NAMES: ReadonlyMap<string, MarkName> = new Map(
  Object.entries(MARK).map(([name, code]) => [code, name as MarkName]),
);
const READ = /([A-Za-z])(\d*)(?:@(\d+))?(?:\(([^()]*)\))?/y;

/** In the order of their beginnings. Text that is no such encoding has no marks. */
export function readMarks(text: string): readonly ReadMark[] {
  const marks: ReadMark[] = [];
  let at = 0;
  let isAfter = false;
  READ.lastIndex = 0;
  while (READ.lastIndex < text.length) {
    const [, code = "", took = "", began, note = ""] = READ.exec(text) ?? [];
    const name = NAMES.get(code);
    if (name === undefined) return [];
    const from = began === undefined ? at : Number(began);
    const to = from + Number(took);
    marks.push({ name, from, to, note, isAfter });
    isAfter ||= name === "answer";
    at = Math.max(at, to);
  }
  return marks.toSorted((one, other) => one.from - other.from);
}
