/** One line of published-client.jsonl. */
import type { ScriptedAnswer } from "../../github/client.ts";
import type { Matcher } from "./matchers.ts";

export interface Given {
  readonly summary: string;
  readonly caller?: "active" | "none" | "unknown" | "revoked" | "wrong_org";
  readonly caller_login?: string;
  readonly client_name?: string;
  readonly admin?: "configured" | "unconfigured";
  readonly config?: Readonly<Record<string, string | null>>;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly upstream?: ScriptedAnswer | readonly ScriptedAnswer[];
  readonly cache?: {
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly age_seconds: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  } | null;
  readonly identity?: GivenIdentity;
  readonly identities?: readonly GivenIdentity[];
  readonly require_identity?: boolean;
  readonly github?: {
    readonly user?: { login: string; id: number };
    readonly org_member?: boolean;
    readonly org_check?: "error" | "timeout";
  };
  readonly github_calls?: number;
  readonly org_check?: "error" | "timeout";
  readonly membership_age_seconds?: number;
  readonly prior?: { readonly requests?: number; readonly path?: string; readonly in_flight?: number };
  readonly traffic?: readonly {
    readonly client: string;
    readonly route_kind: string;
    readonly cache?: "hit" | "miss";
    readonly backend?: "github_web" | "github_api" | "github_identity";
    readonly fallback?: string;
    readonly count: number;
  }[];
  readonly provoke?: { readonly fallback?: string; readonly exception?: string };
}

export interface GivenIdentity {
  readonly id?: string;
  readonly kind?: string;
  readonly pool?: string;
  readonly state?: "healthy" | "cooling_down" | "depleted" | "secret_missing" | "none";
}

export interface Case {
  readonly name: string;
  readonly area: string;
  readonly given: Given;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Record<string, unknown>;
    readonly body_text?: string;
    readonly body_pad_bytes?: number;
  };
  readonly expect: {
    readonly status: number;
    readonly headers: Readonly<Record<string, Matcher>>;
    readonly body: Readonly<Record<string, Matcher>>;
    readonly body_text?: Matcher;
    readonly max_bytes?: number;
  };
}
