import { createHash } from "node:crypto";
import type { WorldAnswer } from "./question.ts";

/** A world answer with its bytes and etags made once. */
export interface Prepared {
  readonly answer: WorldAnswer;
  readonly bytes: Buffer;
  /** Undefined where GitHub sends none. Depends on the credential, as GitHub's do. */
  etagFor(credentialName: string): string | undefined;
}

const MAX_BYTES = 128 * 1024 * 1024;

/** Generated bodies by question, so that a load test measures the relay and not this server. */
export class AnswerCache {
  readonly #prepared = new Map<string, Prepared>();
  #bytes = 0;

  /** Keeps 200 answers only; everything is dropped when the bytes exceed the cap. */
  get(key: string, make: () => WorldAnswer): Prepared {
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const prepared = prepare(make(), key);
    if (prepared.answer.status !== 200) return prepared;
    if (this.#bytes > MAX_BYTES) this.clear();
    this.#bytes += prepared.bytes.length;
    this.#prepared.set(key, prepared);
    return prepared;
  }

  clear(): void {
    this.#prepared.clear();
    this.#bytes = 0;
  }
}

/** `salt`: whatever changes the etag although the bytes may be the same. */
export function prepare(answer: WorldAnswer, salt = ""): Prepared {
  const bytes = Buffer.from(answer.body);
  const etags = new Map<string, string>();
  const base = createHash("sha256").update(salt).update(bytes).digest();
  return {
    answer,
    bytes,
    etagFor(credentialName) {
      if (!answer.hasEtag) return undefined;
      const known = etags.get(credentialName);
      if (known !== undefined) return known;
      const digest = createHash("sha256").update(base).update(credentialName).digest("hex");
      // GitHub's JSON etags are weak; those of other media types are strong.
      const etag = answer.mediaFormat === "json" ? `W/"${digest}"` : `"${digest}"`;
      etags.set(credentialName, etag);
      return etag;
    },
  };
}
