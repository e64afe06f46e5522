/** What the pool allows: edited with a preview of what would change, saved as a new version, and put back. */
import { createEffect, createMemo, createSignal, type JSX, lazy, on, Show, Suspense, untrack } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import type { PolicyValues, PolicyVersionRow, PolicyView } from "../../shared/dashboard/policy.ts";
import { api, failureOf } from "../api.ts";
import { useSession } from "../session.tsx";
import { count } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { Page } from "../ui/page.tsx";
import { Banner, LiveView, Skeleton } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { sayDone, sayFailed } from "../ui/toast.ts";
import { changedRules, type Draft, draftOf, valuesOf } from "./policy-draft.ts";
import { isWithinLimits, PolicyForm } from "./policy-form.tsx";
import { PolicyHistory } from "./policy-history.tsx";
import { Preview } from "./policy-preview.tsx";
import "./rooms.css";
import "./policy.css";

const ConfirmDialog = lazy(() => import("../ui/confirm.tsx"));

const EVERY_MS = 30_000;

export default function Policy(): JSX.Element {
  const { pool } = useSession();
  const live = createLive(
    pool,
    (asked, signal) => api.policy.get.query({ pool: asked }, { signal }),
    () => ({ everyMs: EVERY_MS }),
  );
  return (
    <Page title="Policy" live={live}>
      <LiveView live={live} problem="The policy could not be read" skeleton={<Skeleton rows={10} />}>
        {(view) => <Editor view={view()} refresh={() => live.refresh()} />}
      </LiveView>
    </Page>
  );
}

function Editor(props: { view: PolicyView; refresh: () => void }): JSX.Element {
  const { pool } = useSession();
  const base = () => props.view.policy ?? props.view.defaults;
  const [draft, setDraft] = createStore<Draft>(draftOf(untrack(base)));
  const [onto, setOnto] = createSignal(untrack(() => props.view.version));
  const [wrong, setWrong] = createSignal<string>();
  const [isSaving, setSaving] = createSignal(false);
  const [restoring, setRestoring] = createSignal<PolicyVersionRow>();
  const values = createMemo<PolicyValues>(() => valuesOf(draft));
  const changed = createMemo(() => changedRules(base(), values()));
  const isChanged = () => changed().length > 0 || props.view.policy === null;
  const start = () => {
    setDraft(reconcile(draftOf(base())));
    setOnto(props.view.version);
    setWrong(undefined);
  };
  // Another operator saved: what is not edited here follows; what is stays, and is told so.
  createEffect(
    on(
      () => props.view.version,
      () => !isChanged() && start(),
      { defer: true },
    ),
  );
  const isOvertaken = () => props.view.version !== onto() && isChanged();
  const save = async () => {
    setSaving(true);
    setWrong(undefined);
    try {
      const saved = await api.policy.save.mutate({ pool: pool(), policy: { ...values() }, version: onto() });
      sayDone(`Version ${saved.version} of the policy holds`);
      setOnto(saved.version);
      props.refresh();
    } catch (error) {
      const { code } = failureOf(error);
      setWrong(code === "invalid_policy" ? failureOf(error).message : undefined);
      sayFailed("The policy could not be saved", error);
    }
    setSaving(false);
  };
  return (
    <>
      <Show when={props.view.policy === null}>
        <Banner icon="warn">
          <b class="strong">The pool is closed: its policy cannot be read.</b> Below is what a new pool would have; save
          it to open the pool.
        </Banner>
      </Show>
      <Show when={isOvertaken()}>
        <Banner
          icon="warn"
          action={
            <button class="btn" type="button" onClick={start}>
              Take theirs
            </button>
          }
        >
          <b class="strong">Somebody else saved version {props.view.version}</b> while you edited version {onto()}.
        </Banner>
      </Show>
      <div class="policy-grid">
        <section class="sec" aria-labelledby="h-policy">
          <div class="sec-head">
            <h2 id="h-policy">Version {props.view.version}</h2>
            <span class="faint">
              since <Time at={props.view.updatedAt} />
            </span>
          </div>
          <PolicyForm draft={draft} setDraft={setDraft} changed={changed()} />
          <Show when={wrong()}>
            <p class="bad-ink pad" role="alert">
              {wrong()}
            </p>
          </Show>
          <div class="policy-acts">
            <button class="btn primary" type="button" disabled={!isChanged() || isSaving()} onClick={() => void save()}>
              Save version {onto() + 1}
            </button>
            <button class="btn quiet" type="button" disabled={changed().length === 0} onClick={start}>
              Discard
            </button>
            <span class="faint">{changed().length === 0 ? "nothing edited" : `${count(changed().length)} edited`}</span>
          </div>
        </section>
        <section class="sec" aria-labelledby="h-preview">
          <Preview values={values()} isChanged={changed().length > 0} isWithinLimits={isWithinLimits(draft)} />
        </section>
      </div>
      <PolicyHistory version={props.view.version} restore={setRestoring} />
      <Suspense>
        <Show when={restoring()}>
          {(row) => (
            <Restore
              row={row()}
              version={props.view.version}
              onDone={() => {
                setDraft(reconcile(draftOf(row().policy ?? base())));
                props.refresh();
              }}
              onClose={() => setRestoring(undefined)}
            />
          )}
        </Show>
      </Suspense>
    </>
  );
}

function Restore(props: {
  row: PolicyVersionRow;
  version: number;
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { pool } = useSession();
  const name = () => `version ${props.row.version ?? "of then"}`;
  const restore = async () => {
    await api.policy.restore.mutate({ pool: pool(), eventId: props.row.eventId, version: props.version });
    sayDone(`${name()} is restored`);
    props.onDone();
  };
  return (
    <ConfirmDialog
      title={`Restore ${name()}?`}
      consequence={`What ${name()} said holds at once, as version ${props.version + 1}. Everything saved since is in the history, and can be put back the same way.`}
      deed={`Restore ${name()}`}
      refrain={`Keep version ${props.version}`}
      onConfirm={() => restore()}
      onClose={() => props.onClose()}
    />
  );
}
