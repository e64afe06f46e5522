import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  driver: "durable-sqlite",
  schema: "./server/coordinator/schema.ts",
  out: "./server/do-migrations",
});
