/**
 * What every procedure of the dashboard stands on: who asks, which pool, and how a refusal travels. A procedure throws
 * RelayError like every door; the tRPC code follows from its status.
 */
import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { parse, stringify } from "devalue";
import { ZodError } from "zod";
import { poolInput } from "../../shared/dashboard/inputs.ts";
import { ERRORS, RelayError, type ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { Act } from "../store/admin-events.ts";
import type { KnownCaller } from "../store/callers.ts";

export interface AdminContext {
  readonly deps: Deps;
  /** Whose session the browser brought; undefined: none that lasts. */
  readonly visitor: KnownCaller | undefined;
  /** The request comes from a page of ours. */
  readonly isSameOrigin: boolean;
}

/** What a page learns of a refusal, beside its sentence. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly details: Readonly<Record<string, string>> | undefined;
}

const CODES: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  424: "PRECONDITION_FAILED",
  429: "TOO_MANY_REQUESTS",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
};

const t = initTRPC.context<AdminContext>().create({
  transformer: {
    serialize: (value: unknown) => stringify(value),
    deserialize: (text: string) => parse(text) as unknown,
  },
  isDev: false, // no stack leaves
  errorFormatter: ({ shape, error, ctx }) => {
    const known = asRefusal(error);
    const refusal: Refusal = { code: known.code, requestId: ctx?.deps.requestId ?? "", details: known.details };
    return { ...shape, message: known.message, data: { ...shape.data, refusal } };
  },
});

/** The refusal behind a tRPC error. Of what was not expected nothing is said. */
export function asRefusal(error: TRPCError): RelayError {
  const { cause, code } = error;
  if (cause instanceof RelayError) return cause;
  if (cause instanceof ZodError) {
    const [issue] = cause.issues;
    const field = (issue?.path.join(".") || "input").slice(0, 64);
    return new RelayError("invalid_request", { message: `${field}: ${issue?.message}.`, details: { field } });
  }
  if (code === "NOT_FOUND") return new RelayError("not_found", { message: "There is no such procedure." });
  if (code === "METHOD_NOT_SUPPORTED") return new RelayError("method_not_allowed");
  if (code === "PARSE_ERROR" || code === "BAD_REQUEST") return new RelayError("invalid_request");
  if (code === "UNSUPPORTED_MEDIA_TYPE") return new RelayError("unsupported_media_type");
  return new RelayError("internal_error", { cause: error });
}

/** A procedure's RelayError reaches tRPC as an unexpected one; here it gets the code of its status. */
const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof RelayError)) return result;
  const { cause } = result.error;
  const code = CODES[ERRORS[cause.code].status] ?? "INTERNAL_SERVER_ERROR";
  return { ...result, error: new TRPCError({ code, message: cause.message, cause }) };
});

/** Whoever asks is an operator, and what changes something was asked for by a page of ours. */
const operators = t.middleware(({ ctx, type, next }) => {
  if (type !== "query" && !ctx.isSameOrigin) throw new RelayError("origin_denied");
  const { visitor, deps } = ctx;
  if (visitor === undefined) throw new RelayError("session_required");
  if (visitor.dashboardRole !== "admin") throw new RelayError("operator_required");
  const act: Act = { actor: visitor.githubLogin, at: deps.now(), requestId: deps.requestId };
  return next({ ctx: { operator: visitor, act } });
});

/** For an operator, in no pool. */
export const sessionProcedure = t.procedure.use(refusals).use(operators);

/**
 * For an operator in a pool he holds: the input's `pool`. `ctx.act` goes into the admin event that every mutation
 * writes in the batch of its change.
 */
export const operatorProcedure = sessionProcedure.input(poolInput).use(({ ctx, input, next }) => {
  if (!ctx.operator.poolIds.includes(input.pool)) throw new RelayError("pool_not_held");
  return next({ ctx: { poolId: input.pool } });
});

export const router = t.router;
