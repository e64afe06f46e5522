/** The Durable Object's doors. Rooms behind them: admission (the order), fills, budgets, standings, ledger. */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { Admission } from "./admission.ts";
import { platformClock } from "./clock.ts";
import { SqlLedger } from "./ledger.ts";
import type {
  AttemptReport,
  BeginAsk,
  BeginTurn,
  CoordinatorDoors,
  FillLease,
  FinishReport,
  Selection,
  Snapshot,
} from "./protocol.ts";

/** One per pool: the only place where concurrent requests must agree. */
export class PoolCoordinator extends DurableObject<Env> implements CoordinatorDoors {
  /** Set before any call is delivered: `blockConcurrencyWhile` holds them back. */
  #admission!: Admission;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const ledger = await SqlLedger.open(ctx.storage);
      this.#admission = new Admission(platformClock, ledger, ledger.nextEpoch());
    });
  }

  begin(ask: BeginAsk): Promise<BeginTurn> {
    return this.#admission.begin(ask);
  }

  async finish(report: FinishReport): Promise<boolean> {
    return this.#admission.finish(report);
  }

  async renew(fillKey: string, lease: FillLease): Promise<FillLease | null> {
    return this.#admission.fills.renew(fillKey, lease);
  }

  select(ask: Parameters<CoordinatorDoors["select"]>[0]): Promise<Selection> {
    return this.#admission.select(ask.candidates, ask);
  }

  async report(attempts: readonly AttemptReport[]): Promise<void> {
    this.#admission.report(attempts);
  }

  async takeNegativeProof(callerId: string, perHour: number): Promise<boolean> {
    return this.#admission.budgets.takeNegativeProof(callerId, perHour);
  }

  async snapshot(identityIds: readonly string[]): Promise<Snapshot> {
    const identities = identityIds.map((identityId) => this.#admission.standings.describe(identityId));
    return { at: platformClock.now(), identities, fills: this.#admission.fills.counts() };
  }

  async clearCooldowns(identityId: string): Promise<void> {
    this.#admission.standings.clearCooldowns(identityId);
  }
}
