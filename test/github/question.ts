import { createHash } from "node:crypto";
import type { Repository, World } from "./world.ts";

/**
 * How much of a repository the asker sees. GitHub adds fields for any authenticated user (`permissions`), and more for
 * members (merge settings, drafts, references to private repositories).
 */
export type Audience = "public" | "user" | "member";

/** One question to the world, its repository found and visible to the asker. */
export interface Question {
  readonly world: World;
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly repository?: Repository;
  readonly audience: Audience;
  /** The asker, where a credential was sent. */
  readonly login?: string;
  /** How often the resource was touched: makes its content differ. */
  readonly version: number;
  /** Below the API origin, without query: `/repositories/1296269/issues` where a repository is concerned. */
  readonly linkPath: string;
  /** The stand-in's own origin. */
  readonly origin: string;
}

/** What the world says, before etags and quota headers. */
export interface WorldAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The last segment of `x-github-media-type`. */
  readonly mediaFormat?: string;
  /** RFC 9110 HTTP date. */
  readonly lastModified?: string;
  /** GitHub answers 304 for it. */
  readonly hasEtag: boolean;
}

export function ownerOf(repository: Repository): string {
  return repository.fullName.split("/")[0] ?? "";
}

export function nameOf(repository: Repository): string {
  return repository.fullName.split("/")[1] ?? "";
}

/** A believable, deterministic object id for whatever the words name. */
export function shaOf(...words: readonly (string | number)[]): string {
  return createHash("sha1").update(words.join("\0")).digest("hex");
}

/** The commit a name stands for: itself when it is one already. Touching the branch, its ref or its commit moves it. */
export function resolveCommit(question: Question, name: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(name)) return name.toLowerCase();
  const { world, repository } = question;
  const short = name.replace(/^(refs\/)?heads\//, "");
  const base = `/repos/${repository?.fullName ?? ""}`;
  const moved = ["branches", "git/ref/heads", "commits"].map((kind) => world.version(`${base}/${kind}/${short}`));
  return shaOf("commit", repository?.id ?? 0, short, ...moved);
}
