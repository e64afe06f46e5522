/** Questions of one room one after the other: together they would only wait for each other in D1, the small for the large. */
import { createMemo, type Accessor } from "solid-js";
import type { Live } from "./live.ts";

/** `input` once the present question of `live` is settled; until then what it was before, at first null. */
export function askedAfter<Input>(
  live: Pick<Live<unknown>, "isSettled">,
  input: Accessor<Input>,
): Accessor<Input | null> {
  return createMemo<Input | null>((before) => (live.isSettled() ? input() : before), null, {
    equals: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
}
