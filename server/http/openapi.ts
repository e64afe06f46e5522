/** GET /openapi.json: the description of /v1, written at build time by scripts/generate-openapi.ts. */
import description from "./openapi.json";
import { json } from "./respond.ts";

export function openapi(): Response {
  return json(200, description, { "cache-control": "public, max-age=300" });
}
