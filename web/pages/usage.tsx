/** What is asked over days: patterns of requests, why some were refused, and who asked. */
import type { JSX } from "solid-js";
import type { PatternsView } from "../../shared/dashboard/usage.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { createLive } from "../ui/live.ts";
import { Page } from "../ui/page.tsx";
import { createPaged } from "../ui/paged.ts";
import { LiveView, Skeleton } from "../ui/states.tsx";
import { askedAfter } from "../ui/turn.ts";
import { useUrlState, useWindow } from "../ui/url.ts";
import { CallerUse } from "./usage-callers.tsx";
import { Causes } from "./usage-causes.tsx";
import { Patterns, PatternsHead } from "./usage-patterns.tsx";
import "./rooms.css";
import "./usage.css";

const EVERY_MS = 60_000;
const every = () => ({ everyMs: EVERY_MS });
const after = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

export default function UsageRoom(): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const window = useWindow("7d");
  const asked = () => ({ pool: pool(), window: window() });
  const patterns = createPaged(
    () => ({ ...asked(), text: url.get("q") ?? "" }),
    (input, cursor, signal): Promise<PatternsView> =>
      api.usage.patterns.query({ ...input, limit: 25, ...after(cursor) }, { signal }),
    every,
  );
  const causes = createLive(
    askedAfter(patterns.live, asked),
    (input, signal) => api.usage.causes.query({ ...input, limit: 100 }, { signal }),
    every,
  );
  const callers = createPaged(
    askedAfter(causes, asked),
    (input, cursor, signal) => api.usage.callers.query({ ...input, limit: 10, ...after(cursor) }, { signal }),
    every,
  );
  return (
    <Page title="Usage" live={patterns.live} hasWindow defaultWindow="7d">
      <section class="sec first" aria-labelledby="h-patterns">
        <PatternsHead view={patterns.live.value()} />
        <LiveView live={patterns.live} problem="The patterns could not be read" skeleton={<Skeleton rows={10} />}>
          {(view) => <Patterns view={view()} paged={patterns} />}
        </LiveView>
      </section>
      <div class="usage-two">
        <section class="sec" aria-labelledby="h-causes">
          <LiveView live={causes} problem="The causes could not be read" skeleton={<Skeleton rows={5} />}>
            {(view) => <Causes view={view()} />}
          </LiveView>
        </section>
        <section class="sec" aria-labelledby="h-callers">
          <LiveView live={callers.live} problem="The callers could not be read" skeleton={<Skeleton rows={5} />}>
            {(view) => <CallerUse view={view()} paged={callers} />}
          </LiveView>
        </section>
      </div>
    </Page>
  );
}
