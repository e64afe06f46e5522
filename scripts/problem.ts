/** A failure whose message is all its reader needs: what happened and what to do, in one line. Shown without a stack. */
export class Problem extends Error {
  override readonly name = "Problem";
}

/** What to print for a failure: the line of a Problem, and the stack of anything else, which is a fault of ours. */
export function failureText(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return typeof cause === "string" && cause !== "" ? `${stack}\n${cause}` : stack;
}
