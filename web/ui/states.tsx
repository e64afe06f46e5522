/** Loading, empty, failed, partial and stale: how a view says that it has nothing, or not the newest, to show. */
import { For, type JSX, Match, Show, Switch } from "solid-js";
import type { Failure } from "../api.ts";
import { now } from "./clock.ts";
import { duration } from "./format.ts";
import type { Live } from "./live.ts";
import { Icon, StandingMark, StatusMark } from "./mark.tsx";
import "./states.css";

/** Rows in the final geometry; shown after 200 ms, so that a quick answer flashes nothing. */
export function Skeleton(props: { rows: number; label?: string }): JSX.Element {
  return (
    <output class="skel-rows late" aria-label={props.label ?? "Loading"}>
      <For each={Array.from({ length: props.rows })}>
        {() => (
          <div>
            <i class="skel" />
            <i class="skel" />
            <i class="skel" />
          </div>
        )}
      </For>
    </output>
  );
}

/** Nothing here: which kind of nothing, and the next step as children. */
export function Empty(props: { title: string; text?: JSX.Element; children?: JSX.Element }): JSX.Element {
  return (
    <div class="state">
      <h3>{props.title}</h3>
      <Show when={props.text}>
        <p>{props.text}</p>
      </Show>
      {props.children}
    </div>
  );
}

/** What happened, its code and request id, and a way on. `what` is what could not be done, as a sentence. */
export function Problem(props: { what: string; failure: Failure; onRetry?: () => void }): JSX.Element {
  return (
    <div class="state" role="alert">
      <h3>
        <span class="status">
          <StatusMark status="error" />
          {props.what}
        </span>
      </h3>
      <p>
        {props.failure.message}
        <br />
        <span class="mono faint">
          {props.failure.code}
          {props.failure.requestId === "" ? "" : `, ${props.failure.requestId}`}
        </span>
      </p>
      <Show when={props.onRetry}>
        <button class="btn" type="button" onClick={() => props.onRetry?.()}>
          Retry
        </button>
      </Show>
    </div>
  );
}

/** A note above what is shown: what is missing of it, or how old it is. */
export function Banner(props: { icon: "warn" | "cool"; children: JSX.Element; action?: JSX.Element }): JSX.Element {
  return (
    <output class="banner">
      <StandingMark icon={props.icon} tone={props.icon === "warn" ? "warn" : "rest"} />
      <span>{props.children}</span>
      {props.action}
    </output>
  );
}

/** The last attempt failed and older values still stand: how old, and when it tries again. */
export function StaleBanner(props: { live: Live<unknown> }): JSX.Element {
  return (
    <Show when={props.live.value() !== undefined && props.live.failure()}>
      <Banner
        icon="cool"
        action={
          <button class="btn" type="button" onClick={() => props.live.refresh()}>
            Try now
          </button>
        }
      >
        <b class="strong">Last read {duration(now() - (props.live.readAt() ?? now()))} ago.</b>{" "}
        <Show when={props.live.nextAt()} fallback="Trying again.">
          {(at) => <>Next try in {duration(at() - now())}.</>}
        </Show>
      </Banner>
    </Show>
  );
}

/** A live value in whichever state it is. Children see the value; while it is old or of another window it is dimmed. */
export function LiveView<T>(props: {
  live: Live<T>;
  /** What could not be read, as a sentence. */
  problem: string;
  skeleton: JSX.Element;
  children: (value: () => T) => JSX.Element;
}): JSX.Element {
  const dimmed = () => props.live.isBehind() || props.live.failure() !== undefined;
  return (
    <Switch fallback={props.skeleton}>
      <Match when={props.live.value() !== undefined}>
        <StaleBanner live={props.live} />
        <div class="live-view" classList={{ "is-stale": dimmed() }} aria-busy={props.live.isBehind()}>
          {props.children(() => props.live.value() as T)}
        </div>
      </Match>
      <Match when={props.live.failure()}>
        {(failure) => <Problem what={props.problem} failure={failure()} onRetry={() => props.live.refresh()} />}
      </Match>
    </Switch>
  );
}

export function CopyCommand(props: { command: string }): JSX.Element {
  return (
    <div class="cmd">
      <code>{props.command}</code>
      <button class="btn" type="button" onClick={() => void navigator.clipboard.writeText(props.command)}>
        <Icon name="copy" />
        Copy
      </button>
    </div>
  );
}
