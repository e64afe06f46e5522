import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { IdentityState, PoolStanding, ResourceStanding } from "../../shared/dashboard/overview.ts";
import { now } from "../ui/clock.ts";
import { clock, count, countdown } from "../ui/format.ts";
import { Gauge } from "../ui/gauge.tsx";
import { StandingMark } from "../ui/mark.tsx";
import { Empty } from "../ui/states.tsx";
import { useRoomHref } from "../ui/url.ts";
import { about, backAt, problemWords } from "./health-sentence.ts";
import { markOf } from "./overview-health.tsx";
import "../ui/gauge.css";

/** How much of `core` each identity has left, worst first. */
export function QuotaList(props: { standing: PoolStanding }): JSX.Element {
  const href = useRoomHref();
  return (
    <Show
      when={props.standing.identities.length > 0}
      fallback={
        <Empty
          title="No identity yet"
          text="Add one, so that the pool can answer what GitHub tells only those it knows."
        >
          <A class="btn" href={href("/identities")}>
            Add an identity
          </A>
        </Empty>
      }
    >
      <ul class="quota">
        <For each={props.standing.identities}>{(identity) => <QuotaRow identity={identity} />}</For>
      </ul>
      <div class="key">
        <span>
          <i class="gauge">
            <i class="stays full" />
          </i>
          left at reset
        </span>
        <span>
          <i class="gauge">
            <i class="goes full" />
          </i>
          spent before reset at this burn
        </span>
      </div>
    </Show>
  );
}

function QuotaRow(props: { identity: IdentityState }): JSX.Element {
  const href = useRoomHref();
  const core = () => props.identity.resources.find(({ id }) => id === "core");
  return (
    <li>
      <A href={`${href("/identities")}#${props.identity.id}`}>
        <span class="name">
          <StandingMark {...markOf(props.identity)} />
          <span class="mono clip">{props.identity.id}</span>
        </span>
        <Show when={core()} fallback={<NoReading identity={props.identity} />}>
          {(known) => <Reading identity={props.identity} core={known()} />}
        </Show>
      </A>
    </li>
  );
}

function NoReading(props: { identity: IdentityState }): JSX.Element {
  return (
    <>
      <span class="left faint">no reading</span>
      <Gauge stays={0} goes={0} tone="none" label="no reading" />
      <span class="foot">
        <Words identity={props.identity} />
        <span>{props.identity.lastError === null ? "not asked yet" : `last: ${props.identity.lastError.cause}`}</span>
      </span>
    </>
  );
}

const TONES = { runs_dry: "warn", depleted: "empty", cooling: "rest", paused: "rest", broken: "rest" } as const;

function Reading(props: { identity: IdentityState; core: ResourceStanding }): JSX.Element {
  const stays = () => (props.core.remaining - props.core.forecast.goes) / props.core.limit;
  const goes = () => props.core.forecast.goes / props.core.limit;
  const tone = () =>
    props.identity.ability in TONES ? TONES[props.identity.ability as keyof typeof TONES] : undefined;
  const isFull = () => props.core.resetAt <= now();
  const burn = () => Math.round((props.core.forecast.burnFrom + props.core.forecast.burnTo) / 2);
  return (
    <>
      <span class="left">
        <b class="strong">{count(props.core.remaining)}</b> <span class="faint">of {count(props.core.limit)}</span>
      </span>
      <Gauge
        stays={stays()}
        goes={goes()}
        {...(tone() === undefined ? {} : { tone: tone() as "warn" })}
        label={`${props.core.remaining} of ${props.core.limit} left, about ${Math.round(props.core.forecast.goes)} of it spent before the reset`}
      />
      <span class="foot">
        <Words identity={props.identity} />
        <span>
          <Show when={!isFull()} fallback="full since its reset">
            <Show when={burn() > 0}>{count(burn())}/min, </Show>resets in {countdown(props.core.resetAt - now())}
          </Show>
        </span>
      </span>
    </>
  );
}

/** How it stands, in words. */
function Words(props: { identity: IdentityState }): JSX.Element {
  const text = () => wordsOf(props.identity, now());
  return <span class={text().tone}>{text().words}</span>;
}

function wordsOf(identity: IdentityState, at: number): { readonly words: string; readonly tone: string } {
  const back = backAt(identity);
  const core = identity.resources.find(({ id }) => id === "core");
  switch (identity.ability) {
    case "runs_dry":
      return {
        words: `empty ${about(core?.forecast.emptyFrom ?? at, core?.forecast.emptyTo ?? null, at)}`,
        tone: "warn-ink",
      };
    case "depleted":
      return { words: back === undefined ? "depleted" : `depleted until ${clock(back, at)}`, tone: "bad-ink" };
    case "cooling": {
      const cause = identity.rests.find(({ scope }) => scope !== "route")?.cause.replaceAll("_", " ") ?? "";
      return { words: `cooling down ${back === undefined ? "" : countdown(back - at)}, ${cause}`, tone: "" };
    }
    case "broken":
      return { words: problemWords(identity), tone: "bad-ink" };
    case "paused":
      return { words: "paused by an operator", tone: "" };
    case "unknown":
      return { words: "the coordinator did not answer", tone: "" };
    case "able":
      return { words: core === undefined ? "able" : "lasts past its reset", tone: "" };
    default:
      return identity.ability satisfies never;
  }
}
