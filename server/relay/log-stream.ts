/**
 * A log's bytes on their way from GitHub's blob store to the reader, and beside him into R2: a chunk at a time, never
 * the whole in memory. After its first byte an answer can no longer be refused, only broken off.
 */
import type { ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { readBounded, USER_AGENT } from "../github/client.ts";
import { isBlob, MAX_REDIRECTS } from "./attempt.ts";
import type { Keeper } from "./log-keeper.ts";
import { settled, within } from "./within.ts";

export interface OpenLog {
  readonly kind: "open";
  readonly headers: Headers;
  /** Bytes, as announced; undefined where the store does not say. */
  readonly length: number | undefined;
  readonly body: ReadableStream<Uint8Array>;
  readonly upstreamCalls: number;
}

export type OpenedLog = OpenLog | { readonly kind: "failed"; readonly code: ErrorCode; readonly upstreamCalls: number };

type StreamDeps = Pick<Deps, "config" | "now" | "platform">;

/**
 * Asks for a signed address without credentials, and follows it to other blob hosts only. Whatever the store says but
 * 200 is `github_unavailable`: its error pages quote what was signed.
 */
export async function openLog(url: string, deadlineAt: number, deps: StreamDeps): Promise<OpenedLog> {
  let address = url;
  for (let upstreamCalls = 1; ; upstreamCalls++) {
    const response = await ask(address, deadlineAt, deps);
    if (response?.status === 200) return opened(response, upstreamCalls, deps);
    await settled(async () => response?.body?.cancel());
    const location = response !== undefined && isRedirect(response.status) ? response.headers.get("location") : null;
    if (location === null) return { kind: "failed", code: "github_unavailable", upstreamCalls };
    if (upstreamCalls > MAX_REDIRECTS || !isBlob(location, deps))
      return { kind: "failed", code: "github_redirect_denied", upstreamCalls };
    address = location;
  }
}

/** The deadline is that of the headers: the bytes have as long again for each chunk (see `carry`). */
async function ask(address: string, deadlineAt: number, deps: StreamDeps): Promise<Response | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), Math.max(0, deadlineAt - deps.now()));
  const headers = { "user-agent": USER_AGENT, "accept-encoding": "identity" };
  const request = new Request(address, { headers, redirect: "manual", signal: abort.signal });
  const response = await settled(() => deps.platform.fetch(request));
  clearTimeout(timer);
  return response;
}

const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304;

async function opened(response: Response, upstreamCalls: number, deps: StreamDeps): Promise<OpenedLog> {
  const { headers } = response;
  // Encoded on the way, the announced length is not that of the bytes read here.
  const plain = (headers.get("content-encoding") ?? "identity") === "identity";
  const announced = headers.get("content-length") ?? "";
  const length = plain && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined;
  if (length !== undefined && length > deps.config.maxLogBytes) {
    await settled(async () => response.body?.cancel());
    return { kind: "failed", code: "github_response_too_large", upstreamCalls };
  }
  const body = response.body ?? new Response(new Uint8Array(0)).body;
  if (body === null) return { kind: "failed", code: "github_unavailable", upstreamCalls };
  return { kind: "open", headers, length, body, upstreamCalls };
}

/** The whole log, for an envelope. `too_large` is decided by the announced length or while reading. */
export async function readWhole(
  log: OpenLog,
  maxBytes: number,
  deadlineAt: number,
  deps: Pick<Deps, "now">,
): Promise<Uint8Array | "too_large" | "broken"> {
  if (log.length !== undefined && log.length > maxBytes) {
    await settled(() => log.body.cancel());
    return "too_large";
  }
  const message = new Response(log.body);
  const read = await within(
    settled(async () => (await readBounded(message, maxBytes)) ?? ("too_large" as const)),
    deadlineAt - deps.now(),
  );
  if (read === undefined || read === "too_large") return read ?? "broken";
  return log.length === undefined || log.length === read.byteLength ? read : "broken";
}

/**
 * `ended` is true once the copy is stored whole. It goes on after a reader has hung up, while there is a keeper. A source
 * that sends no byte for `stalledMs`, is over `maxBytes` or not as long as announced breaks both off.
 */
export function carry(
  log: OpenLog,
  keeper: Keeper | undefined,
  bounds: { readonly maxBytes: number; readonly stalledMs: number },
): { readonly readable: ReadableStream<Uint8Array>; readonly ended: Promise<boolean> } {
  const passage = log.length === undefined ? new IdentityTransformStream() : new FixedLengthStream(log.length);
  const client = passage.writable.getWriter();
  void settled(() => client.closed);
  return { readable: passage.readable, ended: pump(log, client, keeper, bounds) };
}

async function pump(
  log: OpenLog,
  client: WritableStreamDefaultWriter<Uint8Array>,
  keeper: Keeper | undefined,
  bounds: { readonly maxBytes: number; readonly stalledMs: number },
): Promise<boolean> {
  const source = log.body.getReader();
  let size = 0;
  let listening = true;
  let keeping = keeper !== undefined;
  for (;;) {
    const read = await within(
      settled(() => source.read()),
      bounds.stalledMs,
    );
    size += read?.value?.byteLength ?? 0;
    const short = read?.done === true && log.length !== undefined && size !== log.length;
    if (read === undefined || size > bounds.maxBytes || short) {
      const reason = new Error("the log broke off");
      await Promise.all([settled(() => source.cancel()), settled(() => client.abort(reason)), keeper?.abandon()]);
      return false;
    }
    if (read.done) break;
    const chunk = read.value;
    [listening, keeping] = await Promise.all([
      listening ? sent(client, chunk) : false,
      keeping && keeper !== undefined ? keeper.write(chunk) : false,
    ]);
    if (!listening && !keeping) {
      await settled(() => source.cancel());
      return false;
    }
  }
  const [kept] = await Promise.all([
    keeping && keeper !== undefined ? keeper.finish() : false,
    listening ? sent(client) : false,
  ]);
  return kept;
}

/** False: the reader has hung up. Waits as long as he takes. */
async function sent(client: WritableStreamDefaultWriter<Uint8Array>, chunk?: Uint8Array): Promise<boolean> {
  const done = await settled(async () => {
    await (chunk === undefined ? client.close() : client.write(chunk));
    return true;
  });
  return done === true;
}
