/** What the traffic room shows. */
import type { StatusCounts, StatusName } from "./status.ts";

export interface TrafficRow {
  readonly id: number;
  /** Epoch ms. */
  readonly at: number;
  readonly requestId: string;
  readonly callerId: string;
  /** The caller's login; its id where it is known no more. */
  readonly caller: string;
  readonly client: string;
  readonly kind: string;
  /** The path with owner and repository; everything else of it stands as its parameter's name. */
  readonly path: string;
  readonly answer: StatusName;
  /** Why, by the catalogue's and the cache's names; empty: nothing to say. */
  readonly why: string;
  /** GitHub's status, or that of the refusal. */
  readonly status: number;
  readonly identity: string;
  /** `github_web`, `github_api`, `github_identity`; empty: the answer came from the cache, or from nowhere. */
  readonly backend: string;
  readonly units: number;
  readonly isCoalesced: boolean;
  readonly ms: number;
}

export interface TrafficPage {
  readonly now: number;
  readonly rows: readonly TrafficRow[];
  /** Where the next page begins; null: there is no more in this window. */
  readonly next: string | null;
  /** How far back was looked: rows older than this are behind `next`. Null: to the window's beginning. */
  readonly lookedTo: number | null;
}

/** One stage of a request, in words. */
export interface TrailStage {
  readonly id: string;
  readonly name: string;
  readonly words: string;
  /** Offsets from the request's beginning, ms; null where the stage was not timed by itself. */
  readonly from: number | null;
  readonly to: number | null;
  readonly tone: "plain" | "good" | "miss" | "bad" | "skipped";
  /** The caller had its answer already. */
  readonly isAfter: boolean;
}

export interface TrafficDetail {
  readonly row: TrafficRow;
  /** The whole in a sentence. */
  readonly verdict: string;
  readonly stages: readonly TrailStage[];
  readonly calls: number;
}

export interface TrafficCounts {
  /** Under all filters but that of the answer; null: such filters cannot be counted over so long a window. */
  readonly counts: StatusCounts | null;
  readonly options: TrafficOptions;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** What can be filtered by, as seen within the window's last hours; most requests first. */
export interface TrafficOptions {
  readonly callers: readonly Option[];
  readonly clients: readonly Option[];
  readonly kinds: readonly Option[];
  readonly identities: readonly Option[];
  readonly backends: readonly Option[];
  readonly reasons: readonly Option[];
}
