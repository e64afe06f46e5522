/**
 * GitHub's webhook payloads, read with distrust: a part that is missing or of another shape than documented is absent,
 * and never a reason to refuse the rest (docs.github.com, "Webhook events and payloads").
 */
import { z } from "zod";
import type { CoverageChange } from "../store/webhooks.ts";

/** What one delivery does to the stored answers. */
export interface Effects {
  /** Surrogate keys whose stored answers end. */
  readonly keys: readonly string[];
  /** Repositories (`owner/repo`, lower-cased, or `#/` and their number) whose visibility proofs end at once. */
  readonly endedProofs?: readonly string[];
  readonly coverage?: readonly CoverageChange[];
}

export type EventMapping = (payload: object) => Effects;

export const NOTHING: Effects = { keys: [] };

/** Undefined in place of anything that does not fit. */
export const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

const LONGEST_NAME = 255;
export const word = z.string().min(1).max(LONGEST_NAME);
export const wholeNumber = z.int().positive();
export const login = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}$/)
  .toLowerCase();
export const fullName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/)
  .toLowerCase();
/** All zeros stand for "no commit" in pushes that create or delete a ref. */
export const commitSha = z
  .string()
  .regex(/^(?!0+$)(?:[0-9a-f]{40}|[0-9a-f]{64})$/i)
  .toLowerCase();

const action = z.object({ action: maybe(z.string().max(64)) });
const ofRepository = z.object({ repository: maybe(z.object({ full_name: fullName })) });

/** Empty where the event has none. */
export function actionOf(payload: object): string {
  return action.safeParse(payload).data?.action ?? "";
}

/** `owner/repo`, lower-cased. */
export function repositoryOf(payload: object): string | undefined {
  return ofRepository.safeParse(payload).data?.repository?.full_name;
}

/** A mapping for events of one repository; without a repository in the payload nothing can be named. */
export function repositoryEvent<Shape extends z.ZodRawShape>(
  shape: Shape,
  map: (payload: z.output<z.ZodObject<Shape>>, repo: string) => Effects,
): EventMapping {
  const schema = z.object(shape);
  return (payload) => {
    const repo = repositoryOf(payload);
    const read = schema.safeParse(payload);
    return repo === undefined || !read.success ? NOTHING : map(read.data, repo);
  };
}

/** The keys that could be named. */
export function named(...keys: readonly (string | false | undefined)[]): readonly string[] {
  return keys.filter((key) => typeof key === "string");
}
