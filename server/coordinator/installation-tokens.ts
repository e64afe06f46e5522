/**
 * Installation tokens of the pool's Apps, in memory and nowhere else: one mint at a time for each installation, shared
 * by everyone who asks meanwhile. A failure is shared for a moment too, so that a wrong key is not asked of GitHub by
 * every request.
 */
import { BoundedMap } from "../bounded-map.ts";
import type { Clock } from "./clock.ts";
import type { AttemptReport, IdentityStanding, TokenAsk, TokenFailure, TokenTurn } from "./protocol.ts";

/** A request under way with a token must not see its end. */
const SPARE_MS = 60_000;
const REMEMBER_FAILED_MS = 5_000;
/** What was minted this recently is as young as GitHub has it, whatever an asker's clock says. */
const NEW_MS = 5_000;
/** A 403 may be about one route only, and leaves the identity in service: it costs at most one mint in this time. */
const FORBIDDEN_MINTS_MS = 60_000;
/** Identities of a pool number far fewer. */
const MAX_INSTALLATIONS = 500;

interface Known {
  readonly turn: TokenTurn;
  readonly at: number;
}

export class InstallationTokens {
  readonly #clock: Clock;
  readonly #mint: (ask: TokenAsk) => Promise<TokenTurn>;
  readonly #failed: (ask: TokenAsk, failure: TokenFailure) => void;
  readonly #known = new BoundedMap<string, Known>(MAX_INSTALLATIONS);
  readonly #minting = new Map<string, Promise<TokenTurn>>();
  /** Which installation an identity asked for last. */
  readonly #keys = new BoundedMap<string, string>(MAX_INSTALLATIONS);

  /** `mint` must end by itself. `failed` hears of each mint that failed, once. */
  constructor(
    clock: Clock,
    mint: (ask: TokenAsk) => Promise<TokenTurn>,
    failed: (ask: TokenAsk, failure: TokenFailure) => void,
  ) {
    this.#clock = clock;
    this.#mint = mint;
    this.#failed = failed;
  }

  /** What is known and good, else what the mint under way or a new one brings. */
  get(ask: TokenAsk): Promise<TokenTurn> | TokenTurn {
    const key = keyOf(ask);
    this.#keys.set(ask.identityId, key);
    const known = this.#known.get(key);
    if (known !== undefined && this.#isGood(known, ask.at)) return known.turn;
    const under = this.#minting.get(key) ?? this.#begin(key, ask);
    this.#minting.set(key, under);
    return under;
  }

  /** A credential that GitHub refused is not handed out again: a suspended installation shows in its next mint. */
  heed(attempts: readonly AttemptReport[]): void {
    for (const { identityId, kind, result } of attempts) {
      if (kind !== "github_app" || (result.kind !== "unauthorized" && result.kind !== "forbidden")) continue;
      const key = this.#keys.get(identityId) ?? "";
      const known = this.#known.get(key);
      if (known?.turn.kind !== "token") continue;
      // After a 401 the identity rests, so nobody asks for the next token soon.
      const isRecent = this.#clock.now() - known.at < FORBIDDEN_MINTS_MS;
      if (result.kind === "unauthorized" || !isRecent) this.#known.delete(key);
    }
  }

  /** Why the identity's last mint brought nothing; undefined where it did, or where none was tried. */
  failureOf(identityId: string): IdentityStanding["tokenFailure"] {
    const known = this.#known.get(this.#keys.get(identityId) ?? "");
    if (known?.turn.kind !== "failed") return undefined;
    const { code, status } = known.turn;
    return { code, status, at: known.at };
  }

  #isGood({ turn, at }: Known, askedAt: number): boolean {
    const now = this.#clock.now();
    if (turn.kind === "failed") return now - at < REMEMBER_FAILED_MS;
    return turn.expiresAt - SPARE_MS > Math.max(now, askedAt) || now - at < NEW_MS;
  }

  async #begin(key: string, ask: TokenAsk): Promise<TokenTurn> {
    try {
      const turn = await this.#mint(ask);
      this.#known.set(key, { turn, at: this.#clock.now() });
      if (turn.kind === "failed") this.#failed(ask, turn);
      return turn;
    } finally {
      this.#minting.delete(key);
    }
  }
}

/** Two identities of one installation share its token where they sign with the same key. */
function keyOf({ installationId, secretRef }: TokenAsk): string {
  return `${installationId} ${secretRef}`;
}
