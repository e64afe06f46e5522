import type { ServerResponse } from "node:http";
import type { Outcome } from "./ask.ts";

const NO_BODY = new Set([204, 304]);

/** Puts an outcome on the wire, spoiled where its transfer says so. Resolves when nothing more will be sent. */
export async function send(response: ServerResponse, outcome: Outcome, isHead: boolean): Promise<void> {
  const { transfer, body, status } = outcome;
  if (transfer?.kind === "hang") return;
  if (transfer?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const hasBody = !NO_BODY.has(status);
  const promised = transfer?.kind === "truncated" ? body.length + 1000 : body.length;
  const headers = hasBody ? { ...outcome.headers, "content-length": String(promised) } : { ...outcome.headers };
  response.writeHead(status, headers as Record<string, string | string[]>);
  if (isHead || !hasBody) response.end();
  else if (transfer?.kind === "truncated") response.write(body, () => response.socket?.destroy());
  else if (transfer?.kind === "slow") await drip(response, body, transfer);
  else response.end(body);
}

async function drip(
  response: ServerResponse,
  body: Uint8Array,
  { chunkBytes, everyMs }: { readonly chunkBytes: number; readonly everyMs: number },
): Promise<void> {
  for (let from = 0; from < body.length && !response.destroyed; from += chunkBytes) {
    response.write(body.subarray(from, from + chunkBytes));
    await delay(everyMs);
  }
  response.end();
}

/** Waits without keeping the process alive. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(), ms).unref();
  });
}
