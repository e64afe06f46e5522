/** Plays a scene through the coordinator's own rooms, and beside it what an oracle would have made of it. */
import { Admission } from "../../../../server/coordinator/admission.ts";
import type { AttemptReport, Selection } from "../../../../server/coordinator/protocol.ts";
import { anAsk, aBudget, MemoryLedger, MINUTE, NOW } from "../builders.ts";
import { FakeClock } from "../fake-clock.ts";
import { type Member, SimulatedGitHub } from "./github.ts";
import type { Arrival, Scene } from "./scene.ts";
import { Told } from "./told.ts";

export interface Played {
  readonly requests: number;
  readonly served: number;
  /** What one would have served who knows every limit, reset and spell beforehand. */
  readonly byOracle: number;
  readonly broken: readonly string[];
  /** Choices that could have gone to a bucket with as much left and a later reset. */
  readonly compared: number;
  /** Requests over a limit, by identity, resource and window. */
  readonly over: ReadonlyMap<string, number>;
  readonly reasons: ReadonlyMap<string, number>;
}

export async function play(scene: Scene): Promise<Played> {
  const player = new Player(scene);
  await player.run();
  const { served, told, github, reasons } = player;
  const { broken, compared } = told;
  const requests = scene.arrivals.length;
  return { requests, served, byOracle: servedByOracle(scene), broken, compared, over: github.over, reasons };
}

class Player {
  readonly #scene: Scene;
  readonly #clock = new FakeClock(NOW);
  readonly #admission: Admission;
  readonly github: SimulatedGitHub;
  readonly told = new Told();
  readonly reasons = new Map<string, number>();
  served = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.github = new SimulatedGitHub(scene.weather);
    this.#admission = new Admission(this.#clock, new MemoryLedger(), 1);
  }

  async run(): Promise<void> {
    const under: Promise<void>[] = [];
    for (const [index, arrival] of this.#scene.arrivals.entries()) {
      await this.#clock.advance(arrival.at - this.#clock.now());
      under.push(arrival.isProof ? this.#prove(arrival) : this.#fill(arrival, `fill ${index}`));
    }
    await this.#clock.advance(2 * MINUTE);
    await Promise.all(under);
  }

  async #fill(arrival: Arrival, fillKey: string): Promise<void> {
    const { resource } = arrival;
    const routeKey = `pr_view ${arrival.repository}`;
    const budget = aBudget({ callerId: fillKey, fillsPerHour: 1_000 });
    const candidates = this.#candidates();
    const turn = await this.#admission.begin(anAsk({ fillKey, routeKey, resource, budget, candidates }));
    if (turn.kind !== "lead") throw new Error(`nobody else asks for ${fillKey}: ${turn.kind}`);
    const attempts = await this.#ask(turn.selection, arrival, routeKey);
    const outcome = { kind: "failed", code: "github_unavailable", finishedAt: this.#clock.now() } as const;
    this.#admission.finish({ fillKey, lease: turn.lease, callerId: fillKey, outcome, attempts });
    this.#learn(attempts);
  }

  async #prove(arrival: Arrival): Promise<void> {
    const routeKey = `proof ${arrival.repository}`;
    const selection = await this.#admission.select(this.#candidates(), { routeKey, resource: "core" });
    await this.#ask(selection, arrival, routeKey, (attempt) => {
      this.#admission.report([attempt]);
      this.#learn([attempt]);
    });
  }

  /** As the relay does: one after the other, until one answers or GitHub itself fails. */
  async #ask(
    selection: Selection,
    arrival: Arrival,
    routeKey: string,
    answered: (attempt: AttemptReport) => void = () => {},
  ): Promise<readonly AttemptReport[]> {
    if (selection.kind === "none") {
      this.reasons.set(selection.reason, (this.reasons.get(selection.reason) ?? 0) + 1);
      return [];
    }
    const { identities, leaseReason } = selection;
    const { resource } = arrival;
    const choice = { identities, resource, routeKey, isSticky: leaseReason === "sticky" };
    this.told.judge(
      choice,
      this.#scene.members.map(({ id }) => id),
      this.#clock.now(),
    );
    const attempts: AttemptReport[] = [];
    for (const [n, id] of identities.entries()) {
      const member = this.#member(id);
      const { result, rate } = this.github.answer(member, arrival, this.#clock.now());
      const durationMs = arrival.latencies[n] ?? 100;
      this.told.asked(id, resource, 1);
      await new Promise<void>((resolve) => this.#clock.after(durationMs, resolve));
      this.told.asked(id, resource, -1);
      const about = { identityId: id, kind: member.kind, resource, routeKey, durationMs, result };
      const attempt = rate === undefined ? about : { ...about, rate };
      attempts.push(attempt);
      answered(attempt);
      if (result.kind === "ok") this.served += 1;
      if (result.kind === "ok" || result.kind === "failed") break;
    }
    return attempts;
  }

  #learn(attempts: readonly AttemptReport[]): void {
    for (const attempt of attempts) this.told.learn(attempt, this.#clock.now());
  }

  #candidates() {
    return this.#scene.members.map(({ id, kind }) => ({ id, kind, weight: 100 }));
  }

  #member(id: string): Member {
    const member = this.#scene.members.find((one) => one.id === id);
    if (member === undefined) throw new Error(`no such identity: ${id}`);
    return member;
  }
}

/**
 * Of those who would answer, always the one whose bucket is full again first; what falls to nobody is not served. Two
 * oracles, of whom the better counts: to one GitHub is kind enough to open each window by itself when the last has
 * ended, so that no hour is lost in which nobody asked.
 */
function servedByOracle(scene: Scene): number {
  return Math.max(...[false, true].map((isKind) => servedBy(new SimulatedGitHub(scene.weather, isKind), scene)));
}

function servedBy(github: SimulatedGitHub, { members, arrivals }: Scene): number {
  let served = 0;
  for (const arrival of arrivals) {
    if (arrival.isUnlucky || github.isDown(arrival.at)) continue;
    const able = members.flatMap((member) => {
      const resetAt = github.promise(member, arrival, arrival.at);
      return resetAt === undefined ? [] : [{ member, resetAt }];
    });
    const [best] = able.toSorted((one, other) => one.resetAt - other.resetAt);
    if (best === undefined) continue;
    github.answer(best.member, arrival, arrival.at);
    served += 1;
  }
  return served;
}
