/** The levers of one identity. */
import { createSignal, type JSX, lazy, Show, Suspense, untrack } from "solid-js";
import type { IdentityCheck, IdentityView } from "../../shared/dashboard/identities.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { createActing } from "../ui/act.ts";
import { now } from "../ui/clock.ts";
import { count } from "../ui/format.ts";
import { CopyCommand } from "../ui/states.tsx";
import { sayDone } from "../ui/toast.ts";
import { CheckResult } from "./identity-check.tsx";

const ConfirmDialog = lazy(() => import("../ui/confirm.tsx"));

export function IdentityActs(props: { identity: IdentityView; refresh: () => void; edit: () => void }): JSX.Element {
  const { pool } = useSession();
  const acting = createActing(() => props.refresh());
  const [check, setCheck] = createSignal<IdentityCheck>();
  const [isDeleting, setDeleting] = createSignal(false);
  const [isTold, setTold] = createSignal(false);
  const ask = () => ({ pool: pool(), identityId: props.identity.id });
  const isBusy = () => acting.running() !== undefined;
  const id = untrack(() => props.identity.id);
  const test = async () => {
    setCheck(undefined);
    const input = ask();
    const words = { done: `${id} was tested`, failed: `${id} could not be tested` };
    setCheck(await acting.run(words, () => api.identities.test.mutate(input)));
  };
  const setPaused = (paused: boolean) => {
    const input = ask();
    const failed = `${id} could not be ${paused ? "paused" : "resumed"}`;
    const words = { done: paused ? `${id} is paused` : `${id} serves again`, failed };
    const { pause, resume } = api.identities;
    return acting.run(words, () => (paused ? pause.mutate(input) : resume.mutate(input)));
  };
  const clear = () => {
    const input = ask();
    const words = { done: `The rests of ${id} are ended`, failed: `The rests of ${id} could not be ended` };
    return acting.run(words, () => api.identities.clearCooldowns.mutate(input));
  };
  const remove = async () => {
    await api.identities.remove.mutate(ask());
    sayDone(`${id} is deleted`);
    props.refresh();
  };
  const isPaused = () => props.identity.status === "paused";
  const isResting = () => props.identity.standing?.cooldowns.some(({ until }) => until > now()) === true;
  return (
    <>
      <div class="acts">
        <Show
          when={props.identity.secretPresent}
          fallback={
            <button class="btn" type="button" aria-expanded={isTold()} onClick={() => setTold(!isTold())}>
              How to set it
            </button>
          }
        >
          <button class="btn" type="button" disabled={isBusy()} onClick={() => void test()}>
            Test now
          </button>
        </Show>
        <Show when={isResting()}>
          <button class="btn" type="button" disabled={isBusy()} onClick={() => void clear()}>
            Clear cooldown
          </button>
        </Show>
        <button class="btn quiet" type="button" disabled={isBusy()} onClick={() => void setPaused(!isPaused())}>
          {isPaused() ? "Resume" : "Pause"}
        </button>
        <button class="btn quiet" type="button" onClick={() => props.edit()}>
          Edit
        </button>
        <button class="btn quiet" type="button" onClick={() => setDeleting(true)}>
          Delete
        </button>
      </div>
      <Show when={isTold() && !props.identity.secretPresent}>
        <div class="how">
          <CopyCommand command={`npx wrangler secret put ${props.identity.secretRef}`} />
          <p class="faint">Picked up with the next deployment of the Worker, which that command makes.</p>
        </div>
      </Show>
      <Show when={check()}>
        {(known) => <CheckResult check={known()} identity={props.identity} edit={props.edit} />}
      </Show>
      <Suspense>
        <Show when={isDeleting()}>
          <ConfirmDialog
            title={`Delete ${id}?`}
            consequence={
              <>
                It stops serving at once, its scopes are forgotten, and the pool loses {count(limitOf(props.identity))}{" "}
                units an hour of core. The secret {props.identity.secretRef} stays with the Worker.
              </>
            }
            deed={`Delete ${id}`}
            refrain="Keep it"
            typed={id}
            onConfirm={() => remove()}
            onClose={() => setDeleting(false)}
          />
        </Show>
      </Suspense>
    </>
  );
}

/** GitHub's default for a token, where nothing was read yet. */
const limitOf = (identity: IdentityView) =>
  identity.standing?.resources.find(({ resource }) => resource === "core")?.limit ?? 5_000;
