import { matches, type Filterable } from "./request-log.ts";
import type { Fault, RequestFilter } from "./vocabulary.ts";

interface Gate {
  readonly filter: RequestFilter;
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** What keeps requests from being answered at once and well: gates, latency, faults. */
export class Disturbances {
  readonly #gates = new Map<string, Gate>();
  #latencies: { readonly ms: number; readonly filter: RequestFilter }[] = [];
  #faults: { readonly fault: Fault; left: number }[] = [];

  /** A second gate of the same name replaces the first and lets go what it held. */
  addGate(name: string, filter: RequestFilter): void {
    this.release(name);
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.set(name, { filter, opened, open });
  }

  release(name: string): void {
    this.#gates.get(name)?.open();
    this.#gates.delete(name);
  }

  setLatency(ms: number, filter: RequestFilter): void {
    this.#latencies.unshift({ ms, filter });
  }

  addFault(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clearFaults(): void {
    this.#faults = [];
  }

  /** Lets go everything that is held. */
  clear(): void {
    for (const name of this.#gates.keys()) this.release(name);
    this.#latencies = [];
    this.#faults = [];
  }

  /** The gates a request must pass, as they stand on its arrival. */
  async pass(request: Filterable): Promise<void> {
    for (const gate of this.#gates.values()) {
      if (matches(gate.filter, request)) await gate.opened;
    }
  }

  /** Milliseconds. */
  latencyFor(request: Filterable): number {
    return this.#latencies.find(({ filter }) => matches(filter, request))?.ms ?? 0;
  }

  /** The first fault for this request that is not used up; counts the use. */
  takeFault(request: Filterable): Fault | undefined {
    const found = this.#faults.find(({ fault, left }) => left > 0 && matches(fault.match ?? {}, request));
    if (found !== undefined) found.left--;
    return found?.fault;
  }
}
