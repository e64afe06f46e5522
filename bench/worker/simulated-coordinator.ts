/** The coordinator with the bench's clock. Behind its doors everything is the server's own. */
import { DurableObject } from "cloudflare:workers";
import { Admission } from "../../server/coordinator/admission.ts";
import { SqlLedger } from "../../server/coordinator/ledger.ts";
import type {
  AttemptReport,
  BeginAsk,
  BeginTurn,
  CoordinatorDoors,
  FillLease,
  FinishReport,
  Selection,
  Snapshot,
  TokenTurn,
} from "../../server/coordinator/protocol.ts";
import type { Env } from "../../server/env.ts";
import { misconfigured } from "../../server/github/app-token.ts";
import { benchClock } from "./clock.ts";
import { noteOutcome } from "./outcome-bytes.ts";

export class PoolCoordinator extends DurableObject<Env> implements CoordinatorDoors {
  #admission!: Admission;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const ledger = await SqlLedger.open(ctx.storage);
      this.#admission = new Admission(benchClock, ledger, ledger.nextEpoch());
    });
  }

  begin(ask: BeginAsk): Promise<BeginTurn> {
    return this.#admission.begin(ask);
  }

  async finish(report: FinishReport): Promise<boolean> {
    const won = this.#admission.finish(report);
    if (won && report.lease !== null) noteOutcome(report.outcome);
    return won;
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

  /** The bench has no Apps. */
  async installationToken(): Promise<TokenTurn> {
    return misconfigured("github_app_id_missing");
  }

  async snapshot(identityIds: readonly string[]): Promise<Snapshot> {
    const identities = identityIds.map((identityId) => this.#admission.standings.describe(identityId));
    return { at: benchClock.now(), identities, fills: this.#admission.fills.counts() };
  }

  async clearCooldowns(identityId: string): Promise<void> {
    this.#admission.standings.clearCooldowns(identityId);
  }
}
