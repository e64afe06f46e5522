/** The Durable Object's doors. Rooms behind them: admission (the order), fills, budgets, standings, ledger, tokens. */
import { DurableObject } from "cloudflare:workers";
import { RelayError } from "../../shared/errors.ts";
import { readConfig, readSecret } from "../config.ts";
import type { Env } from "../env.ts";
import { mintInstallationToken, misconfigured } from "../github/app-token.ts";
import { Admission } from "./admission.ts";
import { platformClock } from "./clock.ts";
import { InstallationTokens } from "./installation-tokens.ts";
import { SqlLedger } from "./ledger.ts";
import { NegativeProofs } from "./negative-proofs.ts";
import type {
  AttemptReport,
  BeginAsk,
  BeginTurn,
  CoordinatorDoors,
  FillLease,
  FinishReport,
  Selection,
  Snapshot,
  TokenAsk,
  TokenFailure,
  TokenTurn,
} from "./protocol.ts";

/** The longest a mint may take; app-token.ts gives up earlier by itself. */
const MINT_MS = 8_000;

/** One per pool: the only place where concurrent requests must agree. */
export class PoolCoordinator extends DurableObject<Env> implements CoordinatorDoors {
  /** Set before any call is delivered: `blockConcurrencyWhile` holds them back. */
  #admission!: Admission;
  #negativeProofs!: NegativeProofs;
  readonly #tokens = new InstallationTokens(
    platformClock,
    (ask) => this.#mint(ask),
    (ask, failure) => this.#rest(ask, failure),
  );

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const ledger = await SqlLedger.open(ctx.storage);
      this.#admission = new Admission(platformClock, ledger, ledger.nextEpoch());
      this.#negativeProofs = new NegativeProofs(this.#admission.budgets);
    });
  }

  async begin(ask: BeginAsk): Promise<BeginTurn> {
    return this.#negativeProofs.admit(ask.negativeProofs, platformClock.now(), () => this.#admission.begin(ask));
  }

  async finish(report: FinishReport): Promise<boolean> {
    this.#tokens.heed(report.attempts);
    if (report.proof !== undefined) this.#negativeProofs.settle(report.proof);
    return this.#admission.finish(report);
  }

  async renew(fillKey: string, lease: FillLease): Promise<FillLease | null> {
    return this.#admission.fills.renew(fillKey, lease);
  }

  select(ask: Parameters<CoordinatorDoors["select"]>[0]): Promise<Selection> {
    return this.#admission.select(ask.candidates, ask);
  }

  async report(attempts: readonly AttemptReport[]): Promise<void> {
    this.#tokens.heed(attempts);
    this.#admission.report(attempts);
  }

  async installationToken(ask: TokenAsk): Promise<TokenTurn> {
    return this.#tokens.get(ask);
  }

  async snapshot(identityIds: readonly string[]): Promise<Snapshot> {
    const identities = identityIds.map((identityId) => {
      const tokenFailure = this.#tokens.failureOf(identityId);
      const standing = this.#admission.standings.describe(identityId);
      return tokenFailure === undefined ? standing : { ...standing, tokenFailure };
    });
    return { at: platformClock.now(), identities, fills: this.#admission.fills.counts() };
  }

  async clearCooldowns(identityId: string): Promise<void> {
    this.#admission.standings.clearCooldowns(identityId);
  }

  /** Key and id come from this object's own environment: neither crosses the door. */
  async #mint({ installationId, secretRef }: TokenAsk): Promise<TokenTurn> {
    const now = () => platformClock.now();
    try {
      const config = readConfig(this.env);
      const privateKeyPem = readSecret(this.env, secretRef);
      if (privateKeyPem === undefined) return misconfigured("identity_secret_missing");
      const ask = { appId: config.appId, privateKeyPem, installationId, deadlineAt: now() + MINT_MS };
      return await mintInstallationToken(ask, { config, now, platform: { fetch: (request) => fetch(request) } });
    } catch (error) {
      // The configuration was changed under the object: those who ask are refused by the same name.
      if (error instanceof RelayError) return misconfigured(error.code);
      throw error;
    }
  }

  /** Once for each mint, however many waited for it: three failures that count must be three. */
  #rest({ identityId }: TokenAsk, { taught }: TokenFailure): void {
    if (taught === null) return;
    const about = { identityId, kind: "github_app", resource: "core", routeKey: "installation token" } as const;
    this.#admission.report([{ ...about, result: taught, durationMs: 0 }]);
  }
}
