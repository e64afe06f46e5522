/**
 * The order in which a request for a fill is decided: follow, else pay, else choose, else lead. Between two waits
 * everything is decided synchronously, so no other request can slip in between. Nothing here reads storage.
 */
import { Budgets, type Place } from "./budgets.ts";
import type { Cancel, Clock } from "./clock.ts";
import { Fills, type Joined } from "./fills.ts";
import type { AttemptReport, BeginAsk, BeginTurn, Candidate, FillLease, FinishReport, Selection } from "./protocol.ts";
import { Queue } from "./queue.ts";
import type { Reservation } from "./reservations.ts";
import type { Choice, SelectAsk } from "./select.ts";
import { type Chosen, type Ledger, Standings } from "./standings.ts";

/** The longest an asker queues, once for a place of its caller and once for one of an identity. */
const QUEUE_MS = 2_000;
/** When the report of a lead can no longer end anything: its place and its reservation have ended by themselves. */
const LEAD_FORGOTTEN_MS = 60_000;

/** What a leader holds until its report. */
interface Lead {
  readonly place: Place;
  reservation: Reservation | null;
  readonly cancelForgetting: Cancel;
}

export class Admission {
  readonly budgets: Budgets;
  readonly standings: Standings;
  readonly fills: Fills;
  readonly #clock: Clock;
  readonly #identityFreed: Queue;
  /** By fence for shared fills, by caller and fill key for the others; oldest first. */
  readonly #leads = new Map<string, Set<Lead>>();

  constructor(clock: Clock, ledger: Ledger, epoch: number) {
    this.#clock = clock;
    this.#identityFreed = new Queue(clock);
    this.budgets = new Budgets(clock);
    this.standings = new Standings(clock, ledger, () => this.#identityFreed.wakeAll());
    this.fills = new Fills(clock, epoch, (fence) => this.#leads.get(`${fence}`)?.forEach(({ place }) => place.leave()));
  }

  /** Answers when the asker may lead, has something to follow, or must be refused; within `waitMs` in any case. */
  async begin(ask: BeginAsk): Promise<BeginTurn> {
    const startedAt = this.#clock.now();
    const deadline = startedAt + ask.waitMs;
    for (;;) {
      const joined = this.#join(ask, deadline);
      if (joined !== null) return this.#turnOf(ask, deadline, await joined);
      const entry = this.budgets.enter(ask.budget);
      if (entry.kind === "entered") return this.#lead(ask, deadline, entry.place, null);
      if (entry.kind === "spent") return { kind: "overloaded", reason: "fills_per_hour", retryAt: entry.retryAt };
      const leftMs = Math.min(deadline, startedAt + QUEUE_MS) - this.#clock.now();
      if (entry.queue === null || leftMs <= 0) {
        return { kind: "overloaded", reason: "concurrency", retryAt: entry.retryAt };
      }
      await entry.queue.wait(leftMs);
    }
  }

  /** Takes in what the leader learnt, also where its lease was lost, and hands the outcome to those who wait. */
  finish(report: FinishReport): boolean {
    const { lease, fillKey } = report;
    const won = lease === null || this.fills.finish(fillKey, lease, report.outcome);
    this.standings.learn(report.attempts);
    const key = leadKey(lease, report.callerId, fillKey);
    const [lead] = this.#leads.get(key) ?? [];
    if (lead !== undefined) {
      this.#forget(key, lead);
      lead.place.leave();
      lead.reservation?.end();
    }
    return won;
  }

  /** A choice without a fill; its reservation ends with the report of the attempt, or by itself. */
  async select(candidates: readonly Candidate[], ask: SelectAsk): Promise<Selection> {
    const beside = { ...ask, isBesideFill: true };
    const { choice, reservation } = await this.#choose(candidates, beside, this.#clock.now() + QUEUE_MS);
    if (reservation !== null) this.standings.leaveToReport(reservation);
    return withoutBusy(choice);
  }

  report(attempts: readonly AttemptReport[]): void {
    this.standings.learn(attempts);
    for (const attempt of attempts) this.standings.endUnled(attempt);
  }

  #join(ask: BeginAsk, deadline: number): Promise<Joined> | Joined | null {
    if (!ask.shared) return null;
    return this.fills.join(ask.fillKey, ask.acceptFinishedMs, deadline - this.#clock.now());
  }

  #turnOf(ask: BeginAsk, deadline: number, joined: Joined): BeginTurn | Promise<BeginTurn> {
    if (joined.kind !== "lead") return joined;
    return this.#lead(ask, deadline, this.budgets.enterAnyway(ask.budget), joined.lease);
  }

  /**
   * The lease comes before the wait for a busy identity, so that those who ask meanwhile follow; after a wait it is
   * renewed, so that the leader has all of it for the fetch.
   */
  async #lead(ask: BeginAsk, deadline: number, place: Place, inherited: FillLease | null): Promise<BeginTurn> {
    const lease = inherited ?? (ask.shared ? this.fills.lead(ask.fillKey) : null);
    const lead = this.#remember(leadKey(lease, ask.budget.callerId, ask.fillKey), place);
    const chosen = this.standings.choose(ask.candidates, ask);
    const queueUntil = Math.min(deadline, this.#clock.now() + QUEUE_MS);
    const { choice, reservation } = isBusy(chosen) ? await this.#choose(ask.candidates, ask, queueUntil) : chosen;
    lead.reservation = reservation;
    const live = lease !== null && isBusy(chosen) ? (this.fills.renew(ask.fillKey, lease) ?? lease) : lease;
    return { kind: "lead", lease: live, selection: withoutBusy(choice) };
  }

  /** Chooses; where every able identity is only busy, again whenever one of their requests ends, until `queueUntil`. */
  async #choose(candidates: readonly Candidate[], ask: SelectAsk, queueUntil: number): Promise<Chosen> {
    for (;;) {
      const chosen = this.standings.choose(candidates, ask);
      const leftMs = queueUntil - this.#clock.now();
      if (!isBusy(chosen) || leftMs <= 0) return chosen;
      await this.#identityFreed.wait(leftMs);
    }
  }

  #remember(key: string, place: Place): Lead {
    const cancelForgetting = this.#clock.after(LEAD_FORGOTTEN_MS, () => this.#forget(key, lead));
    const lead: Lead = { place, reservation: null, cancelForgetting };
    const leads = this.#leads.get(key) ?? new Set();
    this.#leads.set(key, leads.add(lead));
    return lead;
  }

  #forget(key: string, lead: Lead): void {
    lead.cancelForgetting();
    const leads = this.#leads.get(key);
    if (leads?.delete(lead) === true && leads.size === 0) this.#leads.delete(key);
  }
}

/** A fence names one lead of the pool; without a lease the caller's oldest lead of that key is meant. */
function leadKey(lease: FillLease | null, callerId: string, fillKey: string): string {
  return lease === null ? `${callerId}\n${fillKey}` : `${lease.fence}`;
}

function isBusy({ choice }: Chosen): boolean {
  return choice.kind === "none" && choice.busy;
}

/** What crosses the door: `busy` was for the queue only. */
function withoutBusy(choice: Choice): Selection {
  if (choice.kind === "selected") return choice;
  const { busy: _busy, ...selection } = choice;
  return selection;
}
