/** A list that grows by pages: what was shown stays, and a refresh reads it all again. */
import { createMemo, createSignal, type Accessor } from "solid-js";
import { createLive, type Live, type LiveOptions } from "./live.ts";

interface PageView<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface Paged<View> {
  readonly live: Live<View>;
  /** Reads one page more. */
  more(): void;
}

/** `read` is asked page by page: first without a cursor, then with what the page before gave. */
export function createPaged<Input, Row, View extends PageView<Row>>(
  input: Accessor<Input | null>,
  read: (input: Input, cursor: string | undefined, signal: AbortSignal) => Promise<View>,
  options?: Accessor<LiveOptions>,
): Paged<View> {
  const question = createMemo(() => ({ asked: input() }));
  const [grown, setGrown] = createSignal<{ readonly of: object; readonly pages: number }>();
  // Of the present question only: another one begins with one page.
  const pages = () => {
    const known = grown();
    return known !== undefined && known.of === question() ? known.pages : 1;
  };
  const live = createLive(
    () => {
      const { asked } = question();
      return asked === null ? null : { input: asked, pages: pages() };
    },
    async (asked, signal) => {
      let view = await read(asked.input, undefined, signal);
      for (let page = 1; page < asked.pages && view.next !== null; page += 1) {
        const { rows } = view;
        const following = await read(asked.input, view.next, signal);
        view = { ...following, rows: [...rows, ...following.rows] };
      }
      return view;
    },
    options,
  );
  return { live, more: () => setGrown({ of: question(), pages: pages() + 1 }) };
}
