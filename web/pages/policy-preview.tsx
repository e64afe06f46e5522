/** What the edited policy would have changed in the last day, before it is saved. */
import { A } from "@solidjs/router";
import { createMemo, createSignal, For, type JSX, on, createEffect, onCleanup, Show } from "solid-js";
import type { PolicyValues, PreviewRow, PreviewView, Unjudged } from "../../shared/dashboard/policy.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { count } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { StandingMark, StatusMark } from "../ui/mark.tsx";
import { Banner, Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { useRoomHref } from "../ui/url.ts";
import { RULES } from "./policy-form.tsx";

/** How long nobody must have edited before the day is replayed. */
const SETTLED_MS = 400;
const MOST_SHOWN = 30;

export function Preview(props: {
  values: PolicyValues;
  isChanged: boolean;
  /** What is not could be neither saved nor replayed. */
  isWithinLimits: boolean;
}): JSX.Element {
  const { pool } = useSession();
  const [settled, setSettled] = createSignal<PolicyValues>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      () => props.values,
      (values) => {
        clearTimeout(timer);
        timer = setTimeout(() => setSettled(props.isChanged && props.isWithinLimits ? values : undefined), SETTLED_MS);
      },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  return (
    <>
      <div class="sec-head">
        <h2 id="h-preview">Preview</h2>
        <span class="faint">the last 24 hours of requests, judged under what is edited</span>
      </div>
      <Show
        when={props.isChanged && props.isWithinLimits && settled()}
        fallback={
          <Empty
            title="Nothing to preview"
            text={
              props.isWithinLimits
                ? "Edit a rule, and what it would have changed in the last 24 hours is listed here before you save."
                : "A number is out of its limits; nothing is replayed until it is within them."
            }
          />
        }
      >
        {(values) => <Replayed pool={pool()} values={values()} />}
      </Show>
    </>
  );
}

function Replayed(props: { pool: string; values: PolicyValues }): JSX.Element {
  const asked = createMemo(() => ({ pool: props.pool, policy: { ...props.values } }));
  const live = createLive(asked, (input, signal) => api.policy.preview.query(input, { signal }));
  return (
    <LiveView live={live} problem="The preview could not be made" skeleton={<Skeleton rows={4} />}>
      {(view) => (
        <>
          <p class="preview-sum" aria-live="polite">
            {sentence(view())}
          </p>
          <Show when={view().cut}>
            <Banner icon="warn">
              <b class="strong">There are more patterns than are replayed.</b> The rarest are missing.
            </Banner>
          </Show>
          <Show when={view().fillsSince}>
            {(since) => (
              <Banner icon="warn">
                <b class="strong">The callers' budgets are judged by a part of the day,</b> the fetches since{" "}
                <Time at={since()} />.
              </Banner>
            )}
          </Show>
          <ul class="preview">
            <For each={view().rows.slice(0, MOST_SHOWN)}>{(row) => <Row row={row} />}</For>
          </ul>
          <Show when={view().rows.length > MOST_SHOWN}>
            <p class="faint small">and {count(view().rows.length - MOST_SHOWN)} more patterns</p>
          </Show>
          <Show when={view().unjudged.length > 0}>
            <h3 class="h2">Could not be judged</h3>
            <ul class="preview">
              <For each={view().unjudged}>{(one) => <NotJudged of={one} />}</For>
            </ul>
          </Show>
        </>
      )}
    </LiveView>
  );
}

const BECAUSE: Readonly<Record<Unjudged["why"], string>> = {
  search_text: "what a search asks for is not kept, so whether its terms may pass is not known",
  search_repository: "what a search asks for is not kept, so which repository it names is not known",
  moved_owner: "the repository has moved, and whose it is now is not kept",
  unnamed_budget: "the refusal does not say which budget was spent",
};

function NotJudged(props: { of: Unjudged }): JSX.Element {
  return (
    <li>
      <StandingMark icon="warn" tone="rest" />
      <span class="what">
        {RULES[props.of.rule].label}
        <span class="faint block">because {BECAUSE[props.of.why]}</span>
      </span>
      <b class="strong">{count(props.of.requests)}</b>
    </li>
  );
}

const EFFECTS: Readonly<Record<PreviewRow["effect"], string>> = {
  refused: "would be refused",
  admitted: "would go on",
  narrowed: "would lose their identity",
  waits: "would wait",
};

function sentence({ totals, requests, unjudged }: PreviewView): string {
  const parts = (["refused", "admitted", "narrowed", "waits"] as const)
    .filter((effect) => totals[effect] > 0)
    .map((effect) => `${count(totals[effect])} ${EFFECTS[effect]}`);
  const unknown = unjudged.reduce((sum, one) => sum + one.requests, 0);
  const rest = unknown === 0 ? "" : ` ${count(unknown)} could not be judged.`;
  const of = `of ${count(requests)} requests`;
  return (parts.length === 0 ? `Nothing would have changed ${of}.` : `${parts.join(", ")}, ${of}.`) + rest;
}

function Row(props: { row: PreviewRow }): JSX.Element {
  const href = useRoomHref();
  const about = () => {
    const { subject } = props.row;
    return subject.kind === "route"
      ? { text: subject.pattern, way: href("/traffic", { kind: subject.routeKind, window: "24h" }) }
      : { text: subject.login || subject.callerId, way: href("/callers", { caller: subject.callerId }) };
  };
  return (
    <li>
      <Mark effect={props.row.effect} />
      <span class="what">
        <A class="row-link mono" href={about().way}>
          {about().text}
        </A>
        <span class="faint block">
          {EFFECTS[props.row.effect]}: {RULES[props.row.rule].label.toLowerCase()}
          <Show when={props.row.reason}>
            {(reason) => (
              <>
                , <span class="mono">{reason()}</span>
              </>
            )}
          </Show>
          , last <Time at={props.row.latestAt} />
        </span>
      </span>
      <b class="strong">{count(props.row.requests)}</b>
    </li>
  );
}

function Mark(props: { effect: PreviewRow["effect"] }): JSX.Element {
  return (
    <Show
      when={props.effect === "refused"}
      fallback={
        <StandingMark
          icon={props.effect === "admitted" ? "ok" : props.effect === "waits" ? "cool" : "warn"}
          tone={props.effect === "admitted" ? "ok" : props.effect === "waits" ? "rest" : "warn"}
        />
      }
    >
      <StatusMark status="fallback" />
    </Show>
  );
}
