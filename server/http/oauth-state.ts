/**
 * The `state` of a browser sign-in (RFC 6749, section 10.12): where to go afterwards, signed, good for ten minutes, and
 * worth nothing without the cookie that mirrors it.
 */
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { equalSecrets } from "./origin.ts";

const GOOD_FOR_MS = 10 * 60_000;

interface Payload {
  readonly nonce: string;
  readonly expiresAt: number;
  readonly next: string;
}

/** @param next as safeNext made it. */
export function makeState(next: string, clientSecret: string, now: number): string {
  const payload: Payload = { nonce: randomBytes(16).toString("base64url"), expiresAt: now + GOOD_FOR_MS, next };
  const text = Buffer.from(JSON.stringify(payload)).toString("base64url");
  return `${text}.${sign(text, clientSecret)}`;
}

/** Where to go; undefined where the state is forged, too old, or not the one in this browser's cookie. */
export function readState(
  state: string | null,
  mirrored: string | undefined,
  clientSecret: string,
  now: number,
): string | undefined {
  if (state === null || mirrored === undefined || !equalSecrets(state, mirrored)) return undefined;
  const [text = "", signature = ""] = state.split(".");
  if (!equalSecrets(signature, sign(text, clientSecret))) return undefined;
  // Signed by us: it is what makeState wrote.
  const { expiresAt, next } = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Payload;
  return expiresAt > now ? next : undefined;
}

/** A key of its own, so that what is signed here can be taken for nothing else made from the client secret. */
function sign(text: string, clientSecret: string): string {
  const key = Buffer.from(hkdfSync("sha256", clientSecret, "", "octopool sign-in state v1", 32));
  return createHmac("sha256", key).update(text).digest("base64url");
}

const HOME = "/dashboard";

/** Only places of the dashboard: whatever else is asked for, another host above all, becomes its front page. */
export function safeNext(asked: string | null): string {
  if (asked === null || asked.length > 2_000 || !/^\/dashboard(?:[/?#]|$)/.test(asked)) return HOME;
  const base = "https://octopool.invalid";
  if (!URL.canParse(asked, base)) return HOME;
  const url = new URL(asked, base);
  const isInside = url.origin === base && /^\/dashboard(?:\/|$)/.test(url.pathname);
  return isInside ? url.pathname + url.search + url.hash : HOME;
}
