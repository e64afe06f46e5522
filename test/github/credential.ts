import { createVerify, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { WorldAnswer } from "./question.ts";
import { JSON_TYPE, notFound, refusal } from "./refusal.ts";
import type { Token, World } from "./world.ts";

/** Who asks. `jwt`: a GitHub App speaking for itself. */
export type Credential =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly login: string; readonly token: Token }
  | { readonly kind: "jwt"; readonly jwt: string }
  | { readonly kind: "invalid" };

/** Reads `Authorization: token|Bearer|Basic …`. An unknown, revoked or ended token is `invalid`. `now`: epoch ms. */
export function readCredential(headers: IncomingHttpHeaders, world: World, now: number): Credential {
  const { authorization } = headers;
  if (authorization === undefined || authorization === "") return { kind: "anonymous" };
  const [scheme = "", value = ""] = authorization.split(" ", 2);
  const secret = scheme.toLowerCase() === "basic" ? basicPassword(value) : value;
  if (scheme.toLowerCase() === "bearer" && secret.split(".").length === 3) return { kind: "jwt", jwt: secret };
  const token = world.token(secret, now);
  return token === undefined ? { kind: "invalid" } : { kind: "user", login: token.login, token };
}

function basicPassword(value: string): string {
  const decoded = Buffer.from(value, "base64").toString("utf8");
  return decoded.slice(decoded.indexOf(":") + 1);
}

/** What the log and filters call a credential. */
export function credentialName(credential: Credential): string {
  switch (credential.kind) {
    case "user":
      return credential.login;
    case "jwt":
      return "app";
    case "anonymous":
    case "invalid":
      return credential.kind;
    default:
      return credential satisfies never;
  }
}

/** `POST /app/installations/{id}/access_tokens`: an hour's token for an App's JWT. Undefined for any other question. */
export function mintInstallationToken(
  ask: { path: string; method: string; credential: Credential },
  world: World,
  now: number,
): WorldAnswer | undefined {
  const id = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(ask.path)?.[1];
  if (id === undefined || ask.method !== "POST") return undefined;
  if (ask.credential.kind !== "jwt") return refusal(401, "A JSON web token could not be decoded");
  const installation = world.installations.get(Number(id));
  if (installation === undefined) return notFound();
  const problem = jwtProblem(ask.credential.jwt, installation, now);
  if (problem !== undefined) return refusal(401, problem);
  if (installation.suspended === true) return suspended();
  const token = `ghs_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "x")}`;
  const endsAt = now + 3_600_000;
  world.addToken(
    { token, login: installation.account, scopes: null },
    { isInstallation: true, installationId: installation.id, endsAt },
  );
  const body = {
    token,
    expires_at: new Date(endsAt).toISOString().replace(/\.\d+Z$/, "Z"),
    permissions: { contents: "read", metadata: "read" },
    repository_selection: "all",
  };
  return { status: 201, contentType: JSON_TYPE, body: JSON.stringify(body), mediaFormat: "json", hasEtag: false };
}

export function suspended(): WorldAnswer {
  return refusal(403, "This installation has been suspended");
}

/** GitHub's own words for a JWT it refuses (RFC 7519 claims; at most ten minutes long). */
export function jwtProblem(jwt: string, app: { app_id: string; public_key?: string }, now: number): string | undefined {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const undecodable = "A JSON web token could not be decoded";
  let claims: { iss?: unknown; iat?: unknown; exp?: unknown };
  try {
    claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as typeof claims;
  } catch (error) {
    if (error instanceof SyntaxError) return undecodable;
    throw error;
  }
  const seconds = Math.floor(now / 1000);
  if (String(claims.iss) !== app.app_id) return "'Issuer' claim ('iss') must be the App ID";
  if (typeof claims.iat !== "number" || claims.iat > seconds + 5)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  if (typeof claims.exp !== "number" || claims.exp <= seconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (claims.exp - seconds > 600) return "'Expiration time' claim ('exp') is too far in the future";
  if (app.public_key === undefined) return undefined;
  const isSigned = createVerify("RSA-SHA256")
    .update(`${header}.${payload}`)
    .verify(app.public_key, signature, "base64url");
  return isSigned ? undefined : undecodable;
}
