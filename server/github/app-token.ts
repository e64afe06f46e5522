/** An installation's access token: what a GitHub App asks GitHub with on behalf of the account it is installed on. */
import { z } from "zod";
import type { Config } from "../config.ts";
import type { TokenFailure, TokenTurn } from "../coordinator/protocol.ts";
import { appJwt } from "./app-jwt.ts";
import { readBounded, USER_AGENT } from "./client.ts";
import { readRefusal } from "./rate.ts";

export interface AppTokenAsk {
  /** OCTOPOOL_GITHUB_APP_ID. */
  readonly appId: string | undefined;
  readonly privateKeyPem: string;
  readonly installationId: number;
  /** Epoch ms. */
  readonly deadlineAt: number;
}

interface AppTokenDeps {
  readonly config: Pick<Config, "githubApiOrigin">;
  readonly now: () => number;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

/** A mint takes a fraction of a second; whoever waits longer is better served by the next identity. */
const WITHIN_MS = 5_000;
/** Lists the repositories where the installation has chosen some. */
const MAX_BYTES = 1024 * 1024;

/** Goes into a header, so it holds nothing but visible ASCII; GitHub's formats have changed before. */
const answerSchema = z.object({
  token: z.string().regex(/^[\x21-\x7e]{1,2000}$/),
  expires_at: z
    .string()
    .transform((text) => Date.parse(text))
    .refine((at) => !Number.isNaN(at)),
});

/** `POST /app/installations/{id}/access_tokens`. Never throws. Neither key nor JWT is in any outcome. */
export async function mintInstallationToken(ask: AppTokenAsk, deps: AppTokenDeps): Promise<TokenTurn> {
  const made = appJwt({ appId: ask.appId, privateKeyPem: ask.privateKeyPem, now: deps.now() });
  if (made.kind === "misconfigured") return misconfigured(made.code);
  const leftMs = Math.min(WITHIN_MS, ask.deadlineAt - deps.now());
  if (leftMs <= 0) return unanswered(null);
  const request = new Request(`${deps.config.githubApiOrigin}/app/installations/${ask.installationId}/access_tokens`, {
    method: "POST",
    headers: {
      "user-agent": USER_AGENT,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      authorization: `Bearer ${made.jwt}`,
    },
    redirect: "manual",
    signal: AbortSignal.timeout(leftMs),
  });
  try {
    const response = await deps.platform.fetch(request);
    const body = await readBounded(response, MAX_BYTES);
    return body === undefined ? unanswered(response.status) : read(response, body, deps.now());
  } catch {
    return unanswered(null); // whatever fetch or the body stream throws (refused, reset, timed out): no usable answer
  }
}

/** What the operator has to mend first; GitHub is not asked. */
export function misconfigured(code: TokenFailure["code"]): TokenFailure {
  return { kind: "failed", reason: "no_identity", code, status: null, taught: null };
}

function unanswered(status: number | null): TokenFailure {
  return refused(status, "github_unavailable", { kind: "failed" });
}

function refused(status: number | null, reason: TokenFailure["reason"], taught: TokenFailure["taught"]): TokenFailure {
  return { kind: "failed", reason, code: "github_app_token_failed", status, taught };
}

function read({ status, headers }: Response, body: Uint8Array, now: number): TokenTurn {
  if (status === 201) {
    const { success, data } = answerSchema.safeParse(parseJson(body));
    return success ? { kind: "token", token: data.token, expiresAt: data.expires_at } : unanswered(status);
  }
  const refusal = readRefusal(status, headers, body);
  switch (refusal?.kind) {
    // The App's own limits, not those of the installation's resources.
    case "throttled":
      return throttled(status, refusal.retryAfterMs);
    case "depleted":
      return throttled(status, refusal.resetAt === undefined ? undefined : refusal.resetAt - now);
    // 401: the key or the id is not the App's. 403: the installation is suspended. Neither mends by itself.
    case "unauthorized":
    case "forbidden":
      return refused(status, "github_identity_unauthorized", { kind: "unauthorized" });
    case "failed":
      return unanswered(status);
    case undefined:
      break;
    default:
      return refusal satisfies never;
  }
  // 404: the installation is gone. Anything unheard of says as little as an outage.
  return status === 404
    ? refused(status, "github_identity_unauthorized", { kind: "unauthorized" })
    : unanswered(status);
}

function throttled(status: number, retryAfterMs: number | undefined): TokenFailure {
  const told = retryAfterMs === undefined || retryAfterMs <= 0 ? {} : { retryAfterMs };
  return refused(status, "github_rate_limited", { kind: "throttled", ...told });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // an outage page with the wrong status
    throw error;
  }
}
