import { A } from "@solidjs/router";
import type { JSX } from "solid-js";
import { Page } from "../ui/page.tsx";
import { Empty } from "../ui/states.tsx";
import { useRoomHref } from "../ui/url.ts";

export default function NotFound(): JSX.Element {
  const href = useRoomHref();
  return (
    <Page title="Nothing here">
      <Empty title="There is no such room" text="The address may be mistyped, or the room has another name now.">
        <A class="btn" href={href("/")}>
          To the overview
        </A>
      </Empty>
    </Page>
  );
}
