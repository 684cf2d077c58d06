import { useEffect, useState } from "react";
import { singleKey } from "../ui/single-keys";
import { KeysHelp } from "./keys-help";
import { Palette } from "./palette";

/** Opens the palette; for buttons that do what Ctrl K does. */
export function openPalette(): void {
  window.dispatchEvent(new Event("tasktrail:palette"));
}

/** The keys that work on every page, and what they open. */
export function Shortcuts() {
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen((before) => (before === "palette" ? null : "palette"));
        return;
      }
      const key = singleKey(event);
      if (key === "?") setOpen("keys");
      else if (key === "/" && focusSearch()) event.preventDefault();
    };
    const show = () => {
      setOpen("palette");
    };
    window.addEventListener("keydown", press);
    window.addEventListener("tasktrail:palette", show);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("tasktrail:palette", show);
    };
  }, []);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      {open === "palette" && <Palette onClose={close} />}
      {open === "keys" && <KeysHelp onClose={close} />}
    </>
  );
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  field?.focus();
  return field !== null;
}
