/** The second step of GitHub's web flow: a code for a user's token (docs.github.com, "Authorizing OAuth apps"). */
import type { Config } from "../config.ts";
import { readBounded, USER_AGENT } from "./client.ts";

export type ExchangeAnswer =
  | { readonly kind: "token"; readonly token: string }
  /** Spent, expired, or for another app. GitHub says so with status 200. */
  | { readonly kind: "refused" }
  | { readonly kind: "unavailable" };

interface ExchangeDeps {
  readonly config: Pick<Config, "githubWebOrigin">;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

const WITHIN_MS = 8_000;
const MAX_BYTES = 16 * 1024;

export async function exchangeCode(
  ask: {
    readonly code: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
  },
  deps: ExchangeDeps,
): Promise<ExchangeAnswer> {
  const body = new URLSearchParams({
    client_id: ask.clientId,
    client_secret: ask.clientSecret,
    code: ask.code,
    redirect_uri: ask.redirectUri,
  });
  let bytes: Uint8Array | undefined;
  try {
    const request = new Request(`${deps.config.githubWebOrigin}/login/oauth/access_token`, {
      method: "POST",
      headers: { accept: "application/json", "user-agent": USER_AGENT },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const response = await deps.platform.fetch(request);
    if (response.status !== 200) {
      await response.body?.cancel();
      return { kind: "unavailable" };
    }
    bytes = await readBounded(response, MAX_BYTES);
  } catch {
    return { kind: "unavailable" }; // whatever fetch throws means that GitHub did not answer
  }
  const answer = bytes === undefined ? undefined : parse(bytes);
  const token = answer?.["access_token"];
  if (typeof token === "string" && token !== "") return { kind: "token", token };
  return answer?.["error"] === undefined ? { kind: "unavailable" } : { kind: "refused" };
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
