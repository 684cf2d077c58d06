import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

type Tone = "bad" | "warn" | "note";

const TONES: Record<Tone, { look: string; Icon: typeof Info }> = {
  bad: { look: "border-bad bg-bad-soft text-bad", Icon: CircleAlert },
  warn: { look: "border-warn bg-warn-soft text-warn", Icon: TriangleAlert },
  note: { look: "border-line-strong bg-sunken text-text", Icon: Info },
};

export function Notice({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { look, Icon } = TONES[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={classNames("flex gap-3 rounded-lg border px-4 py-3 text-sm", look)}
    >
      <Icon size={18} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
