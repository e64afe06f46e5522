/** Every version the policy had: who saved it, when, what changed, and the way back. */
import { For, type JSX, Show } from "solid-js";
import type { PolicyHistoryView, PolicyVersionRow } from "../../shared/dashboard/policy.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { More } from "../ui/more.tsx";
import { createPaged } from "../ui/paged.ts";
import { Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";

const WORDS = { created: "created the pool", saved: "saved", restored: "restored" } as const;

export function PolicyHistory(props: { version: number; restore: (row: PolicyVersionRow) => void }): JSX.Element {
  const { pool } = useSession();
  const paged = createPaged(
    // A new version is a new question.
    () => ({ pool: pool(), version: props.version }),
    (asked, cursor, signal): Promise<PolicyHistoryView> =>
      api.policy.history.query(
        { pool: asked.pool, limit: 10, ...(cursor === undefined ? {} : { cursor }) },
        { signal },
      ),
  );
  return (
    <section class="sec history" aria-labelledby="h-history">
      <div class="sec-head">
        <h2 id="h-history">History</h2>
      </div>
      <LiveView live={paged.live} problem="The history could not be read" skeleton={<Skeleton rows={4} />}>
        {(view) => (
          <>
            <Show
              when={view().rows.length > 0}
              fallback={<Empty title="No history" text="Versions from now on are listed here." />}
            >
              <ul>
                <For each={view().rows}>
                  {(row) => <Version row={row} isCurrent={row.version === props.version} restore={props.restore} />}
                </For>
              </ul>
            </Show>
            <More paged={paged} />
          </>
        )}
      </LiveView>
    </section>
  );
}

function Version(props: {
  row: PolicyVersionRow;
  isCurrent: boolean;
  restore: (row: PolicyVersionRow) => void;
}): JSX.Element {
  return (
    <li>
      <span class="version">
        <b class="strong">{props.row.version === null ? "–" : `v${props.row.version}`}</b>
      </span>
      <span class="who">
        {props.row.actor} {WORDS[props.row.action]}{" "}
        <span class="faint">
          <Time at={props.row.at} />
        </span>
      </span>
      <span class="what">
        <Show when={props.row.changes.length > 0} fallback={<span class="faint">no rule changed</span>}>
          <For each={props.row.changes}>
            {(change) => (
              <span class="one">
                <span class="faint">{change.rule}</span>{" "}
                <Show when={change.before !== null}>
                  <del>{change.before || "none"}</del>{" "}
                </Show>
                <ins>{change.after || "none"}</ins>
              </span>
            )}
          </For>
        </Show>
      </span>
      <Show when={!props.isCurrent} fallback={<span class="tag">in force</span>}>
        <Show when={props.row.policy !== null} fallback={<span class="faint">cannot be read</span>}>
          <button class="btn quiet" type="button" onClick={() => props.restore(props.row)}>
            Restore
          </button>
        </Show>
      </Show>
    </li>
  );
}
