import { useId, useState } from "react";
import { useDefinitions } from "../../api/definitions";
import { EVERY_DEFINITION } from "../../api/support";
import { Checkbox } from "../../ui/checkbox";
import { SearchBox } from "../../ui/search-box";
import { Skeleton } from "../../ui/skeleton";
import { withoutInputs } from "../../ui/template";
import { foundDefinitions } from "../run/definition-filter";

interface Props {
  chosen: readonly string[];
  problem?: string | undefined;
  onChoose: (chosen: readonly string[]) => void;
}

/** From this many on the definitions can be searched. */
const MANY = 8;

/** Some definitions, or all that there are and will be. */
export function DefinitionPicker({ chosen, problem, onChoose }: Props) {
  const id = useId();
  const definitions = useDefinitions().data?.items;
  const [sought, setSought] = useState("");
  const every = chosen.includes(EVERY_DEFINITION);
  const shown = foundDefinitions(definitions ?? [], sought);
  const toggle = (name: string) => {
    onChoose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  };
  return (
    <fieldset aria-describedby={`${id}-problem`} className="min-w-0">
      <legend className="mb-2 text-sm font-medium">What support may run</legend>
      {(definitions?.length ?? 0) >= MANY && (
        <SearchBox className="mb-4" label="Search definitions" text={sought} onSearch={setSought} />
      )}
      <div className="flex max-h-60 flex-col gap-3 overflow-y-auto rounded-lg border border-line p-3">
        {definitions === undefined && <Skeleton className="h-5 w-40" />}
        {shown.map((one) => (
          <Checkbox
            key={one.name}
            label={one.name}
            hint={one.description === "" ? withoutInputs(one.title) : one.description}
            checked={every || chosen.includes(one.name)}
            disabled={every}
            onChange={() => {
              toggle(one.name);
            }}
          />
        ))}
      </div>
      <Checkbox
        className="mt-3"
        label="Every definition"
        hint="Also those that are added later. Rarely needed."
        checked={every}
        onChange={() => {
          onChoose(every ? [] : [EVERY_DEFINITION]);
        }}
      />
      {problem !== undefined && (
        <p id={`${id}-problem`} className="mt-1 text-sm text-bad">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
