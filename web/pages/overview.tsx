/** Is everything all right? One sentence, six figures, and what explains them; every number is a way to its rows. */
import { A, useNavigate } from "@solidjs/router";
import { type JSX, lazy, Show, Suspense } from "solid-js";
import type { Usage } from "../../shared/dashboard/overview.ts";
import { STATUS_WORDS } from "../ui/mark.tsx";
import { STATUS_NAMES, type StatusName, totalOf } from "../../shared/dashboard/status.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { useStanding } from "../standing.tsx";
import { count, duration } from "../ui/format.ts";
import { Legend } from "../ui/legend.tsx";
import { createLive } from "../ui/live.ts";
import { Page } from "../ui/page.tsx";
import { Banner, LiveView, Skeleton } from "../ui/states.tsx";
import { useRoomHref, useUrlState, useWindow } from "../ui/url.ts";
import { FigureRow } from "./overview-figures.tsx";
import { HealthLine } from "./overview-health.tsx";
import { ProblemFeed, TopRoutes } from "./overview-lists.tsx";
import { QuotaList } from "./overview-quota.tsx";
import "./overview.css";

const StatusChart = lazy(() => import("../ui/status-chart.tsx"));

/** Short windows move by the second, long ones by the hour. */
const FAST_MS = 10_000;
const SLOW_MS = 60_000;
/** As shared/dashboard/window.ts has it. */
const SHORTEST_MS = 60_000;

export default function Overview(): JSX.Element {
  const { pool } = useSession();
  const standing = useStanding();
  const window = useWindow();
  const usage = createLive(
    () => ({ pool: pool(), window: window() }),
    (input, signal) => api.overview.usage.query(input, { signal }),
    () => ({ everyMs: window() === "15m" || window() === "1h" ? FAST_MS : SLOW_MS }),
  );
  return (
    <Page title="Overview" live={usage} hasWindow>
      <HealthLine standing={standing.value()} usage={usage.value()} />
      <LiveView live={usage} problem="The usage could not be read" skeleton={<OverviewSkeleton />}>
        {(value) => <FiguresAndLoss usage={value()} />}
      </LiveView>
      <div class="grid">
        <section class="sec g-chart" aria-labelledby="h-chart">
          <Show when={usage.value()}>{(value) => <ChartSection usage={value()} />}</Show>
        </section>
        <section class="sec g-quota" aria-labelledby="h-quota">
          <QuotaSection />
        </section>
        <section class="sec g-routes" aria-labelledby="h-routes">
          <Show when={usage.value()}>{(value) => <RoutesSection usage={value()} />}</Show>
        </section>
        <section class="sec g-feed" aria-labelledby="h-feed">
          <Show when={usage.value()}>{(value) => <FeedSection usage={value()} />}</Show>
        </section>
      </div>
    </Page>
  );
}

function OverviewSkeleton(): JSX.Element {
  return (
    <div class="figures-skel">
      <Skeleton rows={4} label="Loading the overview" />
    </div>
  );
}

function FiguresAndLoss(props: { usage: Usage }): JSX.Element {
  return (
    <>
      <Show when={props.usage.lostRows > 0}>
        <Banner icon="warn">
          <b class="strong">{count(props.usage.lostRows)} rows are missing</b> in this window: they were answered, but
          could not be written down.
        </Banner>
      </Show>
      <FigureRow usage={props.usage} />
    </>
  );
}

function QuotaSection(): JSX.Element {
  const href = useRoomHref();
  const standing = useStanding();
  const able = () =>
    standing.value()?.identities.filter(({ ability }) => ability === "able" || ability === "runs_dry").length;
  return (
    <>
      <div class="sec-head">
        <h2 id="h-quota">Quota, core</h2>
        <Show when={standing.value()}>
          {(value) => (
            <span class="faint">
              left now, {able()} of {value().identities.length} can serve
            </span>
          )}
        </Show>
        <A class="link more" href={href("/identities")}>
          All resources
        </A>
      </div>
      <LiveView live={standing} problem="The identities could not be read" skeleton={<Skeleton rows={5} />}>
        {(value) => <QuotaList standing={value()} />}
      </LiveView>
    </>
  );
}

function ChartSection(props: { usage: Usage }): JSX.Element {
  const href = useRoomHref();
  const url = useUrlState();
  const navigate = useNavigate();
  const hidden = () =>
    new Set((url.get("hide") ?? "").split(",").filter((name) => name !== "")) as ReadonlySet<StatusName>;
  const toggle = (name: StatusName) => {
    const next = new Set(hidden());
    if (!next.delete(name)) next.add(name);
    url.set({ hide: [...next].join(",") }, { replace: true });
  };
  const buckets = () =>
    props.usage.buckets.map(({ at, now, before }) => ({ at, counts: now.counts, before: totalOf(before.counts) }));
  const marks = () =>
    props.usage.acts
      .filter(({ action }) => action === "cache.purge")
      .map(({ at, subject }) => ({ at, text: `purge ${subject}` }));
  return (
    <>
      <div class="sec-head">
        <h2 id="h-chart">Answers by cache status</h2>
        <span class="faint">each bar {duration(props.usage.bucketMs)}</span>
        <Show when={totalOf(props.usage.before.counts) > 0}>
          <span class="was-key">
            <i />
            total, {duration(props.usage.window.to - props.usage.window.from)} before
          </span>
        </Show>
        <A class="link more" href={href("/traffic")}>
          Rows behind it
        </A>
      </div>
      <Legend counts={props.usage.now.counts} isShown={(name) => !hidden().has(name)} onToggle={toggle} />
      <Suspense fallback={<div class="plot-room" />}>
        <StatusChart
          buckets={buckets()}
          bucketMs={props.usage.bucketMs}
          hidden={hidden()}
          marks={marks()}
          label={inWords(props.usage)}
          onBucket={(bucket) => navigate(href("/traffic", { window: undefined, ...spanOf(bucket.at, props.usage) }))}
        />
      </Suspense>
    </>
  );
}

/** A bar that has just begun is shorter than any window may be. */
function spanOf(at: number, { bucketMs, window }: Usage): { readonly from: string; readonly to: string } {
  return { from: String(Math.min(at, window.to - SHORTEST_MS)), to: String(at + bucketMs) };
}

function inWords({ now, before, window }: Usage): string {
  const parts = STATUS_NAMES.filter((name) => now.counts[name] > 0).map(
    (name) => `${STATUS_WORDS[name].toLowerCase()} ${now.counts[name]}`,
  );
  const span = duration(window.to - window.from);
  return `Answers of ${span}, stacked by cache status: ${parts.join(", ") || "none"}. ${totalOf(now.counts)} in all, ${totalOf(before.counts)} in the ${span} before.`;
}

function RoutesSection(props: { usage: Usage }): JSX.Element {
  const href = useRoomHref();
  return (
    <>
      <div class="sec-head">
        <h2 id="h-routes">Top routes</h2>
        <span class="faint">same patterns as the chart</span>
        <A class="link more" href={href("/routes")}>
          All {count(props.usage.routeKinds)} kinds
        </A>
      </div>
      <TopRoutes usage={props.usage} />
    </>
  );
}

function FeedSection(props: { usage: Usage }): JSX.Element {
  const href = useRoomHref();
  return (
    <>
      <div class="sec-head">
        <h2 id="h-feed">Latest problems</h2>
        <A class="link more" href={href("/traffic", { answer: "fallback,error,stale" })}>
          All
        </A>
      </div>
      <ProblemFeed usage={props.usage} />
    </>
  );
}
