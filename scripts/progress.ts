/** Lines that say which step is under way and how long the last one took. */

export interface Progress {
  /** Runs a step, then prints its name, what it found (where it returns a note) and its time. */
  step<T>(name: string, work: () => Promise<T> | T, note?: (result: T) => string): Promise<T>;
  line(text: string): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Milliseconds; only differences count. */
  readonly now?: () => number;
}

const NAME_WIDTH = 14;

/** A step that fails is named in a line of its own, and its error goes on. */
export function createProgress({ write, now = () => performance.now() }: ProgressOptions): Progress {
  const line = (text: string) => write(`${text}\n`);
  return {
    line,
    async step(name, work, note = () => "") {
      const started = now();
      try {
        const result = await work();
        const words = [name.padEnd(NAME_WIDTH), inSeconds(now() - started), note(result)];
        line(words.join("  ").trimEnd());
        return result;
      } catch (error) {
        line(`${name.padEnd(NAME_WIDTH)}  ${inSeconds(now() - started)}  failed`);
        throw error;
      }
    },
  };
}

/** `1.2 s`, of one width below 100 s so that times stand in a column. */
export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(5)} s`;
}
