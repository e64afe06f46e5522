/** Lets a member of the organization in. The token is shown this once. */
import { Dialog } from "@kobalte/core/dialog";
import { createSignal, type JSX, Show } from "solid-js";
import type { ProvisionedView } from "../../shared/dashboard/callers.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { CopyCommand } from "../ui/states.tsx";

export default function ProvisionForm(props: { onClose: () => void; onDone: () => void }): JSX.Element {
  const { pool } = useSession();
  const [login, setLogin] = createSignal("");
  const [clientName, setClientName] = createSignal("");
  const [made, setMade] = createSignal<ProvisionedView>();
  const submit = async () => {
    const name = clientName().trim();
    const input = { pool: pool(), login: login().trim(), ...(name === "" ? {} : { clientName: name }) };
    setMade(await api.callers.provision.mutate(input));
    props.onDone();
  };
  return (
    <Show
      when={made()}
      fallback={
        <FormDialog
          title="Let somebody in"
          deed="Make a token"
          onSubmit={submit}
          onClose={() => made() === undefined && props.onClose()}
        >
          <p class="muted">
            GitHub is asked who that is and whether they belong to the organization. Then they may use this pool.
          </p>
          <div class="two">
            <Field label="GitHub login">
              <input
                class="input"
                required
                autocomplete="off"
                value={login()}
                onInput={(event) => setLogin(event.currentTarget.value)}
              />
            </Field>
            <Field label="Client" hint="Such as a machine’s name; admin unless said">
              <input
                class="input mono"
                placeholder="admin"
                value={clientName()}
                onInput={(event) => setClientName(event.currentTarget.value)}
              />
            </Field>
          </div>
        </FormDialog>
      }
    >
      {(known) => <MadeToken made={known()} onClose={() => props.onClose()} />}
    </Show>
  );
}

function MadeToken(props: { made: ProvisionedView; onClose: () => void }): JSX.Element {
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="overlay" />
        <Dialog.Content class="dialog" onPointerDownOutside={(event) => event.preventDefault()}>
          <Dialog.Title class="h2">
            {props.made.login} may use this pool as {props.made.clientName}
          </Dialog.Title>
          <Dialog.Description class="muted pad">
            This is the token, shown once: the server keeps only its hash. It replaces the one this client had before.
          </Dialog.Description>
          <div class="token">
            <CopyCommand command={props.made.token} />
          </div>
          <div class="dialog-acts">
            <button class="btn primary" type="button" onClick={() => props.onClose()}>
              I have it
            </button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog>
  );
}
