/** Beside an identity: why it rests or cannot serve, what it carried, and which routes hold to it now. */
import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { CooldownView, IdentityView } from "../../shared/dashboard/identities.ts";
import { now } from "../ui/clock.ts";
import { clock, count, duration, exact, percent } from "../ui/format.ts";
import { StandingMark } from "../ui/mark.tsx";
import { Time } from "../ui/time.tsx";
import { useRoomHref } from "../ui/url.ts";
import { CAUSES } from "./identity-words.ts";

const MOST_SHOWN = 4;

export function IdentityNotes(props: { identity: IdentityView }): JSX.Element {
  const rests = () => (props.identity.standing?.cooldowns ?? []).filter(({ until }) => until > now());
  const leases = () => (props.identity.standing?.leases ?? []).filter(({ until }) => until > now());
  return (
    <div class="notes">
      <Show when={props.identity.problem}>
        {(problem) => (
          <div class="callout bad">
            <StandingMark icon="key" tone="bad" />
            <span>
              <b class="strong">{problem().code.replaceAll("_", " ")}.</b> {problem().says}
              <Show when={problem().githubStatus}>{(status) => <> GitHub answered {status()}.</>}</Show>
            </span>
          </div>
        )}
      </Show>
      <For each={rests().slice(0, MOST_SHOWN)}>{(rest) => <Rest rest={rest} identity={props.identity} />}</For>
      <Show when={rests().length > MOST_SHOWN}>
        <p class="faint">and {count(rests().length - MOST_SHOWN)} more rests</p>
      </Show>
      <LastHour identity={props.identity} />
      <Show when={leases().length > 0}>
        <div>
          <h4>Live leases</h4>
          <ul>
            <For each={leases().slice(0, MOST_SHOWN)}>
              {(lease) => (
                <li>
                  <span class="clip mono">{lease.route}</span>
                  <span>{duration(lease.until - now())}</span>
                </li>
              )}
            </For>
          </ul>
        </div>
      </Show>
    </div>
  );
}

const SCOPES = { identity: "Whole identity", resource: "Only", route: "Only" } as const;

function Rest(props: { rest: CooldownView; identity: IdentityView }): JSX.Element {
  const href = useRoomHref();
  const what = () =>
    props.rest.scope === "identity" ? SCOPES.identity : `${SCOPES[props.rest.scope]} ${props.rest.on}`;
  const isBad = () => props.rest.cause === "unauthorized" || props.rest.cause === "depleted";
  return (
    <div class={isBad() ? "callout bad" : "callout"}>
      <StandingMark icon={props.rest.cause === "depleted" ? "out" : "cool"} tone={isBad() ? "bad" : "rest"} />
      <span>
        <b class="strong">{CAUSES[props.rest.cause]}</b> {what()} until{" "}
        <time datetime={new Date(props.rest.until).toISOString()} title={exact(props.rest.until)}>
          {clock(props.rest.until, now())}
        </time>
        .{" "}
        <A class="link" href={href("/traffic", { identity: props.identity.id })}>
          Its requests
        </A>
      </span>
    </div>
  );
}

function LastHour(props: { identity: IdentityView }): JSX.Element {
  const here = () => props.identity.lastHour.burnPerMinute;
  const elsewhere = () => {
    const core = props.identity.standing?.resources.find(({ resource }) => resource === "core");
    return Math.max(0, (core?.burnPerMinute ?? 0) - here());
  };
  const lastError = () => props.identity.standing?.lastError ?? null;
  return (
    <div>
      <h4>Last hour</h4>
      <ul>
        <li>
          <span class="clip">Share of pool</span>
          <span>
            {count(props.identity.lastHour.units)} units, {percent(props.identity.lastHour.share)}
          </span>
        </li>
        <Show when={here() + elsewhere() >= 0.5}>
          <li>
            <span class="clip">Burn, here and elsewhere</span>
            <span>
              {count(here())} + {count(elsewhere())}/min
            </span>
          </li>
        </Show>
        <Show when={props.identity.standing}>
          {(standing) => (
            <li>
              <span class="clip">In flight</span>
              <span>
                {count(standing().inFlight)} of {count(standing().mostInFlight)}
              </span>
            </li>
          )}
        </Show>
        <Show when={lastError()}>
          {(error) => (
            <li>
              <span class="clip">Last error</span>
              <span>
                {error().cause.replaceAll("_", " ")}, <Time at={error().at} />
              </span>
            </li>
          )}
        </Show>
      </ul>
    </div>
  );
}
