import { useId } from "react";
import { ROLES } from "../../access/rights";
import type { Role } from "../../api/session";

interface Props {
  role: Role;
  given: readonly Role[];
  problem?: string | undefined;
  onChoose: (role: Role) => void;
}

/** One of the roles, each with what it means. */
export function RolePicker({ role, given, problem, onChoose }: Props) {
  const name = useId();
  return (
    <fieldset aria-describedby={`${name}-problem`}>
      <legend className="text-sm font-medium">Role</legend>
      <div className="mt-1 flex flex-col gap-1">
        {given.map((one) => (
          <label
            key={one}
            className="flex cursor-pointer gap-3 rounded-lg border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              value={one}
              checked={one === role}
              onChange={() => {
                onChoose(one);
              }}
              className="mt-1 shrink-0 accent-(--accent)"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{one}</span>
              <span className="block text-xs text-muted">{ROLES[one]}</span>
            </span>
          </label>
        ))}
      </div>
      {problem !== undefined && (
        <p id={`${name}-problem`} className="mt-1 text-sm text-bad">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
