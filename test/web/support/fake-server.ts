/** /trpc as a page's tests want it: each procedure answers what it is told, waits, or refuses. Records what was asked. */
import { parse, stringify } from "devalue";
import { vi } from "vitest";

type Answer = (input: never) => unknown;

export interface Asked {
  readonly procedure: string;
  readonly input: unknown;
  readonly method: string;
}

export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class FakeServer {
  readonly asked: Asked[] = [];
  readonly #answers: Map<string, Answer>;

  constructor(answers: Readonly<Record<string, Answer>>) {
    this.#answers = new Map(Object.entries(answers));
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.#answer(url, init));
  }

  /** From now on. */
  on(procedure: string, answer: Answer): void {
    this.#answers.set(procedure, answer);
  }

  inputsOf(procedure: string): readonly unknown[] {
    return this.asked.filter((each) => each.procedure === procedure).map(({ input }) => input);
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const procedure = pathname.slice("/trpc/".length);
    const sent = init.method === "POST" ? (init.body as string) : searchParams.get("input");
    const input: unknown = sent == null ? undefined : parse(JSON.parse(sent) as string);
    this.asked.push({ procedure, input, method: init.method ?? "GET" });
    const answer = this.#answers.get(procedure);
    if (answer === undefined) throw new Error(`nothing answers ${procedure}`);
    try {
      const data = await answer(input as never);
      return json(200, { result: { data: stringify(data) } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const data = {
        code: "X",
        httpStatus: 500,
        refusal: { code: error.code, requestId: "req-1", details: undefined },
      };
      return json(500, { error: stringify({ message: error.message, code: -32_603, data }) });
    }
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** A promise for a test to end. */
export function gate<T>(): { readonly wait: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {};
  const wait = new Promise<T>((resolve) => (open = resolve));
  return { wait, open };
}
