/**
 * Walks JSON text and cuts spans out of it, so that what is kept stays GitHub's own text: escapes, number forms and
 * order included (2-wire, raw mode: no body is parsed and serialised again). The text must be valid JSON.
 */

/** What to do with one member of an object, once the whole object has been seen. */
export type MemberVerdict = "keep" | "drop" | { readonly replace: string };

export type ObjectVerdict = "keep" | "drop" | "refuse" | { readonly replace: string };

/** GitHub's answers nest about a dozen deep. Each level costs stack, so deeper text is refused before it runs out. */
export const MAX_DEPTH = 500;

export interface ObjectView {
  /** The member's raw JSON text, of a repeated key the last, as parsers take it; undefined where there is none. */
  raw(key: string): string | undefined;
  has(key: string): boolean;
  readonly depth: number;
  /** The key under which the object stands; undefined in an array or at the top. */
  readonly under: string | undefined;
  readonly inArray: boolean;
}

export interface SpanRules {
  /** Keys that no rule ever touches are most of them: a cheap look before the member is judged. */
  concerns(key: string): boolean;
  member(key: string, object: ObjectView): MemberVerdict;
  /** The object as a whole: kept, taken out of its array (elsewhere it becomes `null`), or replaced; `refuse` ends the walk. */
  object(object: ObjectView): ObjectVerdict;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text without what the rules drop; undefined where they, or its depth, refuse it. Equal text means nothing was cut. */
export function cutSpans(text: string, rules: SpanRules): string | undefined {
  const walk = new Walk(text, rules);
  walk.value(0, undefined, false);
  if (walk.refused) return undefined;
  return applyEdits(text, walk.edits);
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  let result = "";
  let from = 0;
  // What stands outside was judged after what it holds: of two edits of one span the outer wins.
  for (const edit of edits.toReversed().toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < from) continue; // inside a span that is gone already
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Item extends Span {
  readonly dropped: boolean;
}

interface Member extends Span {
  readonly key: string;
  readonly valueStart: number;
}

class Walk {
  readonly #text: string;
  readonly #rules: SpanRules;
  #at = 0;
  refused = false;
  readonly edits: Edit[] = [];

  constructor(text: string, rules: SpanRules) {
    this.#text = text;
    this.#rules = rules;
  }

  /** True where the value is to be taken out of the array it stands in. */
  value(depth: number, under: string | undefined, inArray: boolean): boolean {
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    const nests = code === OPEN_BRACE || code === OPEN_BRACKET;
    if (nests && depth >= MAX_DEPTH) this.refused = true;
    else if (code === OPEN_BRACE) return this.#object(depth, under, inArray);
    else if (code === OPEN_BRACKET) this.#array(depth);
    else if (code === QUOTE) this.#string();
    else this.#plain();
    return false;
  }

  /** A number, true, false or null. */
  #plain(): void {
    const start = this.#at;
    while (this.#at < this.#text.length && !isEnd(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw new SyntaxError("not a JSON value");
  }

  #object(depth: number, under: string | undefined, inArray: boolean): boolean {
    const start = this.#at++;
    const members: Member[] = [];
    for (;;) {
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code === CLOSE_BRACE) break;
      if (code === COMMA) {
        this.#at++;
        continue;
      }
      if (code !== QUOTE) throw new SyntaxError("not a JSON object");
      const keyStart = this.#at;
      const key = this.#string();
      this.#space();
      this.#at++; // the colon
      this.#space();
      const valueStart = this.#at;
      this.value(depth + 1, key, false);
      members.push({ key, start: keyStart, valueStart, end: this.#at });
      if (this.refused) return false;
    }
    this.#at++;
    return this.#judge(members, start, { depth, under, inArray });
  }

  #judge(
    members: readonly Member[],
    start: number,
    place: { depth: number; under: string | undefined; inArray: boolean },
  ): boolean {
    const find = (key: string): Member | undefined => members.findLast((member) => member.key === key);
    const view: ObjectView = {
      ...place,
      has: (key) => find(key) !== undefined,
      raw: (key) => {
        const member = find(key);
        return member && this.#text.slice(member.valueStart, member.end);
      },
    };
    const whole = this.#rules.object(view);
    if (whole === "refuse") this.refused = true;
    else if (whole === "keep") this.#cutMembers(members, view);
    else if (whole !== "drop") this.edits.push({ start, end: this.#at, text: whole.replace });
    else if (!place.inArray) this.edits.push({ start, end: this.#at, text: "null" });
    return whole === "drop";
  }

  #cutMembers(members: readonly Member[], view: ObjectView): void {
    this.#cutFrom(members, (member) => {
      const verdict = this.#rules.concerns(member.key) ? this.#rules.member(member.key, view) : "keep";
      if (verdict === "drop") return true;
      if (verdict !== "keep") this.edits.push({ start: member.valueStart, end: member.end, text: verdict.replace });
      return false;
    });
  }

  /** A comma goes with what follows it once anything before it is kept, else with what it follows. */
  #cutFrom<T extends Span>(row: readonly T[], isDropped: (one: T) => boolean): void {
    let keptAny = false;
    row.forEach((one, index) => {
      if (!isDropped(one)) {
        keptAny = true;
        return;
      }
      const start = keptAny ? row[index - 1]?.end : one.start;
      const end = keptAny ? one.end : row[index + 1]?.start;
      this.edits.push({ start: start ?? one.start, end: end ?? one.end, text: "" });
    });
  }

  #array(depth: number): void {
    const items: Item[] = [];
    this.#at++;
    for (;;) {
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code === CLOSE_BRACKET) break;
      if (code === COMMA) this.#at++;
      else {
        const start = this.#at;
        const dropped = this.value(depth + 1, undefined, true);
        items.push({ start, end: this.#at, dropped });
      }
      if (this.refused) return;
      if (this.#at >= this.#text.length) throw new SyntaxError("not a JSON array");
    }
    this.#at++;
    this.#cutFrom(items, (item) => item.dropped);
  }

  /** Moves past a string and gives it decoded. */
  #string(): string {
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (Number.isNaN(code)) throw new SyntaxError("an unfinished JSON string");
      if (code === BACKSLASH) {
        escaped = true;
        this.#at++;
      }
      this.#at++;
    }
    this.#at++;
    if (escaped) return JSON.parse(this.#text.slice(start, this.#at)) as string;
    return this.#text.slice(start + 1, this.#at - 1);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }
}

function isEnd(code: number): boolean {
  return (
    code === COMMA ||
    code === CLOSE_BRACE ||
    code === CLOSE_BRACKET ||
    code === 32 ||
    code === 10 ||
    code === 13 ||
    code === 9
  );
}
