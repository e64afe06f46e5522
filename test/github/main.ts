import { parseArgs } from "node:util";
import { startStandIn } from "./server.ts";

/** `node test/github/main.ts --port 8788`: runs until SIGINT or SIGTERM. */
const { values } = parseArgs({ options: { port: { type: "string", default: "8788" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(`--port must be a number from 0 to 65535, not "${values.port}"\n`);
  process.exit(2);
}

const standIn = await startStandIn({ port });
process.stdout.write(`${standIn.url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void standIn.close().then(() => process.exit(0)));
}
