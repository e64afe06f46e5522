/** Spans of a text and what stands in their place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What stands outside was judged after what it holds: of two edits of one span the outer, the later, wins. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  let result = "";
  let from = 0;
  for (const edit of edits.toReversed().toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < from) continue; // inside a span that is gone already
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
