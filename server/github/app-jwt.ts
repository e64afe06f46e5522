/** Who a GitHub App says it is: a short-lived JWT, for the App's own endpoints and for installation tokens. */
import { sign } from "node:crypto";
import { readAppKey } from "./app-key.ts";

export type AppJwt =
  /** `expiresAt`: epoch ms; to be used until a minute before. */
  | { readonly kind: "jwt"; readonly jwt: string; readonly expiresAt: number }
  | { readonly kind: "misconfigured"; readonly code: "github_app_key_format" | "github_app_id_missing" };

interface AppJwtAsk {
  /** OCTOPOOL_GITHUB_APP_ID. */
  readonly appId: string | undefined;
  /** As GitHub's page gives it (PKCS#1), or PKCS#8. */
  readonly privateKeyPem: string;
  /** Epoch ms. */
  readonly now: number;
}

/** GitHub refuses an `iat` in its future and an `exp` over ten minutes ahead; this allows a minute of drift both ways. */
const BACKDATED_SECONDS = 60;
const LASTS_SECONDS = 9 * 60;

/**
 * RS256 (RFC 7518 §3.3). node:crypto takes both forms of key, where WebCrypto takes PKCS#8 alone. Nothing of the key
 * is in any outcome.
 */
export function appJwt({ appId, privateKeyPem, now }: AppJwtAsk): AppJwt {
  if (appId === undefined || appId === "") return { kind: "misconfigured", code: "github_app_id_missing" };
  const key = readAppKey(privateKeyPem);
  if (key === undefined) return { kind: "misconfigured", code: "github_app_key_format" };
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - BACKDATED_SECONDS, exp: seconds + LASTS_SECONDS, iss: appId };
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), key).toString("base64url");
  return { kind: "jwt", jwt: `${signed}.${signature}`, expiresAt: claims.exp * 1000 };
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
