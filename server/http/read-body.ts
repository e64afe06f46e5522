/** JSON bodies of the /v1 doors: bounded, an object, of the right shape; else refused by name. */
import type { z } from "zod";
import { RelayError } from "../../shared/errors.ts";
import { readBounded } from "../github/client.ts";

/** Every JSON door but the webhook (2-wire). */
export const MAX_BODY_BYTES = 64 * 1024;

/** @throws RelayError unsupported_media_type, request_too_large, invalid_json. */
export async function readJsonObject(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") throw new RelayError("unsupported_media_type");
  const bytes = await readBounded(request, MAX_BODY_BYTES);
  if (bytes === undefined) throw new RelayError("request_too_large");
  const value = parse(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RelayError("invalid_json");
  return value as Readonly<Record<string, unknown>>;
}

/** @throws RelayError as readJsonObject, and invalid_request naming the first field that does not fit. */
export async function readJsonBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const decoded = schema.safeParse(await readJsonObject(request));
  if (decoded.success) return decoded.data;
  const [issue] = decoded.error.issues;
  throw invalidField(issue?.path.join(".") || "body", issue?.message ?? "has the wrong shape");
}

/** A refusal that names the field and what it must be, never what it held. */
export function invalidField(field: string, what: string): RelayError {
  // A field's name may come from the body: cut, so that it cannot fill the answer.
  const name = field.slice(0, 64);
  return new RelayError("invalid_request", { message: `${name}: ${what}.`, details: { field: name } });
}

/** RFC 8259: UTF-8 only; a wrong byte is not JSON. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) throw new RelayError("invalid_json", { cause });
    throw cause;
  }
}
