import type { D1Migration } from "@cloudflare/vitest-plugin";
import type { Bindings } from "../../server/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      readonly TEST_MIGRATIONS: D1Migration[];
    }
  }
}
