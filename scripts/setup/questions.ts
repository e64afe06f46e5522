/** Asks a person, a line at a time. Piped answers work as typed ones do, so that a set-up can be scripted. */
import { createInterface, type Interface } from "node:readline";
import { Problem } from "../problem.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

interface Asking {
  readonly otherwise?: string;
  /** A complaint, or undefined. */
  readonly check?: (answer: string) => string | undefined;
}

const anything = (): undefined => undefined;

export class Questions {
  readonly #terminal: Terminal;
  #lines: AsyncIterator<string> | undefined;
  #reader: Interface | undefined;
  #isHidden = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Asked again until `check` has no complaint. An empty answer takes `otherwise`. @throws Problem at the input's end. */
  async ask(question: string, { otherwise = "", check = anything }: Asking = {}): Promise<string> {
    for (;;) {
      this.#say(`${question}${otherwise === "" ? "" : ` [${otherwise}]`}: `);
      const answer = (await this.#line(question)) || otherwise;
      const complaint = check(answer);
      if (complaint === undefined) return answer;
      this.#say(`  ${complaint}\n`);
    }
  }

  /** What is typed is not shown. */
  async askSecret(question: string): Promise<string> {
    this.#say(`${question}: `);
    this.#isHidden = true;
    try {
      return await this.#line(question);
    } finally {
      this.#isHidden = false;
      if (this.#terminal.input.isTTY === true) this.#say("\n");
    }
  }

  close(): void {
    this.#reader?.close();
  }

  #say(text: string): void {
    this.#terminal.output.write(text);
  }

  async #line(question: string): Promise<string> {
    const { input, output } = this.#terminal;
    if (this.#lines === undefined) {
      const isTerminal = input.isTTY === true;
      // Everything that readline echoes goes through here, so that a secret can be held back.
      const echo = Object.assign(Object.create(output) as NodeJS.WritableStream, {
        write: (text: string) => this.#isHidden || output.write(text),
      });
      this.#reader = createInterface(isTerminal ? { input, output: echo, terminal: true } : { input });
      this.#lines = this.#reader[Symbol.asyncIterator]();
    }
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Problem(`There is no answer to "${question}": --help says how to give it beforehand.`);
    return value.trim();
  }
}
