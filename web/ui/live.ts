/**
 * What a page shows of the server, kept up to date. A change of the question cancels the answer still on its way; a
 * failure keeps what was read before and tries again, later each time; a hidden tab asks nothing.
 */
import {
  createEffect,
  createMemo,
  createRenderEffect,
  createSignal,
  on,
  onCleanup,
  untrack,
  type Accessor,
} from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import { failureOf, isAborted, type Failure } from "../api.ts";
import { leaveToSignIn } from "./sign-in.ts";

export interface Live<T> {
  /** What was read last; undefined before the first answer. */
  readonly value: Accessor<T | undefined>;
  /** Why the last attempt failed; undefined once one succeeded. */
  readonly failure: Accessor<Failure | undefined>;
  /** When the value was read, epoch ms of this machine. */
  readonly readAt: Accessor<number | undefined>;
  /** When it asks again by itself; undefined: it does not. */
  readonly nextAt: Accessor<number | undefined>;
  /** The value answers an earlier question; the present one's answer is on its way. */
  readonly isBehind: Accessor<boolean>;
  /** The present question was answered, or its first attempt failed. */
  readonly isSettled: Accessor<boolean>;
  readonly isPaused: Accessor<boolean>;
  /** Asks now. */
  refresh(): void;
  setPaused(paused: boolean): void;
}

export interface LiveOptions {
  /** How often it asks; undefined: once for each question. */
  readonly everyMs?: number | undefined;
  /** The member by which rows of lists are the same rows after a refresh: `id` unless said. */
  readonly key?: string;
}

const SLOWEST_MS = 60_000;

/** The wait after this many failures in a row: the usual one, then doubled each time, up to a minute. */
export function waitAfter(failures: number, everyMs: number): number {
  return failures === 0
    ? everyMs
    : Math.min(Math.max(everyMs, 2_000) * 2 ** (failures - 1), Math.max(SLOWEST_MS, everyMs));
}

/** While `input` is null there is no question yet, and nothing is asked. */
export function createLive<Input, T>(
  input: Accessor<Input | null>,
  read: (input: Input, signal: AbortSignal) => Promise<T>,
  options: Accessor<LiveOptions> = () => ({}),
): Live<T> {
  // A store, so that a refresh changes what differs and leaves every other row and its focus as they are.
  const [held, setHeld] = createStore<{ value: unknown }>({ value: undefined });
  const value = () => held.value as T | undefined;
  const [failure, setFailure] = createSignal<Failure>();
  const [readAt, setReadAt] = createSignal<number>();
  const [nextAt, setNextAt] = createSignal<number>();
  const question = createMemo(input);
  const [answered, setAnswered] = createSignal<{ readonly question: Input | null }>();
  const [settled, setSettled] = createSignal<{ readonly question: Input | null }>();
  const isBehind = () => value() !== undefined && answered()?.question !== question();
  const isSettled = () => settled() !== undefined && settled()?.question === question();
  const [isPaused, setPausedTo] = createSignal(false);
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const plan = () => {
    clearTimeout(timer);
    const { everyMs } = options();
    // After a failure it tries again even where it is not live: nobody should have to press Retry after a restart.
    const wait =
      everyMs === undefined ? (failures > 0 ? waitAfter(failures, 2_000) : undefined) : waitAfter(failures, everyMs);
    if (wait === undefined || isPaused() || document.hidden) return setNextAt(undefined);
    setNextAt(Date.now() + wait);
    timer = setTimeout(() => void ask(), wait);
  };

  const ask = async () => {
    clearTimeout(timer);
    running?.abort();
    running = undefined;
    const asked = untrack(question);
    if (asked === null) return setNextAt(undefined);
    const mine = (running = new AbortController());
    try {
      const answer = await read(asked, mine.signal);
      if (mine !== running) return;
      failures = 0;
      setHeld("value", reconcile(answer as unknown, { key: options().key ?? "id" }));
      setFailure(undefined);
      setReadAt(Date.now());
      setAnswered({ question: asked });
    } catch (error) {
      if (mine !== running || isAborted(error)) return;
      const known = failureOf(error);
      if (known.code === "session_required") return leaveToSignIn();
      failures += 1;
      setFailure(known);
    }
    setSettled({ question: asked });
    running = undefined;
    plan();
  };

  // Before the page around it is drawn: on a slow machine that takes longer than the answer.
  createRenderEffect(
    on(question, () => {
      failures = 0;
      void ask();
    }),
  );
  createEffect(on(() => options().everyMs, plan, { defer: true }));

  const onVisible = () => {
    if (document.hidden) return plan();
    const { everyMs } = options();
    const age = Date.now() - (readAt() ?? 0);
    if (!isPaused() && (failures > 0 || (everyMs !== undefined && age >= everyMs))) void ask();
    else plan();
  };
  document.addEventListener("visibilitychange", onVisible);
  onCleanup(() => {
    document.removeEventListener("visibilitychange", onVisible);
    clearTimeout(timer);
    running?.abort();
    running = undefined;
  });

  return {
    value,
    failure,
    readAt,
    nextAt,
    isBehind,
    isSettled,
    isPaused,
    refresh: () => void ask(),
    setPaused: (paused) => {
      setPausedTo(paused);
      if (paused) plan();
      else void ask();
    },
  };
}
