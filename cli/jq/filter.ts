/** What --jq does to one answer: jq's own language, and gh's way of printing what comes out. */
import { Failure, UsageProblem } from "../exit.ts";
import type { Environment } from "../machine.ts";
import type { Jq } from "./engine.ts";
import { ghLine, sortedJson } from "./gh-text.ts";

/** An expression, not a data set; jq's stack ends a little above a million. */
const MAX_EXPRESSION = 64 * 1024;

export interface Filtered {
  /** What was printed up to the failure, if there is one: gh too shows what came before it. */
  readonly text: string;
  readonly failure: Failure | undefined;
}

/** Applies the expression to one body. */
export type Filter = (body: Buffer) => Filtered;

/** Begins to load jq at once; whoever has a question to ask meanwhile need not wait. @throws UsageProblem */
export function loadFilter(expression: string, env: Environment): Promise<Filter> {
  if (expression.length > MAX_EXPRESSION) {
    throw new UsageProblem(
      `The --jq expression has more than ${MAX_EXPRESSION} characters.`,
      "leave --jq away and pipe the output to jq --from-file",
    );
  }
  const program = programOf(expression, env);
  return import("./engine.ts").then(({ loadJq }) => loadJq()).then((jq) => (body) => apply(jq, program, body));
}

interface Program {
  readonly text: string;
  /** Lines of ours before the user's. */
  readonly linesBefore: number;
}

/** WebAssembly has no environment: where the expression asks for it, it is given as a value. */
function programOf(expression: string, env: Environment): Program {
  if (expression.trim() === "") return { text: ".", linesBefore: 0 };
  if (!/\$ENV\b|\benv\b/.test(expression)) {
    // Without the space, an expression such as -1 would be an option.
    return { text: expression.startsWith("-") ? ` ${expression}` : expression, linesBefore: 0 };
  }
  return { text: `${JSON.stringify(env)} as $ENV | def env: $ENV;\n${expression}`, linesBefore: 1 };
}

function apply(jq: Jq, program: Program, body: Buffer): Filtered {
  const text = body.toString("utf8");
  if (text.trim() === "") return { text: "", failure: undefined }; // a 204 has nothing to ask about
  const { stdout, stderr, exitCode } = run(jq, program, sortedInput(text));
  const lines = stdout === "" ? [] : stdout.split("\n");
  return {
    text: lines.map((line) => `${ghLine(JSON.parse(line))}\n`).join(""),
    failure: exitCode === 0 ? undefined : explained(stderr, program),
  };
}

function run(jq: Jq, program: Program, input: string) {
  try {
    return jq.raw(input, program.text, ["-c"]);
  } catch {
    // WebAssembly ended jq in the midst of its work, which lies within the sandbox and says nothing readable.
    return { stdout: "", stderr: "jq: error: jq gave up, most likely for want of memory", exitCode: 5 };
  }
}

/** gh knows numbers as JavaScript does, and reads an object in the order of its keys. */
function sortedInput(text: string): string {
  try {
    return sortedJson(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure("GitHub's answer is not JSON, which is all that --jq can read.", { next: "leave --jq away" });
  }
}

function explained(stderr: string, { linesBefore }: Program): Failure {
  const [first = ""] = stderr.split("\n");
  const why = first
    .replace(/^jq: error(?: \(at [^)]*\))?:? ?/, "")
    .replace(" at <top-level>", "")
    .replace(/, line (\d+), /, (_, line: string) => `, line ${Number(line) - linesBefore}, `)
    .replace(/[:,]$/, "");
  return stderr.includes("compile error")
    ? new Failure(`The --jq expression does not compile: ${why}`, { next: "quote it for your shell: --jq '.[].title'" })
    : new Failure(`The --jq expression failed: ${why}`, { next: "look at the answer without --jq" });
}
