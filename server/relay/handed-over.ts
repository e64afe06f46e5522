/** A stored answer as it crosses the coordinator's door, from a leader to its followers. */
import type { InlineReply } from "../coordinator/protocol.ts";
import type { EdgeCopy } from "./edge.ts";
import type { CacheEntry } from "./stages.ts";

/**
 * Larger bodies are read from the edge or the stores by the followers: each of a hundred gets its own copy out of the
 * coordinator, whose memory ends at 128 MB.
 */
export const MAX_INLINE_BYTES = 512 * 1024;

/** Undefined where the body is too large. */
export function toInline({ entry, epoch }: EdgeCopy, proofExpiresAt: number | undefined): InlineReply | undefined {
  if (entry.body.byteLength > MAX_INLINE_BYTES) return undefined;
  const { status, headers, encoding, body, identity, generations, ...rest } = entry;
  const meta = {
    ...rest,
    identityId: identity?.id ?? null,
    identityKind: identity?.kind ?? null,
    generations: JSON.stringify(generations),
    epoch,
    proofExpiresAt: proofExpiresAt ?? null,
  };
  return { status, headers, encoding, body, meta };
}

/** Written by `toInline`, in another request of the same deployment. */
export function fromInline(reply: InlineReply): EdgeCopy {
  const { identityId, identityKind, generations, epoch, proofExpiresAt: _proof, ...rest } = reply.meta;
  const identity =
    identityId === null
      ? undefined
      : { id: String(identityId), kind: identityKind === "pat" ? ("pat" as const) : ("github_app" as const) };
  const fields = rest as unknown as Omit<
    CacheEntry,
    "status" | "headers" | "encoding" | "body" | "identity" | "generations"
  >;
  const entry = {
    ...fields,
    status: reply.status,
    headers: reply.headers,
    encoding: reply.encoding,
    body: reply.body,
    identity,
    generations: JSON.parse(String(generations)) as Record<string, number>,
  };
  return { entry, epoch: Number(epoch ?? -1) };
}
