import { Checkbox } from "../ui/checkbox";
import { Dialog } from "../ui/dialog";
import { chooseSingleKeys, useSingleKeys } from "../ui/single-keys";
import { KEY_GROUPS } from "./key-groups";

/** Which keys there are, opened by one of them. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const on = useSingleKeys();
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {KEY_GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-sm font-medium">{group.title}</h3>
            <dl className="flex flex-col gap-2 text-sm">
              {group.keys.map(({ keys, does }) => (
                <div key={does} className="flex items-center justify-between gap-4">
                  <dt className="text-muted">{does}</dt>
                  <dd className="flex shrink-0 gap-1.5">
                    {keys.map((key) => (
                      <kbd
                        key={key}
                        className="rounded-md border border-line-strong bg-sunken px-2 py-0.5 font-mono text-xs"
                      >
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        label="Single keys work"
        hint="Turn them off if you dictate, or press keys by accident. Ctrl K keeps working."
        checked={on}
        onChange={(event) => {
          chooseSingleKeys(event.target.checked);
        }}
      />
    </Dialog>
  );
}
