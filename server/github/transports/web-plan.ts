/**
 * What the token-free sources have in common: a plan of one request, made before anything is asked, and a reading of
 * its answer. Either may decline. A source that cannot say exactly what the API would say declines; none approximates.
 */
import type { RouteMatch } from "../../../shared/route-match.ts";
import type { MediaType } from "../../../shared/routes/spec.ts";

/** The question, with whatever earlier answers of the API taught about it. */
export interface WebQuestion {
  readonly match: RouteMatch;
  readonly variant: MediaType;
  readonly apiVersion: string;
  /** Canonical: sorted, defaults folded away. */
  readonly query: string;
  /** Name of the repository as GitHub writes it, where a proof told; else as asked. */
  readonly owner: string;
  readonly repo: string;
  /** What is stored for this very question, of any age. */
  readonly stored: { readonly status: number; readonly encoding: string; readonly body: Uint8Array } | undefined;
  /** What a git tree that GitHub answered earlier says of the file asked for. */
  readonly file: PlainFile | undefined;
}

/** A file that a git tree shows with mode 100644 or 100755. */
export interface PlainFile {
  /** Of its blob. */
  readonly sha: string;
  readonly size: number;
  /** `Owner/Repo`, as GitHub wrote it with the tree. */
  readonly fullName: string;
}

export interface WebPlan {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Present: a POST. */
  readonly body?: string;
  readonly maxBytes: number;
  /** The one place a redirect may lead to, compared without case; absent: none is followed. */
  readonly redirectsTo?: string;
  /** As the API sends it. */
  readonly contentType: string;
  /** The API's own body, byte for byte; undefined: the answer is not exactly that. */
  read(headers: Headers, body: Uint8Array): Uint8Array | undefined;
}

export interface WebOrigins {
  readonly githubWebOrigin: string;
  readonly githubRawOrigin: string;
  readonly maxResponseBytes: number;
}

/** Undefined: declined, and nothing is asked. */
export type Planner = (question: WebQuestion, origins: WebOrigins) => WebPlan | undefined;
