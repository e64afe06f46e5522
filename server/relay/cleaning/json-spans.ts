/**
 * Walks JSON text and cuts spans out of it, so that what is kept stays GitHub's own text: escapes, number forms and
 * order included (2-wire, raw mode: no body is parsed and serialised again). The text must be valid JSON.
 */
import { applyEdits, type Edit } from "./edits.ts";
import { memberOf, type Shape } from "./shape.ts";
import { endOfString, endOfValue, isSpace, isValueEnd } from "./tokens.ts";

/** What to do with one member of an object, once the whole object has been seen. */
export type MemberVerdict = "keep" | "drop" | { readonly replace: string };

/**
 * `drop`: taken out of its array (elsewhere it becomes `null`). `lose`: it goes with the element of the answer's list that
 * holds it, where the rules allow that. `refuse`: the answer cannot be cleaned.
 */
export type ObjectVerdict = "keep" | "drop" | "lose" | "refuse" | { readonly replace: string };

/** GitHub's answers nest about a dozen deep. Each level costs stack, so deeper text is refused before it runs out. */
export const MAX_DEPTH = 500;

export interface Place {
  readonly depth: number;
  /** The key under which the value stands; undefined in an array or at the top. */
  readonly under: string | undefined;
  /** The key under which the object around it stands. */
  readonly around: string | undefined;
  readonly inArray: boolean;
  /** Whether it is, or stands in, an element of the list that the whole answer is. */
  readonly inItem: boolean;
}

export interface ObjectView extends Place {
  /** The member's raw JSON text, of a repeated key the last, as parsers take it; undefined where there is none. */
  raw(key: string): string | undefined;
  has(key: string): boolean;
}

export interface SpanRules {
  /** What may stand where; absent: everything. */
  readonly shape?: Shape;
  /** Keys that no rule ever touches are most of them: a cheap look before the member is judged. */
  concerns(key: string): boolean;
  member(key: string, object: ObjectView): MemberVerdict;
  object(object: ObjectView): ObjectVerdict;
  /** Whether so many of the answer's elements may be dropped. Absent: none may. */
  mayLose?(lost: number, listed: number): boolean;
}

/** The text without what the rules drop; undefined where they, or its depth, refuse it. Equal text means nothing was cut. */
export function cutSpans(text: string, rules: SpanRules): string | undefined {
  const walk = new Walk(text, rules);
  walk.value({ depth: 0, under: undefined, around: undefined, inArray: false, inItem: false }, rules.shape);
  if (walk.refused || (walk.lost > 0 && rules.mayLose?.(walk.lost, walk.listed) !== true)) return undefined;
  return applyEdits(text, walk.edits);
}

const QUOTE = 34;
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
  /** The shape has no place for it. */
  readonly dropped: boolean;
}

class Walk {
  readonly #text: string;
  readonly #rules: SpanRules;
  #at = 0;
  /** The element being walked holds something that it goes with. */
  #loses = false;
  refused = false;
  lost = 0;
  listed = 0;
  readonly edits: Edit[] = [];

  constructor(text: string, rules: SpanRules) {
    this.#text = text;
    this.#rules = rules;
  }

  /** @returns true where the value is to be taken out of what it stands in. */
  value(place: Place, shape: Shape | undefined): boolean {
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    const nests = code === OPEN_BRACE || code === OPEN_BRACKET;
    if (nests && place.depth >= MAX_DEPTH) this.refused = true;
    else if (code === OPEN_BRACE && shape === "leaf") return this.#skip();
    else if (code === OPEN_BRACE) return this.#object(place, shape);
    else if (code === OPEN_BRACKET) this.#array(place, shape);
    else if (code === QUOTE) this.#at = endOfString(this.#text, this.#at);
    else this.#plain();
    return false;
  }

  #skip(): true {
    this.#at = endOfValue(this.#text, this.#at);
    return true;
  }

  /** A number, true, false or null. */
  #plain(): void {
    const start = this.#at;
    while (this.#at < this.#text.length && !isValueEnd(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw new SyntaxError("not a JSON value");
  }

  #object(place: Place, shape: Shape | undefined): boolean {
    const start = this.#at++;
    const members: Member[] = [];
    const { depth, under: around, inItem } = place;
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
      const key = this.#key();
      const valueStart = this.#at;
      const held = shape === undefined ? undefined : memberOf(shape, key);
      const dropped =
        shape !== undefined && held === undefined
          ? this.#skip()
          : this.value({ depth: depth + 1, under: key, around, inArray: false, inItem }, held) && held === "leaf";
      members.push({ key, start: keyStart, valueStart, end: this.#at, dropped });
      if (this.refused) return false;
    }
    this.#at++;
    return this.#judge(members, start, place);
  }

  #judge(members: readonly Member[], start: number, place: Place): boolean {
    const view = new View(this.#text, members, place);
    const whole = this.#rules.object(view);
    if (whole === "lose" && place.inItem) this.#loses = true;
    else if (whole === "refuse" || whole === "lose") this.refused = true;
    else if (whole === "keep") this.#cutMembers(members, view);
    else if (whole !== "drop") this.edits.push({ start, end: this.#at, text: whole.replace });
    else if (!place.inArray) this.edits.push({ start, end: this.#at, text: "null" });
    return whole === "drop";
  }

  #cutMembers(members: readonly Member[], view: ObjectView): void {
    this.#cutFrom(members, (member) => {
      if (member.dropped) return true;
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

  #array(place: Place, shape: Shape | undefined): void {
    const items: Item[] = [];
    const isList = place.depth === 0;
    const within: Place = {
      depth: place.depth + 1,
      under: undefined,
      around: place.inArray ? place.around : place.under,
      inArray: true,
      inItem: place.inItem || isList,
    };
    this.#at++;
    for (;;) {
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code === CLOSE_BRACKET) break;
      if (code === COMMA) this.#at++;
      else {
        const start = this.#at;
        if (isList) this.#loses = false;
        const cut = this.value(within, shape);
        const loses = isList && (this.#loses || (cut && shape === "leaf"));
        if (isList) this.listed++;
        if (loses) this.lost++;
        items.push({ start, end: this.#at, dropped: cut || loses });
      }
      if (this.refused) return;
      if (this.#at >= this.#text.length) throw new SyntaxError("not a JSON array");
    }
    this.#at++;
    this.#cutFrom(items, (item) => item.dropped);
  }

  /** Moves past a key and its colon, and gives it decoded. */
  #key(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    const key = this.#text.slice(start + 1, this.#at - 1);
    const decoded = key.includes("\\") ? (JSON.parse(this.#text.slice(start, this.#at)) as string) : key;
    this.#space();
    this.#at++;
    this.#space();
    return decoded;
  }

  #space(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}

class View implements ObjectView {
  readonly #text: string;
  readonly #members: readonly Member[];
  readonly depth: number;
  readonly under: string | undefined;
  readonly around: string | undefined;
  readonly inArray: boolean;
  readonly inItem: boolean;

  constructor(text: string, members: readonly Member[], place: Place) {
    this.#text = text;
    this.#members = members;
    this.depth = place.depth;
    this.under = place.under;
    this.around = place.around;
    this.inArray = place.inArray;
    this.inItem = place.inItem;
  }

  #find(key: string): Member | undefined {
    for (let index = this.#members.length - 1; index >= 0; index--) {
      const member = this.#members[index];
      if (member?.key === key) return member;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  raw(key: string): string | undefined {
    const member = this.#find(key);
    return member && this.#text.slice(member.valueStart, member.end);
  }
}
