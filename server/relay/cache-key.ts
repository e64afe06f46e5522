/** The name of one variant in every tier (4-cache, Cache key). */
import { createHash } from "node:crypto";
import type { Route } from "./stages.ts";

export type Question = Pick<Route, "canonicalQuery" | "variant"> & {
  readonly match: Pick<Route["match"], "canonicalPath">;
};

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
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
