import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { IdentityState, PoolStanding, Usage } from "../../shared/dashboard/overview.ts";
import { now } from "../ui/clock.ts";
import { clock, countdown } from "../ui/format.ts";
import { StandingMark, type StandingIcon, type Tone } from "../ui/mark.tsx";
import { useRoomHref } from "../ui/url.ts";
import { backAt, type Health, healthOf, problemWords } from "./health-sentence.ts";

const ICONS: Readonly<Record<Tone, StandingIcon>> = { ok: "ok", warn: "warn", bad: "warn", rest: "note" };

/** One sentence, what else is the matter in a word each, and the way to where it is mended. */
export function HealthLine(props: { standing: PoolStanding | undefined; usage: Usage | undefined }): JSX.Element {
  const href = useRoomHref();
  // By the minute: a sentence that changes under the eyes is not read.
  const minute = () => Math.floor(now() / 60_000) * 60_000;
  const health = () => healthOf(props.standing, props.usage, minute());
  return (
    <section class="health" aria-label="Health">
      <Show when={health()} fallback={<i class="skel health-skel late" />}>
        {(known) => (
          <>
            <StandingMark icon={ICONS[known().tone]} tone={known().tone} />
            <Sentence health={known()} />
            <Show when={known().identity}>
              {(id) => (
                <div class="act">
                  <A class="btn" href={`${href("/identities")}#${id()}`}>
                    Open {id()}
                  </A>
                  <A class="btn" href={href("/traffic", { identity: id(), spent: "yes" })}>
                    What it spends on
                  </A>
                </div>
              )}
            </Show>
            <ul>
              <For each={asides(props.standing, known().identity)}>
                {(identity) => (
                  <li>
                    <StandingMark {...markOf(identity)} />
                    <A href={`${href("/identities")}#${identity.id}`}>
                      {identity.id} {asideOf(identity, now())}
                    </A>
                  </li>
                )}
              </For>
            </ul>
          </>
        )}
      </Show>
    </section>
  );
}

function Sentence(props: { health: Health }): JSX.Element {
  const href = useRoomHref();
  return (
    <p>
      <b>
        {props.health.lead}
        <Show when={props.health.identity}>
          {(id) => (
            <A class="row-link" href={`${href("/identities")}#${id()}`}>
              {id()}
            </A>
          )}
        </Show>
      </b>
      <span class="rest">{props.health.rest}</span>
    </p>
  );
}

/** Every other identity that is not simply able. */
function asides(standing: PoolStanding | undefined, shown: string | undefined): readonly IdentityState[] {
  if (standing?.isKnown !== true) return [];
  return standing.identities.filter(({ ability, id }) => ability !== "able" && id !== shown).slice(0, 6);
}

const MARKS: Readonly<Record<IdentityState["ability"], { icon: StandingIcon; tone: Tone }>> = {
  able: { icon: "ok", tone: "ok" },
  runs_dry: { icon: "warn", tone: "warn" },
  cooling: { icon: "cool", tone: "rest" },
  depleted: { icon: "out", tone: "bad" },
  broken: { icon: "key", tone: "bad" },
  paused: { icon: "skip", tone: "rest" },
  unknown: { icon: "cool", tone: "rest" },
};
export const markOf = (identity: IdentityState): { icon: StandingIcon; tone: Tone } => MARKS[identity.ability];

function asideOf(identity: IdentityState, at: number): string {
  const back = backAt(identity);
  switch (identity.ability) {
    case "cooling":
      return back === undefined ? "is cooling down" : `cooling down ${countdown(back - at)}`;
    case "depleted":
      return back === undefined ? "is depleted" : `depleted until ${clock(back, at)}`;
    case "broken":
      return problemWords(identity);
    case "paused":
      return "is paused";
    case "runs_dry":
      return "runs dry too";
    default:
      return "has no reading";
  }
}
