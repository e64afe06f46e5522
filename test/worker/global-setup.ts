/** One stand-in GitHub for the whole worker run; tests reset it before they begin. */
import type { TestProject } from "vitest/node";
import { startStandIn } from "../github/server.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const standIn = await startStandIn();
  project.provide("standInUrl", standIn.url);
  return () => standIn.close();
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly standInUrl: string;
  }
}
