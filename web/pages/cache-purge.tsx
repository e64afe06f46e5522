/** The second step of a purge: what would go, counted right now. */
import { type JSX, Show } from "solid-js";
import type { CacheTarget, PurgeCountView } from "../../shared/dashboard/cache.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import ConfirmDialog from "../ui/confirm.tsx";
import { count } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { sayDone } from "../ui/toast.ts";

export default function PurgeDialog(props: {
  target: CacheTarget;
  onDone: (purged: PurgeCountView) => void;
  onClose: () => void;
}): JSX.Element {
  const { pool } = useSession();
  const ask = () => ({ pool: pool(), target: props.target });
  const counted = createLive(ask, (asked, signal) => api.cache.countPurge.query(asked, { signal }));
  const entries = () => counted.value()?.entries;
  const things = (number: number) => `${count(number)} ${number === 1 ? "entry" : "entries"}`;
  const purge = async () => {
    const { value } = props.target;
    const purged = await api.cache.purge.mutate(ask());
    sayDone(`${things(purged.entries)} of ${value} ${purged.entries === 1 ? "is" : "are"} purged`);
    props.onDone(purged);
  };
  return (
    <ConfirmDialog
      title={`Purge ${props.target.value}?`}
      consequence={<Consequence counted={counted.value()} failure={counted.failure()?.message} things={things} />}
      deed={entries() === undefined ? "Purge" : `Purge ${things(entries() ?? 0)}`}
      refrain="Keep them"
      onConfirm={() => purge()}
      onClose={() => props.onClose()}
    />
  );
}

function Consequence(props: {
  counted: PurgeCountView | undefined;
  failure: string | undefined;
  things: (number: number) => string;
}): JSX.Element {
  return (
    <Show when={props.counted} fallback={props.failure ?? "Counting what goes…"}>
      {(counted) => (
        <Show
          when={counted().entries > 0}
          fallback="Nothing in force bears it. A purge now still ends what is being fetched at this moment."
        >
          {props.things(counted().entries)} {counted().entries === 1 ? "goes" : "go"}, {count(counted().fresh)} of them
          fresh: here at once, everywhere within half a minute. The next reads cost up to {count(counted().entries)}{" "}
          units.
          <Show when={counted().kinds.length > 1}>
            <span class="faint block">
              {counted()
                .kinds.map(({ routeKind, entries }) => `${routeKind} ${count(entries)}`)
                .join(", ")}
            </span>
          </Show>
        </Show>
      )}
    </Show>
  );
}
