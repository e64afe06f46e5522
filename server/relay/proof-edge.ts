/**
 * Positive visibility proofs at this data centre's edge, by pool: where D1 has not heard of a proof yet, or does not
 * answer, the isolates of one place need not each ask GitHub. Read only where GitHub would be asked otherwise. D1's later
 * word always counts more, and no copy is believed for longer than an isolate believes its own memory.
 */
import type { Deps } from "../deps.ts";
import type { ProofRow } from "../store/visibility.ts";
import { settled } from "./within.ts";

type EdgeDeps = Pick<Deps, "platform" | "now" | "config">;

interface Copy {
  readonly proof: ProofRow;
  /** Of the repository's scope, from before GitHub was asked; -1: D1 did not answer. Every purge there moves it. */
  readonly epoch: number;
}

export interface Place {
  readonly poolId: string;
  /** `owner/repo`, lower-cased. */
  readonly scope: string;
}

/** What this request knows of the repository from D1. */
export interface Known {
  /** Of any age. */
  readonly proof: ProofRow | undefined;
  readonly epoch: number;
}

/** A name nobody can ask for from outside, as in edge.ts. Pool and repository hold nothing that a path would change. */
function edgeKey({ poolId, scope }: Place): string {
  return `https://octopool-cache.invalid/proof/v1/pool-${poolId}/${scope}`;
}

/** Undefined: none in force, or D1 has learnt something since. */
export async function findProofAtEdge(place: Place, known: Known, deps: EdgeDeps): Promise<ProofRow | undefined> {
  const copy = await settled(async () => {
    const response = await deps.platform.edge.match(edgeKey(place));
    // Written by keepProofAtEdge below; nobody else can put under this name.
    return response === undefined ? undefined : ((await response.json()) as Copy);
  });
  if (copy === undefined || copy.proof.expiresAt <= deps.now()) return undefined;
  if (known.epoch >= 0 && known.epoch !== copy.epoch) return undefined;
  return copy.proof.checkedAt > (known.proof?.checkedAt ?? 0) ? copy.proof : undefined;
}

/** An edge in trouble keeps none. */
export async function keepProofAtEdge(place: Place, { proof, epoch }: Copy, deps: EdgeDeps): Promise<void> {
  const expiresAt = Math.min(proof.expiresAt, deps.now() + deps.config.configTtlMs);
  // The Cache API counts whole seconds; the copy's own end is read to the millisecond.
  const seconds = Math.ceil((expiresAt - deps.now()) / 1000);
  if (!proof.public || seconds <= 0) return;
  const headers = { "cache-control": `public, max-age=${seconds}` };
  const copy: Copy = { proof: { ...proof, etag: null, expiresAt }, epoch };
  await settled(() => deps.platform.edge.put(edgeKey(place), Response.json(copy, { headers })));
}

export async function dropProofAtEdge(place: Place, deps: EdgeDeps): Promise<void> {
  await settled(() => deps.platform.edge.delete(edgeKey(place)));
}
