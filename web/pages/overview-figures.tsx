import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { Figures, Usage } from "../../shared/dashboard/overview.ts";
import { eligibleHitRate, totalOf } from "../../shared/dashboard/status.ts";
import { count, latency, percent } from "../ui/format.ts";
import { Icon } from "../ui/mark.tsx";
import { Spark } from "../ui/spark.tsx";
import { useRoomHref } from "../ui/url.ts";

interface Figure {
  readonly label: string;
  readonly read: (figures: Figures) => number | null;
  readonly value: (figures: Figures) => readonly [value: string, small: string];
  /** The change in words; the sign is shown as an arrow. */
  readonly change: (now: number, before: number) => string;
  readonly was: (value: number) => string;
  /** Which way is worse; undefined: neither. */
  readonly worse?: "up" | "down";
  /** The rows behind it. */
  readonly rows: (figures: Figures) => Readonly<Record<string, string>>;
}

const relativeChange = (now: number, before: number) =>
  before === 0 ? "new" : `${((Math.abs(now - before) / before) * 100).toFixed(1)}%`;
const sum = (figures: Figures) => totalOf(figures.counts);
const ms = (value: number | null) => latency(value).split("\u202f") as [string, string?];

const FIGURES: readonly Figure[] = [
  {
    label: "Requests",
    read: sum,
    value: (figures) => [count(sum(figures)), ""],
    change: relativeChange,
    was: count,
    rows: () => ({}),
  },
  {
    label: "Eligible hit rate",
    read: ({ counts }) => eligibleHitRate(counts),
    value: ({ counts }) => {
      const rate = eligibleHitRate(counts);
      return rate === null ? ["–", ""] : [(rate * 100).toFixed(1), "%"];
    },
    change: (now, before) => `${(Math.abs(now - before) * 100).toFixed(1)} pt`,
    was: percent,
    worse: "down",
    rows: () => ({ answer: "hit,revalidated,stale" }),
  },
  {
    label: "Quota saved",
    read: ({ saved }) => saved,
    value: (figures) => [count(figures.saved), sum(figures) === 0 ? "" : percent(figures.saved / sum(figures))],
    change: relativeChange,
    was: count,
    worse: "down",
    rows: () => ({ spent: "no" }),
  },
  {
    label: "Duration",
    read: ({ p95 }) => p95,
    value: ({ p50, p95 }) => {
      const [value, unit = ""] = ms(p95);
      return p95 === null ? ["–", ""] : [value, `${unit} p95, ${latency(p50)} p50`];
    },
    change: relativeChange,
    was: latency,
    worse: "up",
    rows: ({ p95 }) => ({ slower: String(Math.floor(p95 ?? 0)) }),
  },
  {
    label: "Units spent",
    read: ({ units }) => units,
    value: ({ units }) => [count(units), ""],
    change: relativeChange,
    was: count,
    worse: "up",
    rows: () => ({ spent: "yes" }),
  },
  {
    label: "Fallbacks",
    read: ({ counts }) => counts.fallback,
    value: (figures) => [
      count(figures.counts.fallback),
      sum(figures) === 0 ? "" : percent(figures.counts.fallback / sum(figures)),
    ],
    change: (now, before) => `${count(Math.abs(now - before))} ${now > before ? "more" : "fewer"}`,
    was: count,
    worse: "up",
    rows: () => ({ answer: "fallback" }),
  },
];

export function FigureRow(props: { usage: Usage }): JSX.Element {
  const href = useRoomHref();
  return (
    <div class="figures">
      <For each={FIGURES}>
        {(figure) => (
          <A class="figure" href={href("/traffic", figure.rows(props.usage.now))}>
            <span class="label">{figure.label}</span>
            <span class="value">
              {figure.value(props.usage.now)[0]}
              <Show when={figure.value(props.usage.now)[1]}>{(small) => <small>{small()}</small>}</Show>
            </span>
            <Change figure={figure} usage={props.usage} />
            <Spark
              now={props.usage.buckets.map((bucket) => figure.read(bucket.now))}
              before={props.usage.buckets.map((bucket) => figure.read(bucket.before))}
            />
          </A>
        )}
      </For>
    </div>
  );
}

function Change(props: { figure: Figure; usage: Usage }): JSX.Element {
  const now = () => props.figure.read(props.usage.now);
  const before = () => props.figure.read(props.usage.before);
  const known = () => {
    if (sum(props.usage.before) === 0) return undefined;
    const [present, past] = [now(), before()];
    return present === null || past === null ? undefined : { present, past };
  };
  const tone = (present: number, past: number) => {
    const { worse } = props.figure;
    if (worse === undefined || present === past) return "";
    return present > past === (worse === "up") ? "worse" : "better";
  };
  return (
    <span class="delta">
      <Show when={known()} fallback="nothing before">
        {(pair) => (
          <>
            <Show when={pair().present !== pair().past} fallback={<b>as before</b>}>
              <b class={tone(pair().present, pair().past)}>
                <Icon name={pair().present > pair().past ? "up" : "down"} />
                <span class="sr">{pair().present > pair().past ? "up" : "down"} </span>
                {props.figure.change(pair().present, pair().past)}
              </b>
            </Show>
            <span>was {props.figure.was(pair().past)}</span>
          </>
        )}
      </Show>
    </span>
  );
}
