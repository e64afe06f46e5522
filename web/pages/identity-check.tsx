/** What came of testing an identity. */
import { type JSX, Match, Show, Switch } from "solid-js";
import type { IdentityCheck, IdentityView } from "../../shared/dashboard/identities.ts";
import { count, latency } from "../ui/format.ts";
import { StandingMark } from "../ui/mark.tsx";

type Of<Kind extends IdentityCheck["kind"]> = Extract<IdentityCheck, { readonly kind: Kind }>;

function as<Kind extends IdentityCheck["kind"]>(check: IdentityCheck, kind: Kind): Of<Kind> | undefined {
  return check.kind === kind ? (check as Of<Kind>) : undefined;
}

export function CheckResult(props: { check: IdentityCheck; identity: IdentityView; edit: () => void }): JSX.Element {
  const isWell = () => props.check.kind === "accepted";
  return (
    <output class={isWell() ? "callout well check" : "callout bad check"}>
      <StandingMark icon={isWell() ? "ok" : "warn"} tone={isWell() ? "ok" : "bad"} />
      <div>
        <Switch>
          <Match when={as(props.check, "accepted")}>
            {(known) => <Accepted check={known()} identity={props.identity} edit={props.edit} />}
          </Match>
          <Match when={as(props.check, "refused")}>
            {(known) => (
              <>
                <b class="strong">GitHub refused it: {known().githubStatus}.</b> {REFUSALS[known().cause]}
              </>
            )}
          </Match>
          <Match when={as(props.check, "unreachable")}>
            <b class="strong">GitHub did not answer within 8 s.</b> Nothing is known of the credential.
          </Match>
          <Match when={as(props.check, "unusable")}>
            {(known) => (
              <>
                <b class="strong">It was not asked.</b> {known().problem.says}
              </>
            )}
          </Match>
        </Switch>
      </div>
    </output>
  );
}

const REFUSALS: Readonly<Record<Of<"refused">["cause"], string>> = {
  unauthorized: "The credential is unknown or revoked; the identity rests.",
  depleted: "Nothing is left until its reset.",
  throttled: "It must wait; the identity rests.",
  forbidden: "It may not ask this.",
  failed: "The answer was of no use.",
};

function Accepted(props: { check: Of<"accepted">; identity: IdentityView; edit: () => void }): JSX.Element {
  const core = () => props.check.rates.find(({ resource }) => resource === "core");
  return (
    <>
      <b class="strong">GitHub takes it</b>, in {latency(props.check.tookMs)}, at no cost.
      <Show when={core()}>
        {(rate) => (
          <>
            {" "}
            {count(rate().remaining)} of {count(rate().limit)} of core left.
          </>
        )}
      </Show>{" "}
      <Show
        when={props.check.scopes}
        fallback="GitHub shows no scopes for this kind of credential, so what it may see is not known."
      >
        {(scopes) => (
          <Show
            when={scopes().length > 0}
            fallback={
              <>
                GitHub shows no scopes: it sees nothing private.
                <Show when={!props.identity.publicOnly}>
                  {" "}
                  <button class="link" type="button" onClick={() => props.edit()}>
                    Mark it public only
                  </button>
                </Show>
              </>
            }
          >
            Its scopes: <span class="mono">{scopes().join(", ")}</span>.
            <Show when={props.identity.publicOnly}> It is marked public only, which these do not confirm.</Show>
          </Show>
        )}
      </Show>
    </>
  );
}
