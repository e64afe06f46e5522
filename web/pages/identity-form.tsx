/** Adds an identity, or changes what is said of one. The credential itself never passes here. */
import { createSignal, type JSX, Show, untrack } from "solid-js";
import type { IdentityForm as Said, IdentityView } from "../../shared/dashboard/identities.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { Check, Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { sayDone } from "../ui/toast.ts";
import { scopesOf, scopesText } from "./identity-scopes.ts";

export default function IdentityForm(props: {
  /** Undefined: a new one. */
  known: IdentityView | undefined;
  onClose: () => void;
  onDone: () => void;
}): JSX.Element {
  const { pool } = useSession();
  const start = untrack(() => props.known);
  const [id, setId] = createSignal(start?.id ?? "");
  const [kind, setKind] = createSignal<"pat" | "github_app">(start?.kind ?? "pat");
  const [login, setLogin] = createSignal(start?.login ?? "");
  const [secretRef, setSecretRef] = createSignal(start?.secretRef ?? "");
  const [installation, setInstallation] = createSignal(start?.installationId?.toString() ?? "");
  const [weight, setWeight] = createSignal(String(start?.weight ?? 100));
  const [publicOnly, setPublicOnly] = createSignal(start?.publicOnly ?? false);
  const [scopes, setScopes] = createSignal(start === undefined ? "*" : scopesText(start.scopes));
  const said = (): Said => ({
    id: id().trim(),
    kind: kind(),
    login: login().trim(),
    secret_ref: secretRef().trim(),
    ...(kind() === "github_app" ? { installation_id: Number(installation()) } : {}),
    weight: Number(weight()),
    public_only: publicOnly(),
    scopes: scopesOf(scopes()),
  });
  const submit = async () => {
    const identity = { ...said(), scopes: [...said().scopes] };
    await api.identities.put.mutate({ pool: pool(), mode: start === undefined ? "add" : "edit", identity });
    sayDone(start === undefined ? `${identity.id} was added` : `${identity.id} was changed`);
    props.onDone();
  };
  return (
    <FormDialog
      title={start === undefined ? "Add an identity" : `Edit ${start.id}`}
      deed={start === undefined ? "Add identity" : "Save"}
      onSubmit={submit}
      onClose={() => props.onClose()}
    >
      <Show when={start === undefined}>
        <div class="two">
          <Field label="Id" hint="How it is named everywhere">
            <input
              class="input mono"
              required
              pattern="[A-Za-z0-9_.\-]{1,64}"
              placeholder="pat_alice"
              value={id()}
              onInput={(event) => setId(event.currentTarget.value)}
            />
          </Field>
          <Field label="Kind">
            <select class="input" value={kind()} onChange={(event) => setKind(event.currentTarget.value as "pat")}>
              <option value="pat">Personal access token</option>
              <option value="github_app">GitHub App installation</option>
            </select>
          </Field>
        </div>
      </Show>
      <div class="two">
        <Field label="GitHub login" hint="Whose quota it spends">
          <input class="input" required value={login()} onInput={(event) => setLogin(event.currentTarget.value)} />
        </Field>
        <Field label="Secret" hint="The name of a Worker secret, never its value">
          <input
            class="input mono"
            required
            pattern="[A-Z][A-Z0-9_]{2,99}"
            placeholder="PAT_ALICE"
            value={secretRef()}
            onInput={(event) => setSecretRef(event.currentTarget.value)}
          />
        </Field>
      </div>
      <div class="two">
        <Show when={kind() === "github_app"}>
          <Field label="Installation id">
            <input
              class="input"
              type="number"
              min="1"
              required
              value={installation()}
              onInput={(event) => setInstallation(event.currentTarget.value)}
            />
          </Field>
        </Show>
        <Field label="Weight" hint="Breaks near-ties; 100 is usual">
          <input
            class="input"
            type="number"
            min="1"
            max="10000"
            required
            value={weight()}
            onInput={(event) => setWeight(event.currentTarget.value)}
          />
        </Field>
      </div>
      <Field label="Scopes" hint="One a line: owner/repo, owner, or * for every repository proven public">
        <textarea class="input" rows="3" value={scopes()} onInput={(event) => setScopes(event.currentTarget.value)} />
      </Field>
      <Check
        label="Public only"
        hint="Your word that the credential can see nothing private; it may then fill what only anonymous sources may."
        checked={publicOnly()}
        onChange={setPublicOnly}
      />
    </FormDialog>
  );
}
