/** The name of one variant in every tier (4-cache, Cache key). */
import { createHash } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";
import type { Route } from "./stages.ts";

export type Question = Pick<Route, "canonicalQuery" | "variant"> & {
  readonly match: Pick<Route["match"], "canonicalPath">;
};

/** Names once made: what is hot is asked for again and again. Longer texts are hashed each time, so that none fills it. */
const made = new BoundedMap<string, string>(1_000);
const LONGEST_MADE = 512;

/**
 * SHA-256 over everything that makes two answers differ; never the caller, never the identity. Length-free joining is
 * safe: no part can hold a newline.
 */
export function cacheKeyOf(poolId: string, route: Question, apiVersion: string, discriminator: string): string {
  const parts = [
    "1",
    poolId,
    "GET",
    route.match.canonicalPath,
    route.canonicalQuery,
    route.variant,
    apiVersion,
    discriminator,
  ];
  const text = parts.join("\n");
  const known = made.get(text);
  if (known !== undefined) return known;
  const cacheKey = createHash("sha256").update(text).digest("hex");
  if (text.length <= LONGEST_MADE) made.set(text, cacheKey);
  return cacheKey;
}
