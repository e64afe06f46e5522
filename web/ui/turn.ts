/** Questions of one room one after the other: together they would only wait for each other in D1, the small for the large. */
import { createMemo, type Accessor } from "solid-js";
import type { Live } from "./live.ts";

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** `input` once the present question of `live` is settled. Null while it is not: what was answered before is then behind. */
export function askedAfter<Input>(
  live: Pick<Live<unknown>, "isSettled">,
  input: Accessor<Input>,
): Accessor<Input | null> {
  return createMemo<Input | null>(
    (before) => {
      const present = input();
      // Where only the other question changed (its next page, say), this one stands as answered.
      return live.isSettled() ? present : isSame(before, present) ? before : null;
    },
    null,
    { equals: isSame },
  );
}
