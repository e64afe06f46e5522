/** One caller: clients, grants, and the levers. */
import { A } from "@solidjs/router";
import { createSignal, For, type JSX, lazy, Show, Suspense } from "solid-js";
import type { CallerView, ClientView } from "../../shared/dashboard/callers.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { createActing } from "../ui/act.ts";
import { count, percent } from "../ui/format.ts";
import { SideDrawer } from "../ui/side-drawer.tsx";
import { Time } from "../ui/time.tsx";
import { useRoomHref } from "../ui/url.ts";
import type { Second } from "./caller-second-step.tsx";
import { CallerTags } from "./callers.tsx";

const SecondStep = lazy(() => import("./caller-second-step.tsx"));

export function CallerDrawer(props: { caller: CallerView; refresh: () => void; onClose: () => void }): JSX.Element {
  const { pool } = useSession();
  const href = useRoomHref();
  const acting = createActing(() => props.refresh());
  const [second, setSecond] = createSignal<Second>();
  const ask = () => ({ pool: pool(), callerId: props.caller.id });
  const enable = () => {
    const input = ask();
    const { login } = props.caller;
    const words = { done: `${login} is let in again`, failed: `${login} could not be enabled` };
    return acting.run(words, () => api.callers.enable.mutate(input));
  };
  const grant = (grantPool: string) => {
    const input = { ...ask(), grantPool, granted: true };
    const words = { done: `${props.caller.login} may use ${grantPool}`, failed: `${grantPool} could not be granted` };
    return acting.run(words, () => api.callers.setGrant.mutate(input));
  };
  return (
    <SideDrawer
      label={`Caller ${props.caller.login}`}
      title={<span class="mono">{props.caller.id}</span>}
      onClose={() => props.onClose()}
    >
      <h2 class="verdict">
        <span class="named">
          <b class="strong">{props.caller.login}</b>
          <CallerTags caller={props.caller} />
        </span>
      </h2>
      <p class="asked">{props.caller.name}</p>
      <Figures caller={props.caller} />
      <div class="drawer-acts">
        <A class="btn" href={href("/traffic", { caller: props.caller.id })}>
          Their requests
        </A>
        <Show
          when={props.caller.disabledAt === null}
          fallback={
            <button class="btn" type="button" disabled={acting.running() !== undefined} onClick={() => void enable()}>
              Enable
            </button>
          }
        >
          <Show when={!props.caller.isSelf}>
            <button class="btn" type="button" onClick={() => setSecond({ kind: "disable" })}>
              Disable
            </button>
          </Show>
        </Show>
      </div>
      <Show when={props.caller.holdsOtherPools}>
        <p class="faint small">
          Also holds pools that you do not. What would reach there, such as disabling, needs the admin token.
        </p>
      </Show>
      <Clients caller={props.caller} revoke={(client) => setSecond({ kind: "revoke_client", client })} />
      <Grants
        caller={props.caller}
        isBusy={acting.running() !== undefined}
        grant={(name) => void grant(name)}
        revoke={(name) => setSecond({ kind: "revoke_pool", pool: name })}
      />
      <TopRoutes caller={props.caller} />
      <Suspense>
        <Show when={second()}>
          {(asked) => (
            <SecondStep
              caller={props.caller}
              asked={asked()}
              onDone={() => props.refresh()}
              onClose={() => setSecond(undefined)}
            />
          )}
        </Show>
      </Suspense>
    </SideDrawer>
  );
}

function Figures(props: { caller: CallerView }): JSX.Element {
  const share = () => (props.caller.requests === 0 ? null : props.caller.saved / props.caller.requests);
  return (
    <dl class="facts">
      <div>
        <dt>Requests</dt>
        <dd>{count(props.caller.requests)}</dd>
      </div>
      <div>
        <dt>Saved</dt>
        <dd>{percent(share())}</dd>
      </div>
      <div>
        <dt>Fallbacks</dt>
        <dd>{count(props.caller.fallbacks)}</dd>
      </div>
      <div>
        <dt>Member as of</dt>
        <dd>
          <Time at={props.caller.membershipVerifiedAt} />
        </dd>
      </div>
    </dl>
  );
}

function Clients(props: { caller: CallerView; revoke: (client: string) => void }): JSX.Element {
  const used = (client: ClientView) =>
    client.requests === 0
      ? "no requests in this window"
      : `${count(client.requests)} requests, ${count(client.saved)} saved`;
  return (
    <section class="part">
      <h3>Clients</h3>
      <ul>
        <For each={props.caller.clients} fallback={<li class="faint">No client has a token.</li>}>
          {(client) => (
            <li>
              <span class="what">
                <span class="mono">{client.name}</span>
                <span class="faint block">
                  {used(client)}
                  <Show when={client.lastSeen}>
                    {(at) => (
                      <>
                        , <Time at={at()} />
                      </>
                    )}
                  </Show>
                </span>
              </span>
              <Show when={client.createdAt !== null} fallback={<span class="faint">no token</span>}>
                <button class="btn quiet" type="button" onClick={() => props.revoke(client.name)}>
                  Revoke
                </button>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

function Grants(props: {
  caller: CallerView;
  isBusy: boolean;
  grant: (pool: string) => void;
  revoke: (pool: string) => void;
}): JSX.Element {
  return (
    <section class="part">
      <h3>Your pools</h3>
      <ul>
        <For each={props.caller.grants}>
          {(grant) => (
            <li>
              <span class="what">
                <span class="mono">{grant.pool}</span>
                <span class="faint block">{grant.granted ? "granted" : "not granted"}</span>
              </span>
              <Show
                when={grant.granted}
                fallback={
                  <button
                    class="btn quiet"
                    type="button"
                    disabled={props.isBusy}
                    onClick={() => props.grant(grant.pool)}
                  >
                    Grant
                  </button>
                }
              >
                <Show when={!props.caller.isSelf}>
                  <button class="btn quiet" type="button" onClick={() => props.revoke(grant.pool)}>
                    Revoke
                  </button>
                </Show>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

function TopRoutes(props: { caller: CallerView }): JSX.Element {
  const href = useRoomHref();
  return (
    <Show when={props.caller.topRoutes.length > 0}>
      <section class="part">
        <h3>Top routes</h3>
        <ul>
          <For each={props.caller.topRoutes}>
            {(route) => (
              <li>
                <A
                  class="row-link mono what"
                  href={href("/traffic", { caller: props.caller.id, kind: route.routeKind })}
                >
                  {route.routeKind}
                </A>
                <span>{count(route.requests)}</span>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
