import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import { For, type JSX } from "solid-js";
import type { ExportFormat } from "./export.ts";
import { Icon } from "./mark.tsx";
import "./menu.css";

const FORMATS: readonly (readonly [format: ExportFormat, words: string])[] = [
  ["csv", "CSV, for spreadsheets"],
  ["ndjson", "NDJSON, one object a line"],
];

export function ExportMenu(props: { onExport: (format: ExportFormat) => void; disabled?: boolean }): JSX.Element {
  return (
    <DropdownMenu modal={false} gutter={4} placement="bottom-end">
      <DropdownMenu.Trigger class="btn" disabled={props.disabled ?? false}>
        Export
        <Icon name="chev" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <For each={FORMATS}>
            {([format, words]) => (
              <DropdownMenu.Item class="menu-item" onSelect={() => props.onExport(format)}>
                {words}
              </DropdownMenu.Item>
            )}
          </For>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  );
}
