/** The next hour of core: who can serve when, at the present burn. */
import { createMemo, For, type JSX, Show } from "solid-js";
import type { IdentityView } from "../../shared/dashboard/identities.ts";
import { now } from "../ui/clock.ts";
import { clock, countdown } from "../ui/format.ts";
import "../ui/chart.css";
import "../ui/gauge.css";
import "./identity-horizon.css";
import { abilityOf, coreBackAt, coreOf, restOf, span, troubleNote } from "./identity-words.ts";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 15 * 60_000;
const MOST_LANES = 12;

interface Part {
  /** Empty: able. */
  readonly kind: "" | "dry" | "out" | "cool";
  readonly from: number;
  readonly to: number;
}

interface Lane {
  readonly id: string;
  readonly parts: readonly Part[];
  readonly resetAt: number | undefined;
  readonly note: string;
  readonly tone: string;
}

/** Pure: what a lane shows from `at` to an hour later. */
export function laneOf(identity: IdentityView, at: number): Lane {
  const end = at + HOUR_MS;
  const ability = abilityOf(identity, at);
  const { id } = identity;
  const resetAt = coreOf(identity)?.resetAt;
  const reset = resetAt !== undefined && resetAt > at && resetAt <= end ? resetAt : undefined;
  const able = (from: number): readonly Part[] => (from < end ? [{ kind: "", from, to: end }] : []);
  const lane = (parts: readonly Part[], note: string, tone = ""): Lane => ({ id, parts, resetAt: reset, note, tone });
  if (ability === "broken") return lane([], troubleNote(identity, at), "bad-ink");
  if (ability === "paused") return lane([], "paused");
  if (ability === "cooling" || ability === "depleted") {
    const back = Math.max(
      restOf(identity, at)?.until ?? 0,
      ability === "depleted" ? (coreBackAt(identity, at) ?? 0) : 0,
    );
    const kind = ability === "cooling" ? "cool" : "out";
    return lane([{ kind, from: at, to: Math.min(back, end) }, ...able(back)], `back ${clock(back, at)}`);
  }
  const dry = coreOf(identity)?.dry;
  if (ability !== "runs_dry" || dry === null || dry === undefined || resetAt === undefined)
    return lane(able(at), reset === undefined ? "" : `resets ${clock(reset, at)}`);
  const parts: readonly Part[] = [
    { kind: "", from: at, to: dry.from },
    { kind: "dry", from: dry.from, to: dry.to },
    { kind: "out", from: dry.to, to: Math.min(resetAt, end) },
    ...able(resetAt),
  ];
  return lane(
    parts.filter((part) => part.from < Math.min(part.to, end)),
    `empty ${span(dry, at)}`,
    "warn-ink",
  );
}

interface Step {
  readonly at: number;
  readonly words: string;
}

/** Pure: how many can serve, at each moment where that changes. */
export function stepsOf(lanes: readonly Lane[], at: number): readonly Step[] {
  const moments = [...new Set([at, ...lanes.flatMap(({ parts }) => parts.map(({ from }) => from))])];
  const steps = moments
    .filter((moment) => moment < at + HOUR_MS)
    .toSorted((one, other) => one - other)
    .map((moment) => {
      const kinds = lanes.map(({ parts }) => parts.find(({ from, to }) => from <= moment && moment < to)?.kind);
      const sure = kinds.filter((kind) => kind === "").length;
      const perhaps = kinds.filter((kind) => kind === "dry").length;
      return { at: moment, words: perhaps === 0 ? `${sure}` : `${sure} to ${sure + perhaps}` };
    });
  return steps.filter((step, index) => step.words !== steps[index - 1]?.words);
}

/** Less of the hour than this is narrower than its words. */
const LEGIBLE_MS = 4 * 60_000;

/** Pure: a step that the next one follows at once keeps its mark and goes without words, which would lie under theirs. */
export function legible(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, index) => {
    const next = steps[index + 1];
    return next === undefined || next.at - step.at >= LEGIBLE_MS ? step : { ...step, words: "" };
  });
}

export function Horizon(props: { identities: readonly IdentityView[] }): JSX.Element {
  const lanes = createMemo(() => props.identities.slice(0, MOST_LANES).map((identity) => laneOf(identity, now())));
  const place = (at: number) => `${(((at - now()) / HOUR_MS) * 100).toFixed(2)}%`;
  const quarters = () => {
    const first = Math.ceil((now() + 4 * 60_000) / QUARTER_MS) * QUARTER_MS;
    return [0, 1, 2, 3].map((index) => first + index * QUARTER_MS).filter((at) => at < now() + HOUR_MS - 9 * 60_000);
  };
  return (
    <section class="sec" aria-labelledby="h-horizon">
      <div class="sec-head">
        <h2 id="h-horizon">Next hour, core</h2>
        <span class="faint">who can serve, at the present burn</span>
      </div>
      <p class="sr">{inWords(lanes())}</p>
      <div class="horizon" aria-hidden="true">
        <span class="lane-name count">able</span>
        <div class="lane count">
          <For each={legible(stepsOf(lanes(), now()))}>
            {(step) => <span style={{ left: place(step.at) }}>{step.words}</span>}
          </For>
        </div>
        <span class="lane-note" />
        <For each={lanes()}>
          {(lane) => (
            <>
              <span class="lane-name mono clip">{lane.id}</span>
              <div class="lane">
                <For each={lane.parts}>
                  {(part) => (
                    <i
                      class={part.kind}
                      style={{
                        left: place(part.from),
                        width: `${(((part.to - part.from) / HOUR_MS) * 100).toFixed(2)}%`,
                      }}
                    />
                  )}
                </For>
                <Show when={lane.resetAt}>{(at) => <u style={{ left: place(at()) }} />}</Show>
              </div>
              <span class={`lane-note ${lane.tone}`}>{lane.note}</span>
            </>
          )}
        </For>
        <span />
        <div class="xaxis">
          <span>now</span>
          <For each={quarters()}>
            {(at, index) => (
              <span class={index() % 2 === 1 ? undefined : "opt"} style={{ left: place(at) }}>
                {clock(at, now())}
              </span>
            )}
          </For>
          <span class="at-end">{clock(now() + HOUR_MS, now())}</span>
        </div>
      </div>
      <Key />
    </section>
  );
}

function inWords(lanes: readonly Lane[]): string {
  return lanes
    .map(({ id, note, resetAt }) => `${id}: ${note || (resetAt === undefined ? "able" : countdown(0))}`)
    .join("; ");
}

function Key(): JSX.Element {
  return (
    <div class="key" aria-hidden="true">
      <For
        each={
          [
            ["", "able"],
            ["dry", "may run dry"],
            ["out", "depleted"],
            ["cool", "cooling down"],
          ] as const
        }
      >
        {([kind, words]) => (
          <span>
            <span class="lane swatch-lane">
              <i class={kind} />
            </span>
            {words}
          </span>
        )}
      </For>
      <span>
        <span class="lane swatch-lane narrow">
          <u />
        </span>
        reset
      </span>
    </div>
  );
}
