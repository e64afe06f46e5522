/** One identity: who it is, what is left of it, and what there is to say about it. */
import { For, type JSX, Show } from "solid-js";
import type { IdentityView, ResourceView } from "../../shared/dashboard/identities.ts";
import { now } from "../ui/clock.ts";
import { clock, count, countdown, exact } from "../ui/format.ts";
import { Gauge } from "../ui/gauge.tsx";
import { StandingMark } from "../ui/mark.tsx";
import { IdentityActs } from "./identity-acts.tsx";
import { IdentityNotes } from "./identity-notes.tsx";
import { abilityOf, canServe, coreBackAt, MARKS, span, standingWords } from "./identity-words.ts";

export function IdentityBlock(props: { identity: IdentityView; refresh: () => void; edit: () => void }): JSX.Element {
  return (
    <section class="ident" id={props.identity.id} aria-labelledby={`n-${props.identity.id}`}>
      <div>
        <h3 id={`n-${props.identity.id}`}>{props.identity.id}</h3>
        <Standing identity={props.identity} />
        <Facts identity={props.identity} />
        <IdentityActs identity={props.identity} refresh={props.refresh} edit={props.edit} />
      </div>
      <Resources identity={props.identity} />
      <IdentityNotes identity={props.identity} />
    </section>
  );
}

const TONES = { runs_dry: "warn-ink", depleted: "bad-ink", broken: "bad-ink" } as const;

function Standing(props: { identity: IdentityView }): JSX.Element {
  const ability = () => abilityOf(props.identity, now());
  const tone = () => (ability() in TONES ? TONES[ability() as keyof typeof TONES] : "");
  return (
    <p class="standing">
      <StandingMark {...MARKS[ability()]} />
      <span>
        <span class={`strong ${tone()}`}>{standingWords(props.identity, now())}</span>
        <Show when={props.identity.publicOnly}>
          {" "}
          <span class="faint">public only</span>
        </Show>
      </span>
    </p>
  );
}

function Facts(props: { identity: IdentityView }): JSX.Element {
  const kind = () =>
    props.identity.kind === "pat" ? "PAT" : `App installation ${props.identity.installationId ?? "missing"}`;
  return (
    <dl class="kv">
      <dt>Kind</dt>
      <dd>
        {kind()}, login {props.identity.login}, weight {count(props.identity.weight)}
      </dd>
      <dt>Scopes</dt>
      <dd>
        <Show when={props.identity.scopes.length > 0} fallback={<span class="faint">none</span>}>
          <span class="mono">{props.identity.scopes.map(scopeText).join(", ")}</span>
        </Show>
      </dd>
      <dt>Secret</dt>
      <dd>
        <span class="mono">{props.identity.secretRef}</span>{" "}
        <span class={props.identity.secretPresent ? "ok-ink" : "bad-ink"}>
          {props.identity.secretPresent ? "present" : "missing"}
        </span>
      </dd>
    </dl>
  );
}

export function scopeText({ owner, repo, allowPrivate }: IdentityView["scopes"][number]): string {
  return `${owner}${repo === null ? "" : `/${repo}`}${allowPrivate ? " (private too)" : ""}`;
}

/** The resources that people ask about first. */
const FIRST = ["core", "search", "code_search", "graphql"];

function Resources(props: { identity: IdentityView }): JSX.Element {
  const rows = () => {
    const rank = ({ resource }: ResourceView) => (FIRST.indexOf(resource) + FIRST.length + 1) % (FIRST.length + 1);
    const known = props.identity.standing?.resources ?? [];
    return known.toSorted((one, other) => rank(one) - rank(other)).slice(0, FIRST.length);
  };
  return (
    <table class="res">
      <caption class="sr">What is left of {props.identity.id}</caption>
      <thead>
        <tr>
          <th scope="col" class="c-r">
            Resource
          </th>
          <th scope="col" class="c-g">
            Left now
          </th>
          <th scope="col" class="num c-l">
            <span class="sr">of limit</span>
          </th>
          <th scope="col" class="c-t">
            Resets in
          </th>
          <th scope="col" class="num c-b">
            Burn
          </th>
          <th scope="col" class="c-e">
            Runs dry
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={rows()} fallback={<NoReading />}>
          {(resource) => <ResourceRow identity={props.identity} resource={resource} />}
        </For>
      </tbody>
    </table>
  );
}

function NoReading(): JSX.Element {
  return (
    <tr>
      <td class="mono">core</td>
      <td class="c-g">
        <Gauge stays={0} goes={0} tone="none" label="no reading" />
      </td>
      <td class="num faint">no reading</td>
      <td class="faint">–</td>
      <td class="num faint">–</td>
      <td class="faint">–</td>
    </tr>
  );
}

function ResourceRow(props: { identity: IdentityView; resource: ResourceView }): JSX.Element {
  const isFull = () => props.resource.resetAt <= now();
  const goes = () => (isFull() ? 0 : props.resource.goes);
  const isResting = () =>
    !canServe(abilityOf(props.identity, now())) && abilityOf(props.identity, now()) !== "depleted";
  const tone = () => {
    if (isResting()) return "rest" as const;
    if (props.resource.remaining === 0 && !isFull()) return "empty" as const;
    return props.resource.dry === null ? undefined : ("warn" as const);
  };
  const share = (units: number) => (props.resource.limit === 0 ? 0 : units / props.resource.limit);
  const label = () =>
    `${props.resource.remaining} of ${props.resource.limit} left, about ${Math.round(goes())} of it spent before the reset`;
  return (
    <tr>
      <td class="mono clip">{props.resource.resource}</td>
      <td class="c-g">
        <Gauge
          stays={share(props.resource.remaining - goes())}
          goes={share(goes())}
          label={label()}
          {...(tone() === undefined ? {} : { tone: tone() as "warn" })}
        />
      </td>
      <td class="num" title={`Read ${exact(props.resource.readAt)}`}>
        <b class="strong">{count(props.resource.remaining)}</b>{" "}
        <span class="faint">of {count(props.resource.limit)}</span>
      </td>
      <td title={exact(props.resource.resetAt)} classList={{ faint: isFull() }}>
        {isFull() ? "full" : countdown(props.resource.resetAt - now())}
      </td>
      <td class="num">{burn(props.resource.burnPerMinute)}</td>
      <td>
        <RunsDry identity={props.identity} resource={props.resource} isResting={isResting()} />
      </td>
    </tr>
  );
}

const burn = (perMinute: number) => (Math.round(perMinute) === 0 ? "0" : `${count(perMinute)}/min`);

function RunsDry(props: { identity: IdentityView; resource: ResourceView; isResting: boolean }): JSX.Element {
  const isEmpty = () => props.resource.remaining === 0 && props.resource.resetAt > now();
  const back = () => (props.resource.resource === "core" ? coreBackAt(props.identity, now()) : undefined);
  return (
    <Show when={!isEmpty()} fallback={<span class="bad-ink">empty now</span>}>
      <Show when={!props.isResting} fallback="resting">
        <Show when={props.resource.dry} fallback={back() === undefined ? "lasts" : `from ${clock(back() ?? 0, now())}`}>
          {(dry) => (
            <span class="warn-ink">
              <span class="only-small">empty </span>
              {dry().to - now() < 60_000
                ? `in ${countdown(dry().from - now())}–${countdown(dry().to - now())}`
                : span(dry(), now())}
            </span>
          )}
        </Show>
      </Show>
    </Show>
  );
}
