/** The machines a single-file executable is made for, each with the runtime it carries. */

export interface Target {
  /** As people say it, and as artifacts are named. */
  readonly name: string;
  /** npm package of the Bun runtime. */
  readonly runtime: string;
  /** Of the package's archive (subresource integrity): a runtime that is not exactly this one is refused. */
  readonly integrity: string;
  /** Bun's own name of the target. */
  readonly compilesAs: string;
}

export const BUN_VERSION = "1.4.5";

export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    runtime: "@oven/bun-linux-x64",
    integrity: "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    compilesAs: "bun-linux-x64",
  },
  {
    name: "linux-arm64",
    runtime: "@oven/bun-linux-aarch64",
    integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    compilesAs: "bun-linux-arm64",
  },
  {
    name: "darwin-x64",
    runtime: "@oven/bun-darwin-x64",
    integrity: "sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==",
    compilesAs: "bun-darwin-x64",
  },
  {
    name: "darwin-arm64",
    runtime: "@oven/bun-darwin-aarch64",
    integrity: "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
    compilesAs: "bun-darwin-arm64",
  },
  {
    name: "windows-x64",
    runtime: "@oven/bun-windows-x64",
    integrity: "sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==",
    compilesAs: "bun-windows-x64",
  },
  {
    name: "windows-arm64",
    runtime: "@oven/bun-windows-aarch64",
    integrity: "sha512-MiPFZnBNDnBXgr1oONc5pizC4fOLjnIOfNkYdFEnWzLmoFTg86naZIG3SvS7d/GglpQSAnCKMAzSjI/TAckiRw==",
    compilesAs: "bun-windows-arm64",
  },
];

/** Undefined where there is no such target. */
export function targetNamed(name: string): Target | undefined {
  return TARGETS.find((target) => target.name === name);
}

/** The machine this runs on. */
export function ownTarget(): Target | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return targetNamed(`${platform}-${process.arch}`);
}

export function executableName(target: Target): string {
  return target.name.startsWith("windows") ? "octopool.exe" : "octopool";
}
