import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { OperatorAct, Trouble, Usage } from "../../shared/dashboard/overview.ts";
import { eligibleHitRate, totalOf } from "../../shared/dashboard/status.ts";
import { now } from "../ui/clock.ts";
import { clock, count, percent } from "../ui/format.ts";
import { StandingMark, StatusMark } from "../ui/mark.tsx";
import { Stack } from "../ui/stack.tsx";
import { CopyCommand, Empty } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { useRoomHref } from "../ui/url.ts";
import { ACTION_WORDS } from "./act-words.ts";
import "../ui/table.css";

export function TopRoutes(props: { usage: Usage }): JSX.Element {
  const href = useRoomHref();
  const most = () => Math.max(1, ...props.usage.routes.map(({ counts }) => totalOf(counts)));
  const all = () => totalOf(props.usage.now.counts);
  return (
    <Show
      when={props.usage.routes.length > 0}
      fallback={
        <Empty title="No requests in this window" text="Point a client here, and each request shows up within seconds.">
          <CopyCommand command={`octopool login ${location.origin}`} />
        </Empty>
      }
    >
      <table class="table bleed routes">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col" class="bar">
              Answers
            </th>
            <th scope="col" class="num">
              Requests
            </th>
            <th scope="col" class="num opt">
              Share
            </th>
            <th scope="col" class="num">
              Hit rate
            </th>
            <th scope="col" class="num opt">
              Misses
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.usage.routes}>
            {(route) => (
              <tr>
                <td>
                  <A class="row-link mono" href={href("/traffic", { kind: route.id })}>
                    {route.id}
                  </A>
                </td>
                <td class="bar">
                  <Stack counts={route.counts} width={totalOf(route.counts) / most()} />
                </td>
                <td class="num">{count(totalOf(route.counts))}</td>
                <td class="num faint opt">{percent(totalOf(route.counts) / Math.max(1, all()))}</td>
                <td class="num">{percent(eligibleHitRate(route.counts))}</td>
                <td class="num opt">
                  <A class="row-link" href={href("/traffic", { kind: route.id, answer: "miss" })}>
                    {count(route.counts.miss)}
                  </A>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </Show>
  );
}

type Item = { readonly at: number; readonly trouble: Trouble } | { readonly at: number; readonly act: OperatorAct };

const MOST = 8;

/** What went wrong and what operators did, newest first. */
export function ProblemFeed(props: { usage: Usage }): JSX.Element {
  const items = (): readonly Item[] =>
    [
      ...props.usage.troubles.map((trouble) => ({ at: trouble.lastAt, trouble })),
      ...props.usage.acts.map((act) => ({ at: act.at, act })),
    ]
      .sort((one, other) => other.at - one.at)
      .slice(0, MOST);
  return (
    <Show
      when={items().length > 0}
      fallback={<Empty title="No problems in this window" text="No fallback, no refusal, no stale answer." />}
    >
      <ul class="feed">
        <For each={items()}>
          {(item) => ("trouble" in item ? <TroubleItem trouble={item.trouble} /> : <ActItem act={item.act} />)}
        </For>
      </ul>
    </Show>
  );
}

function TroubleItem(props: { trouble: Trouble }): JSX.Element {
  const href = useRoomHref();
  const many = () => props.trouble.requests !== 1;
  const words = () =>
    ({
      stale: many() ? "stale answers" : "stale answer",
      fallback: many() ? "fallbacks" : "fallback",
      error: "refused",
    })[props.trouble.status];
  const rows = () => ({
    answer: props.trouble.status,
    ...(props.trouble.code === "" ? {} : { reason: props.trouble.code }),
  });
  return (
    <li>
      <StatusMark status={props.trouble.status} />
      <span class="what">
        <A class="row-link" href={href("/traffic", rows())}>
          {count(props.trouble.requests)} {words()}
          <Show when={props.trouble.code}>
            , <span class="mono">{props.trouble.code}</span>
          </Show>
        </A>
      </span>
      <Time at={props.trouble.lastAt}>{clock(props.trouble.lastAt, now())}</Time>
      <span class="why">{props.trouble.kinds.join(", ")}</span>
    </li>
  );
}

/** Within a sentence. */
function inWords(action: string): string {
  const words = ACTION_WORDS[action] ?? action;
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
}

function ActItem(props: { act: OperatorAct }): JSX.Element {
  const href = useRoomHref();
  return (
    <li>
      <StandingMark icon="note" tone="rest" />
      <span class="what">
        <A class="row-link" href={href("/audit-log")}>
          {props.act.actor} {inWords(props.act.action)}
        </A>
      </span>
      <Time at={props.act.at}>{clock(props.act.at, now())}</Time>
      <span class="why mono">{props.act.subject}</span>
    </li>
  );
}
