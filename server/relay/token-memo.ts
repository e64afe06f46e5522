/** Installation tokens as this isolate was given them. In memory only; forgotten well before their end. */
import { BoundedMap } from "../bounded-map.ts";
import type { Identity } from "./stages.ts";

const IDENTITIES = 500;
/** A request under way with a token must not see its end. */
const SPARE_MS = 60_000;
/**
 * The coordinator is asked again this often. Shorter than the shortest rest after a refused credential, so that no
 * isolate comes back from it with the token that was refused.
 */
const HELD_MS = 5 * 60_000;

type Holder = Pick<Identity, "id" | "secretRef" | "installationId">;

interface Held {
  readonly token: string;
  readonly secretRef: string;
  readonly installationId: number | undefined;
  readonly until: number;
}

export class TokenMemo {
  readonly #held = new BoundedMap<string, Held>(IDENTITIES);

  /** Undefined where there is none, or where the operator has changed key or installation since. */
  get({ id, secretRef, installationId }: Holder, now: number): string | undefined {
    const held = this.#held.get(id);
    if (held === undefined || held.until <= now) return undefined;
    return held.secretRef === secretRef && held.installationId === installationId ? held.token : undefined;
  }

  /** @param expiresAt the token's own end, epoch ms. */
  put({ id, secretRef, installationId }: Holder, token: string, expiresAt: number, now: number): void {
    const until = Math.min(expiresAt - SPARE_MS, now + HELD_MS);
    this.#held.set(id, { token, secretRef, installationId, until });
  }

  /** GitHub refused it. */
  forget(id: string): void {
    this.#held.delete(id);
  }
}
