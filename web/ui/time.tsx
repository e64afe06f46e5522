import type { JSX } from "solid-js";
import { now } from "./clock.ts";
import { exact, relative } from "./format.ts";

/** When, relative; local time and UTC in its title. Other words for it may stand inside. */
export function Time(props: { at: number; children?: JSX.Element }): JSX.Element {
  return (
    <time datetime={new Date(props.at).toISOString()} title={exact(props.at)}>
      {props.children ?? relative(props.at, now())}
    </time>
  );
}
