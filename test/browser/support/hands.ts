/** What somebody does in a room with a pointer and a keyboard, by the names that everybody reads. */
import { readFile } from "node:fs/promises";
import { parse } from "devalue";
import type { Locator, Page } from "playwright-core";
import type { House } from "./house.ts";
import type { Theme, Visitor } from "./visitor.ts";

export interface Setting {
  readonly theme: Theme;
  /** CSS pixels. */
  readonly width: number;
}

const THEMES: readonly Theme[] = ["light", "dark"];
const WIDTHS = [360, 1024, 2560] as const;

/** axe looks at what opens in this width, in both themes: the widths differ in place and size only. */
const EXAMINED = 1024;

/** Both themes, each in three widths. */
export const SETTINGS: readonly Setting[] = THEMES.flatMap((theme) => WIDTHS.map((width) => ({ theme, width })));

/**
 * Every action meets both themes and all three widths, and each setting half of the actions: a theme changes colours,
 * which axe and the rooms' tests look at in all six. `EVERY_SETTING=1` does all of them everywhere.
 */
export function actionsIn({ theme, width }: Setting, actions: readonly Action[]): readonly Action[] {
  if (process.env.EVERY_SETTING === "1") return actions;
  const turn = (THEMES.indexOf(theme) + WIDTHS.findIndex((each) => each === width)) % 2;
  return actions.filter((_, index) => index % 2 === turn);
}

/** One thing that can be done in a room. It leaves the house so that the next setting can do it again. */
export interface Action {
  readonly name: string;
  /** Below /dashboard, and what follows the pool in the address. */
  readonly path: string;
  readonly query?: string;
  readonly act: (hands: Hands) => Promise<void>;
}

type Within = Locator | Page;

export class Hands {
  readonly visitor: Visitor;
  readonly house: House;
  readonly setting: Setting;

  constructor(visitor: Visitor, house: House, setting: Setting) {
    this.visitor = visitor;
    this.house = house;
    this.setting = setting;
  }

  get page(): Page {
    return this.visitor.page;
  }

  /** Ends a name so that every setting has its own. */
  get tag(): string {
    return `${this.setting.theme}_${this.setting.width}`;
  }

  button(name: string | RegExp, within: Within = this.page): Locator {
    return within.getByRole("button", { name, exact: true });
  }

  region(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  field(name: string | RegExp, within: Within = this.page): Locator {
    return within.getByLabel(name);
  }

  get table(): Locator {
    return this.page.getByRole("table").first();
  }

  /** The rows of the first table, without its head. */
  get rows(): Locator {
    return this.table.locator("tbody tr");
  }

  /** A form above everything else, once it has the focus: only then is it wholly open. */
  async dialog(title: string | RegExp, role: "dialog" | "alertdialog" = "dialog"): Promise<Locator> {
    const dialog = this.page.getByRole(role, { name: title });
    await dialog.locator(":focus").waitFor();
    await this.examine(`[role=${role}]`);
    return dialog;
  }

  /** The second step before something is lost. */
  secondStep(title: string | RegExp): Promise<Locator> {
    return this.dialog(title, "alertdialog");
  }

  /** Opens a menu by its button and chooses, through the menus below it if need be. */
  async choose(menu: string | RegExp, ...items: readonly (string | RegExp)[]): Promise<void> {
    await this.button(menu).click();
    for (const name of items) {
      const item = this.page.getByRole("menuitem", { name, exact: true });
      await item.click();
    }
  }

  /** What a procedure of the API answered to a deed, once the page shows it. */
  async answered<T>(procedure: string, deed: () => Promise<unknown>): Promise<T> {
    const asked = this.page.waitForResponse((response) => response.url().includes(`/trpc/${procedure}`));
    const [answer] = await Promise.all([asked, deed()]);
    const { result } = (await answer.json()) as { readonly result: { readonly data: string } };
    await this.visitor.filled();
    return parse(result.data) as T;
  }

  /** A file as it was saved, its lines. */
  async saved(deed: () => Promise<unknown>): Promise<{ readonly name: string; readonly lines: readonly string[] }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), deed()]);
    const text = await readFile(await download.path(), "utf8");
    return { name: download.suggestedFilename(), lines: text.trimEnd().split(/\r?\n/) };
  }

  /** What the page's address says. */
  inAddress(name: string): string {
    return new URL(this.page.url()).searchParams.get(name) ?? "";
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** What the page says once something is done. */
  async said(text: string | RegExp): Promise<void> {
    const toast = this.page.locator(".toast").filter({ hasText: text }).last();
    await toast.waitFor();
    await toast.getByRole("button", { name: "Dismiss" }).click();
    await toast.waitFor({ state: "detached" });
  }

  async gone(locator: Locator): Promise<void> {
    await locator.first().waitFor({ state: "detached" });
  }

  /** What has opened lies within the window, pushes nothing out of it, and holds nothing that axe finds grave. */
  async examine(selector: string): Promise<void> {
    const opened = this.page.locator(selector).last();
    await opened.waitFor();
    const { x = -1, width = 0 } = (await opened.boundingBox()) ?? {};
    const isInside = x >= 0 && x + width <= this.setting.width;
    const flaws = [
      ...(isInside ? [] : [`it reaches from ${x} to ${x + width} of ${this.setting.width} px`]),
      ...((await this.visitor.overflow()) > 0 ? ["it makes the page wider than its window"] : []),
      ...(this.setting.width === EXAMINED ? await this.visitor.graveFindings(selector) : []),
    ];
    if (flaws.length > 0) throw new Error(`${selector}: ${flaws.join("; ")}`);
  }
}
