/** One request to GitHub, with a deadline and a size cap. A status is a value here, never a throw. */

export interface GitHubAsk {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Present: a POST. */
  readonly body?: string;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
  readonly maxBytes: number;
}

export type GitHubReply =
  | { readonly kind: "reply"; readonly status: number; readonly headers: Headers; readonly body: Uint8Array }
  | { readonly kind: "unreachable"; readonly why: "timeout" | "network" }
  | { readonly kind: "too_large"; readonly status: number; readonly headers: Headers };

interface ClientDeps {
  readonly now: () => number;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

/** GitHub refuses requests without one (docs.github.com, "User agent required"). */
export const USER_AGENT = "octopool";

/** Redirects come back as replies: whether one is followed is a decision of its own. */
export async function askGitHub(ask: GitHubAsk, deps: ClientDeps): Promise<GitHubReply> {
  const leftMs = ask.deadlineAt - deps.now();
  if (leftMs <= 0) return { kind: "unreachable", why: "timeout" };
  const signal = AbortSignal.timeout(leftMs);
  try {
    const request = new Request(ask.url, {
      headers: { "user-agent": USER_AGENT, ...ask.headers },
      ...(ask.body === undefined ? {} : { method: "POST", body: ask.body }),
      redirect: "manual",
      signal,
    });
    const response = await deps.platform.fetch(request);
    const body = await readBounded(response, ask.maxBytes);
    if (body === undefined) return { kind: "too_large", status: response.status, headers: response.headers };
    return { kind: "reply", status: response.status, headers: response.headers, body };
  } catch {
    // Whatever fetch or the body stream throws (reset, truncated, aborted) means the same: no usable answer.
    return { kind: "unreachable", why: signal.aborted ? "timeout" : "network" };
  }
}

/** Undefined once more than `maxBytes` are announced or have come: decided without buffering it all. */
export async function readBounded(message: Response | Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const announced = Number(message.headers.get("content-length") ?? "0");
  if (announced > maxBytes) {
    await message.body?.cancel();
    return undefined;
  }
  // HTTP holds a sender to the length it announced, so the platform may read it all at once, which costs a fraction of
  // reading chunks here (to look at `body` alone is dear: it makes a stream). Not so where those bytes are compressed.
  if (announced > 0 && message.headers.get("content-encoding") === null)
    return new Uint8Array(await message.arrayBuffer());
  if (message.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = message.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
