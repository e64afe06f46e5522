/**
 * Why an identity cannot serve, as far as the relay knows by itself: beside its name in a pool's health, and behind the
 * reason of a fallback. None is a refusal of its own. Part of the catalogue in errors.ts.
 */
import type { ErrorSpec } from "./errors.ts";

export const IDENTITY_PROBLEMS = {
  identity_paused: { status: 503, mayFallBack: false, says: "An operator took this identity out of service." },
  identity_secret_missing: {
    status: 503,
    mayFallBack: false,
    says: "The identity's secret_ref names no secret of this server. Store it with wrangler secret put.",
  },
  github_app_id_missing: {
    status: 503,
    mayFallBack: false,
    says: "OCTOPOOL_GITHUB_APP_ID is not set, and without the App's id no installation token can be asked for.",
  },
  github_app_installation_missing: {
    status: 503,
    mayFallBack: false,
    says: "The identity names no installation of its App. Put it again with an installation_id.",
  },
  github_app_key_format: {
    status: 503,
    mayFallBack: false,
    says: "The identity's secret is no RSA private key. Store the PEM file as GitHub gave it: PKCS#1 or PKCS#8.",
  },
  github_app_token_failed: {
    status: 503,
    mayFallBack: false,
    says: "GitHub gave no installation token. Its status says why: 401 wrong key or App id, 403 suspended, 404 uninstalled.",
  },
} as const satisfies Record<string, ErrorSpec>;
