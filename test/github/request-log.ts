import { decodeSegments } from "./match-template.ts";
import type { LogEntry, RequestFilter, Resource } from "./vocabulary.ts";

/** A log entry while its request is under way. */
export type OpenEntry = { -readonly [member in keyof LogEntry]: LogEntry[member] };

interface Waiter {
  /** How many are still to come. */
  missing: number;
  readonly filter: RequestFilter;
  readonly resolve: (entries: readonly LogEntry[]) => void;
}

const KEPT = 20_000;

/** Every request in order of arrival, bounded, without tokens; tells waiters when enough have come. */
export class RequestLog {
  #entries: OpenEntry[] = [];
  #seq = 0;
  readonly #waiters = new Set<Waiter>();

  open(
    arrival: Pick<LogEntry, "method" | "path" | "query" | "credential" | "accept" | "if_none_match" | "at">,
  ): OpenEntry {
    const entry: OpenEntry = { seq: ++this.#seq, ...arrival, status: null, charged: 0, resource: null };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT * 1.25) this.#entries = this.#entries.slice(-KEPT);
    this.#tell(entry);
    return entry;
  }

  read(filter: RequestFilter = {}): readonly LogEntry[] {
    return this.#entries.slice(-KEPT).filter((entry) => matches(filter, entry));
  }

  clear(): void {
    this.#entries = [];
  }

  /** Resolves with the matching entries as soon as there are `count`; rejects after `timeoutMs`, saying how many came. */
  waitFor(count: number, filter: RequestFilter, timeoutMs: number): Promise<readonly LogEntry[]> {
    const seen = this.read(filter);
    if (seen.length >= count) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`waited for ${count} requests, ${this.read(filter).length} came`));
      }, timeoutMs);
      const waiter: Waiter = {
        missing: count - seen.length,
        filter,
        resolve: (entries) => {
          clearTimeout(timer);
          resolve(entries);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  #tell(entry: OpenEntry): void {
    for (const waiter of this.#waiters) {
      if (!matches(waiter.filter, entry) || --waiter.missing > 0) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(this.read(waiter.filter));
    }
  }
}

/** What a filter can be held against. */
export interface Filterable {
  readonly method: string;
  readonly path: string;
  readonly credential: string;
  readonly resource?: Resource | null;
}

/** Whether a request is one of those the filter speaks of. */
export function matches(filter: RequestFilter, request: Filterable): boolean {
  const path = decodeSegments(request.path);
  return (
    (filter.method === undefined || filter.method === request.method) &&
    (filter.path === undefined || decodeSegments(filter.path) === path) &&
    (filter.path_prefix === undefined || path.startsWith(decodeSegments(filter.path_prefix))) &&
    (filter.credential === undefined || filter.credential.toLowerCase() === request.credential.toLowerCase())
  );
}
