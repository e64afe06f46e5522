/** The process: this machine's streams in, an exit code out. */
import { dispatch } from "./dispatch.ts";
import { invokedWords } from "./invocation.ts";
import { thisMachine } from "./machine.ts";

// A reader that closes early, such as head, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});
// Nobody is left to be told, and what was asked for is done all the same.
process.stderr.on("error", () => undefined);
void dispatch(invokedWords(process), thisMachine()).then((code) => {
  process.exitCode = code; // not exit(): a pipe may still be draining
});
