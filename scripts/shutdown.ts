/** Ends what a long-running script started, newest first, when it is told to. */

/** A signal ends the process after at most this long, whatever hangs. */
const PATIENCE_MS = 1_800;
/** One Ctrl-C arrives twice under npm: from the terminal, and passed on by npm. */
const ONE_PRESS_MS = 250;

export class Shutdown {
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly #stopping = new AbortController();
  #ended: Promise<void> | undefined;

  /** Aborted when the end has begun, for work that can be cut short. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Runs `end` at the end; at once where that has come already. */
  async add(end: () => Promise<void> | void): Promise<void> {
    if (this.#ended === undefined) this.#ends.push(end);
    else await end();
  }

  /** Ends everything, once. A step that fails does not keep the others from ending. */
  end(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  /** The first Ctrl-C or SIGTERM ends in order and exits 0; the second kills. */
  listen(): void {
    let firstAt: number | undefined;
    const onSignal = () => {
      const now = performance.now();
      if (firstAt !== undefined) {
        if (now - firstAt > ONE_PRESS_MS) process.kill(process.pid, "SIGKILL");
        return;
      }
      firstAt = now;
      setTimeout(() => process.exit(1), PATIENCE_MS).unref();
      void this.end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          process.exit(1);
        },
      );
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  }

  async #run(): Promise<void> {
    this.#stopping.abort();
    const failures: unknown[] = [];
    for (const end of this.#ends.toReversed()) {
      try {
        await end();
      } catch (error) {
        failures.push(error); // reported when the others have ended
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
  }
}
