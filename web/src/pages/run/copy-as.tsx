import { useState } from "react";
import { Link } from "react-router";
import type { Submission } from "../../api/submission";
import { CopyButton } from "../../ui/copy-button";
import { asCommand, asCurl, variableOf } from "./command-text";
import type { InputField } from "./input-form";

interface Props {
  wish: Submission;
  fields: readonly InputField[];
  projects: readonly string[];
  /** Whether nothing is wrong with what is entered. */
  complete: boolean;
}

const WAYS = { command: "Command line", curl: "curl" } as const;
type Way = keyof typeof WAYS;

/** The same again in a terminal or a script. */
export function CopyAs({ wish, fields, projects, complete }: Props) {
  const [way, setWay] = useState<Way>("command");
  const spoken = { wish, fields, projects, origin: window.location.origin };
  const text = way === "command" ? asCommand(spoken) : asCurl(spoken);
  const secrets = fields.filter((one) => one.kind === "secret" && one.name in wish.inputs);
  return (
    <section aria-label="The same in a terminal" className="min-w-0">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <div role="radiogroup" aria-label="Copy as" className="flex gap-4 text-sm">
          {(Object.keys(WAYS) as Way[]).map((one) => (
            <label key={one} className="flex min-h-9 cursor-pointer items-center gap-2">
              <input
                type="radio"
                name="copy-as"
                checked={one === way}
                className="accent-(--accent)"
                onChange={() => {
                  setWay(one);
                }}
              />
              {WAYS[one]}
            </label>
          ))}
        </div>
        <CopyButton wordy text={text} label={`Copy as ${way}`} />
      </div>
      <pre
        tabIndex={0}
        aria-label={WAYS[way]}
        className="overflow-x-auto rounded-lg bg-sunken px-4 py-3 font-mono text-xs leading-5"
      >
        {text}
      </pre>
      <p className="mt-2 text-xs text-muted">
        {!complete && "What is missing above is missing here. "}
        The environment variable <code className="font-mono">TASKTRAIL_API_KEY</code> holds one of
        your{" "}
        <Link to="/keys" className="text-accent underline">
          API keys
        </Link>
        {secrets.length > 0 && (
          <>
            , and{" "}
            <code className="font-mono">
              {secrets.map((one) => variableOf(one.name)).join(", ")}
            </code>{" "}
            the secret
          </>
        )}
        .
      </p>
    </section>
  );
}
