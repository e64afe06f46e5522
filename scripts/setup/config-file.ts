/** wrangler.jsonc, read and changed in place: its comments are the operator's handbook and stay. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { applyEdits, modify, parse, type JSONPath, type ParseError, printParseErrorCode } from "jsonc-parser";
import { Problem } from "../problem.ts";

export interface WranglerConfig {
  readonly name?: string;
  readonly workers_dev?: boolean;
  readonly routes?: readonly (string | { readonly pattern?: string; readonly custom_domain?: boolean })[];
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly main?: string;
  readonly compatibility_flags?: readonly string[];
  readonly triggers?: { readonly crons?: readonly string[] };
  readonly assets?: { readonly binding?: string };
  readonly durable_objects?: {
    readonly bindings?: readonly { readonly name?: string; readonly class_name?: string }[];
  };
  readonly migrations?: readonly { readonly new_sqlite_classes?: readonly string[] }[];
  readonly d1_databases?: readonly {
    readonly binding?: string;
    readonly database_name?: string;
    readonly database_id?: string;
    readonly migrations_dir?: string;
  }[];
  readonly r2_buckets?: readonly { readonly binding?: string; readonly bucket_name?: string }[];
}

export class ConfigFile {
  readonly path: string;
  #text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  /** @throws Problem naming the place where the file is not JSON with comments. */
  static async open(path: string): Promise<ConfigFile> {
    const file = new ConfigFile(path, await readFile(path, "utf8"));
    const errors: ParseError[] = [];
    parse(file.#text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first === undefined) return file;
    const line = file.#text.slice(0, first.offset).split("\n").length;
    throw new Problem(`${path}, line ${line}: ${printParseErrorCode(first.error)}.`);
  }

  get values(): WranglerConfig {
    return parse(this.#text, [], { allowTrailingComma: true }) as WranglerConfig;
  }

  /** True where it changed anything. */
  set(path: JSONPath, value: unknown): boolean {
    const before = path.reduce<unknown>(
      (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
      this.values,
    );
    if (JSON.stringify(before) === JSON.stringify(value)) return false;
    const formattingOptions = { tabSize: 2, insertSpaces: true, eol: "\n" };
    this.#text = applyEdits(this.#text, modify(this.#text, path, value, { formattingOptions }));
    return true;
  }

  /** In one step: who reads it meanwhile sees the old or the new. */
  async save(): Promise<void> {
    await writeFile(`${this.path}.new`, this.#text);
    await rename(`${this.path}.new`, this.path);
  }
}
