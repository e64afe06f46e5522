import { command, type Surroundings } from "../command.ts";
import { Failure, UsageProblem } from "../exit.ts";
import type { JsonObject } from "../json.ts";
import { drawStanding } from "../watch/view.ts";

const LEAST_SECONDS = 1;
const USUAL_SECONDS = 2;

/** Home and clear to the end: what was there is overwritten in place, so nothing flickers. */
const REDRAW = "\u001B[H\u001B[J";
const CLEAR_ALL = "\u001B[2J";

export const watch = command({
  name: "watch",
  about: "Watch the pool: hit rate, quota of each identity, your last requests.",
  details: [
    "Draws anew until you interrupt it. In a pipe it prints the picture once; with --json, a line for each look.",
  ],
  args: {},
  flags: {
    pool: { type: "string", value: "name", about: "another pool than the one of your login" },
    interval: { type: "integer", value: "seconds", about: `between two looks (default ${USUAL_SECONDS})` },
    once: { type: "boolean", about: "look once and end" },
    json: { type: "boolean", about: "print the server's reports as lines of JSON" },
  },
  examples: ["octopool watch", "octopool watch --interval 10", "octopool watch --once --json"],
  async run({ flags, relay, io, machine }) {
    const seconds = flags.interval ?? USUAL_SECONDS;
    if (seconds < LEAST_SECONDS) throw new UsageProblem("--interval must be at least 1.", "octopool watch --help");
    const goesOn = !flags.once && (io.isTerminal || flags.json);
    if (goesOn && io.isTerminal && !flags.json) io.write(CLEAR_ALL);
    for (let looks = 0; ; looks += 1) {
      const seen = await look(relay, flags.pool).catch((error: unknown) => {
        // Who watches wants to see it come back; only what no waiting mends ends the watch.
        if (looks === 0 || !(error instanceof Failure)) throw error;
        io.note(error.message);
        return undefined;
      });
      if (seen !== undefined && flags.json) io.write(`${JSON.stringify(seen)}\n`);
      else if (seen !== undefined) {
        const { columns: width = 120, rows = 1_000 } = machine.stdout;
        const view = { width, height: goesOn ? rows : 1_000, now: machine.now() };
        io.write(`${goesOn ? REDRAW : ""}${drawStanding(seen.standing, seen.stats, view).join("\n")}\n`);
      }
      if (!goesOn) return;
      await machine.sleep(seconds * 1_000);
    }
  },
});

async function look(
  relay: Surroundings["relay"],
  pool: string | undefined,
): Promise<{ readonly standing: JsonObject; readonly stats: JsonObject }> {
  const [standing, stats] = await Promise.all([
    relay.poolReport("standing", { pool }),
    relay.poolReport("stats", { pool, query: { since: "15m" } }),
  ]);
  return { standing, stats };
}
