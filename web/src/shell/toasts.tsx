import { Check, X } from "lucide-react";
import { Link } from "react-router";
import { dismiss, holdToasts, useToasts } from "../ui/toast";
import { ConnectionNotice } from "./connection-notice";

/** At the lower edge of every page: what was done just now, and that the server does not answer. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-40 flex flex-col items-center gap-2"
    >
      <ConnectionNotice />
      {toasts.map((one) => (
        <div
          key={one.id}
          onPointerEnter={() => {
            holdToasts(true);
          }}
          onPointerLeave={() => {
            holdToasts(false);
          }}
          onFocus={() => {
            holdToasts(true);
          }}
          onBlur={() => {
            holdToasts(false);
          }}
          className="pointer-events-auto flex max-w-full items-center gap-3 rounded-xl border border-line-strong bg-raised py-2 pr-2 pl-4 text-sm shadow-(--shadow)"
        >
          <Check size={16} aria-hidden className="shrink-0 text-good" />
          <span className="min-w-0 break-words">{one.text}</span>
          {one.taskId !== undefined && (
            <Link
              to={`/tasks/${String(one.taskId)}`}
              className="shrink-0 font-medium text-accent underline"
            >
              Task #{one.taskId}
            </Link>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            className="shrink-0 rounded-md p-1.5 text-muted hover:bg-sunken"
            onClick={() => {
              dismiss(one.id);
            }}
          >
            <X size={15} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
