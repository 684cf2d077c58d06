import type { Step } from "../api/shapes";
import { useNow } from "../ui/clock";
import { nextTry } from "./next-try";

/** When a step is tried again; it ticks. `brief`: where there is little room. */
export function NextTryText({ step, brief = false }: { step: Step; brief?: boolean }) {
  const next = nextTry(step, useNow());
  if (next === null) return null;
  const { when, attempt } = next;
  return (
    <span className="tabular shrink-0 text-xs whitespace-nowrap text-warn">
      {brief ? `${attempt} ${when}` : `next try ${when}, ${attempt}`}
    </span>
  );
}
