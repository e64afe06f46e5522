/** How many identities need somebody: shown beside their room's name. Whoever reads their standing says so here. */
import { createSignal } from "solid-js";

export interface Attention {
  readonly count: number;
  readonly of: number;
}

const [attention, set] = createSignal<Attention | undefined>();
export { attention };

export function setAttention(count: number, of: number): void {
  set(count === 0 ? undefined : { count, of });
}
