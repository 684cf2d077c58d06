import { X } from "lucide-react";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "./button";
import { classNames } from "./class-names";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** Whether it shows what nobody will see again, and so goes away only by a button of it. */
  stays?: boolean;
}

/** A question above the page, which waits behind it. Escape, or a click beside it, closes it. */
export function Dialog({ title, onClose, children, wide = false, stays = false }: Props) {
  const id = useId();
  const ref = useShownDialog();
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={(event) => {
        // One inside of this one may close, too.
        if (event.target === ref.current && !ref.current.open) onClose();
      }}
      onCancel={(event) => {
        if (stays) event.preventDefault();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current && !stays) onClose();
      }}
      className={classNames(
        "m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-y-auto rounded-2xl border border-line",
        "bg-raised text-text shadow-(--shadow) backdrop:bg-black/45",
        wide ? "max-w-2xl" : "max-w-lg",
      )}
    >
      <div className="flex flex-col gap-5 p-6">
        <div className="flex items-start justify-between gap-4">
          <h2 id={id} className="min-w-0 text-lg font-semibold break-words">
            {title}
          </h2>
          <Button look="quiet" aria-label="Close" className="-mt-1.5 -mr-2 px-2" onClick={onClose}>
            <X size={18} aria-hidden />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** A `<dialog>` that is open as long as it is on the page; the focus returns to where it was. */
export function useShownDialog() {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => {
      dialog?.close();
    };
  }, []);
  return ref;
}
