/**
 * A gh as from 2.40 on: before any command it moves a config.yml without a version to the newer form, hosts.yml first, and
 * writes down where. MIGRATION_FAILS ends it as a keyring or a read-only file does; MIGRATION_GATE is a socket at which it
 * waits between the two files. After that it is the program in gh's place.
 */
import { FAKE_GH } from "./fake-gh.ts";

const MIGRATES = String.raw`
const migration = require("node:fs");
const place = process.env.GH_CONFIG_DIR ?? "";
const settings = place + "/config.yml";
const hosts = place + "/hosts.yml";
const isOld = () => migration.existsSync(settings) && !/^version:/m.test(migration.readFileSync(settings, "utf8"));

async function migrateSettings() {
  if (!isOld()) return;
  migration.appendFileSync(process.env.MIGRATION_LOG, place + "\n");
  if (process.env.MIGRATION_FAILS !== undefined) {
    console.error("failed to migrate config: boom");
    process.exit(1);
  }
  const text = migration.readFileSync(hosts, "utf8");
  if (text.includes("users:")) {
    console.error("failed to migrate config: half migrated");
    process.exit(1);
  }
  migration.writeFileSync(hosts, text.replace("    user: carol\n", "    users:\n        carol: {}\n    user: carol\n"));
  const gate = process.env.MIGRATION_GATE;
  if (gate !== undefined) {
    const socket = require("node:net").connect(gate).resume();
    await new Promise((resolve) => socket.once("close", resolve));
  }
  migration.appendFileSync(settings, 'version: "1"\n');
}
`;

export const MIGRATING_GH = `${MIGRATES}\nmigrateSettings().then(() => {${FAKE_GH}});\n`;

/** As before 2.40; it writes down that it was run at all. */
export const COUNTED_GH = `require("node:fs").appendFileSync(process.env.MIGRATION_LOG, process.argv.slice(2).join(" ") + "\\n");\n${FAKE_GH}`;
