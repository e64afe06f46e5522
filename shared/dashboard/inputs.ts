/** What the dashboard's procedures take. Schemas, so the pages import types of here at most: zod is too much to load. */
import { z } from "zod";
import { POOL_NAME } from "../wire.ts";
import { STATUS_NAMES } from "./status.ts";
import { WINDOWS } from "./window.ts";

/** In the input of every procedure but `session.me`: the pool acted in, which the operator must hold. */
export const poolInput = z.object({ pool: z.string().regex(POOL_NAME, "must be a pool's name") });

const epochMs = z.int().min(0).max(8_640_000_000_000_000);

/** Resolve it with resolveWindow, which refuses more than 30 days. */
export const windowInput = z.union([z.enum(WINDOWS), z.object({ from: epochMs, to: epochMs })]);

export const MOST_ROWS = 200;

/** Of every list: how many rows, and after which. A cursor is a list's own word: hand back what the page before gave. */
export const pageInput = z.object({
  limit: z.int().min(1).max(MOST_ROWS).default(50),
  cursor: z.string().max(200).optional(),
});

const name = (most: number) => z.string().min(1).max(most);

/** What the traffic's rows may be narrowed to; each absent one narrows nothing. */
export const trafficFilters = z.object({
  answers: z.array(z.enum(STATUS_NAMES)).max(STATUS_NAMES.length).optional(),
  caller: name(100).optional(),
  client: name(100).optional(),
  kind: name(100).optional(),
  identity: name(64).optional(),
  backend: z.enum(["github_web", "github_api", "github_identity"]).optional(),
  /** Of a fallback or an error, by the catalogue. */
  reason: name(100).optional(),
  status: z.int().min(100).max(599).optional(),
  /** Whether it spent quota. */
  spent: z.enum(["yes", "no"]).optional(),
  /** Ms at least. */
  slower: z.int().min(0).max(3_600_000).optional(),
  /** Part of a path, or a request id. */
  text: name(200).optional(),
});
export type TrafficFilters = Readonly<z.output<typeof trafficFilters>>;
