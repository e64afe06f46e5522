import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A schema whose migrations are not written yet. */
export const notes = sqliteTable("notes", { id: text("id").primaryKey() });
