/** The faults of a soak, one after another. Each is put right before the next begins. */
import { setTimeout as sleep } from "node:timers/promises";
import { type StandInClient, tokenOf } from "../../test/github/client.ts";
import type { SoakedRelay } from "./relay.ts";
import type { Phase } from "./traffic.ts";

export interface PhaseStage {
  readonly github: StandInClient;
  readonly relay: SoakedRelay;
  readonly isOver: () => boolean;
}

export interface Fault extends Phase {
  readonly name: string;
  begin(stage: PhaseStage): Promise<void>;
  /** Goes on while the phase lasts. */
  during?(stage: PhaseStage): Promise<void>;
  end(stage: PhaseStage): Promise<void>;
}

const nothing = () => Promise.resolve();
const API = { path_prefix: "/repos/" } as const;
const QUOTA = { limit: 1_000_000, remaining: 1_000_000 };

const ofGitHub = (name: string, begin: Fault["begin"], end: Fault["end"]): Fault => ({
  name,
  mayBreak: false,
  mayRefuse: true,
  heedsPurges: true,
  knowsCallers: true,
  begin,
  end,
});
const clearFaults: Fault["end"] = ({ github }) => github.clearFaults();

/**
 * One isolate is soaked, in which a purge binds at once, however slow D1 is. Where D1 fails it cannot say which purges
 * there were: copies at the edge are judged by age alone (docs/architecture.md).
 */
const ofStores = (name: string, stores: Parameters<SoakedRelay["setStores"]>[0], heedsPurges: boolean): Fault => ({
  name,
  mayBreak: false,
  mayRefuse: true,
  heedsPurges,
  knowsCallers: stores.d1 !== "failing",
  begin: ({ relay }) => relay.setStores(stores),
  end: ({ relay }) => relay.setStores({}),
});

const calm = (name: string, mayRefuse: boolean): Fault => ({
  name,
  mayBreak: false,
  mayRefuse,
  heedsPurges: true,
  knowsCallers: true,
  begin: nothing,
  end: nothing,
});

export const FAULTS: readonly [Fault, ...Fault[]] = [
  calm("calm", false),
  ofGitHub(
    "GitHub answers 502",
    ({ github }) => github.addFault({ kind: "status", status: 502, match: API }),
    clearFaults,
  ),
  ofGitHub("GitHub hangs", ({ github }) => github.addFault({ kind: "hang", match: API }), clearFaults),
  ofGitHub(
    "GitHub is slow",
    ({ github }) => github.setLatency(1_200, API),
    ({ github }) => github.setLatency(0, API),
  ),
  ofGitHub(
    "anonymous quota gone",
    ({ github }) => github.setAnonymousQuota("core", { remaining: 0 }),
    ({ github }) => github.setAnonymousQuota("core", QUOTA),
  ),
  ofGitHub(
    "an identity revoked",
    async ({ github }) => {
      await github.setAnonymousQuota("core", { remaining: 0 });
      await github.removeToken(tokenOf("alice"));
    },
    async ({ github }) => {
      await github.setAnonymousQuota("core", QUOTA);
      await github.addToken({ token: tokenOf("alice"), login: "alice" });
    },
  ),
  ofStores("D1 slow", { d1: "slow" }, true),
  ofStores("D1 failing", { d1: "failing" }, false),
  {
    ...ofGitHub("coordinator restarted", nothing, nothing),
    async during({ relay, isOver }) {
      while (!isOver()) {
        await relay.endCoordinator();
        await sleep(150);
      }
    },
  },
  ofStores("R2 failing", { r2: "failing" }, true),
  {
    ...ofGitHub("Worker killed", nothing, nothing),
    mayBreak: true,
    async during({ relay, isOver }) {
      while (!isOver()) {
        await relay.kill();
        await relay.start();
        await sleep(700);
      }
    },
  },
  calm("calm again", true),
];
