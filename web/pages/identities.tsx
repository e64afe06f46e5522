/** Who serves: every identity with what is left of it, why it rests, and the levers. */
import { createMemo, createSignal, For, type JSX, lazy, Show, Suspense } from "solid-js";
import type { IdentitiesView, IdentityView } from "../../shared/dashboard/identities.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { useStanding } from "../standing.tsx";
import { now } from "../ui/clock.ts";
import { StandingMark } from "../ui/mark.tsx";
import { More } from "../ui/more.tsx";
import { Page } from "../ui/page.tsx";
import { createPaged } from "../ui/paged.ts";
import { Banner, CopyCommand, Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { IdentityBlock } from "./identity-block.tsx";
import { Horizon } from "./identity-horizon.tsx";
import { abilityOf, canServe, inOrder, sentencePart } from "./identity-words.ts";
import "./overview.css";
import "./identities.css";

const IdentityForm = lazy(() => import("./identity-form.tsx"));

const EVERY_MS = 5_000;
const PAGE_ROWS = 50;

export default function Identities(): JSX.Element {
  const { pool } = useSession();
  const [editing, setEditing] = createSignal<IdentityView | "new">();
  const paged = createPaged(
    pool,
    (asked, cursor, signal) =>
      api.identities.list.query(
        { pool: asked, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) },
        { signal },
      ),
    () => ({ everyMs: EVERY_MS }),
  );
  const { live } = paged;
  const standing = useStanding();
  /** The navigation and the overview tell of the same identities: they follow at once. */
  const refresh = () => {
    live.refresh();
    standing.refresh();
  };
  const add = () => (
    <button class="btn primary" type="button" onClick={() => setEditing("new")}>
      Add identity
    </button>
  );
  return (
    <Page title="Identities" live={live}>
      <LiveView live={live} problem="Identities could not be read" skeleton={<Skeleton rows={10} />}>
        {(view) => (
          <Show when={view().rows.length > 0} fallback={<NoIdentity add={add()} />}>
            <HealthLine view={view()} add={add()} />
            <Show when={!view().coordinatorAnswered}>
              <Banner icon="warn">
                <b class="strong">Standings are missing:</b> the pool’s coordinator did not answer. Requests go on; each
                fills alone until it does.
              </Banner>
            </Show>
            <Horizon identities={inOrder(view().rows, now())} />
            <List view={view()} refresh={refresh} edit={setEditing} />
            <More paged={paged} />
          </Show>
        )}
      </LiveView>
      <Suspense>
        <Show when={editing()}>
          {(what) => (
            <IdentityForm
              known={what() === "new" ? undefined : (what() as IdentityView)}
              onClose={() => setEditing(undefined)}
              onDone={refresh}
            />
          )}
        </Show>
      </Suspense>
    </Page>
  );
}

/** Blocks keep their place while the numbers in them move: the order is by trouble, the elements by id. */
function List(props: {
  view: IdentitiesView;
  refresh: () => void;
  edit: (identity: IdentityView) => void;
}): JSX.Element {
  const ids = createMemo(() => inOrder(props.view.rows, now()).map(({ id }) => id), [] as string[], {
    equals: (one, other) => one.join() === other.join(),
  });
  return (
    <For each={ids()}>
      {(id) => (
        <Show when={props.view.rows.find((row) => row.id === id)}>
          {(identity) => (
            <IdentityBlock identity={identity()} refresh={props.refresh} edit={() => props.edit(identity())} />
          )}
        </Show>
      )}
    </For>
  );
}

function HealthLine(props: { view: IdentitiesView; add: JSX.Element }): JSX.Element {
  const able = () => props.view.rows.filter((row) => canServe(abilityOf(row, now()))).length;
  const parts = () =>
    inOrder(props.view.rows, now()).flatMap((row) => {
      const words = sentencePart(row, now());
      return words === undefined ? [] : [`${row.id} ${words}`];
    });
  const isWell = () => parts().length === 0;
  return (
    <section class="health" aria-label="Health">
      <StandingMark icon={isWell() ? "ok" : "warn"} tone={isWell() ? "ok" : able() === 0 ? "bad" : "warn"} />
      <p>
        <b>
          {able()} of {props.view.rows.length} {props.view.rows.length === 1 ? "identity" : "identities"} can serve core
        </b>
        <span class="rest">{isWell() ? "; each lasts to its reset." : `; ${parts().join(", ")}.`}</span>
      </p>
      <div class="act">{props.add}</div>
    </section>
  );
}

function NoIdentity(props: { add: JSX.Element }): JSX.Element {
  return (
    <Empty
      title="No identity in this pool yet"
      text="Without one, only what GitHub answers to anybody can be relayed. Store a token as a secret of the Worker, then add the identity that names it."
    >
      <CopyCommand command="npx wrangler secret put PAT_ALICE" />
      <p class="pad">{props.add}</p>
    </Empty>
  );
}
