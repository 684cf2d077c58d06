import { useState } from "react";
import type { Task } from "../api/shapes";
import { useTask } from "../api/task";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty-state";
import { RelatedTask } from "./related-task";

/** Where the task comes from, what came of it, and the runs of it before and after. */
export function OriginTab({ task }: { task: Task }) {
  const { originTaskId, repeatedTaskId, rerunTaskIds, spawnedTaskIds } = task;
  if (originTaskId === null && repeatedTaskId === null && rerunTaskIds.length === 0) {
    if (spawnedTaskIds.length === 0) return <Nothing />;
  }
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      {originTaskId !== null && (
        <Part title="Asked for by" hint="The task that this one came of, and what that came of.">
          <Chain from={originTaskId} next={(one) => one.originTaskId} />
        </Part>
      )}
      {spawnedTaskIds.length > 0 && (
        <Part title="Asked for" hint="The tasks that came of this one.">
          <Several ids={spawnedTaskIds} />
        </Part>
      )}
      {repeatedTaskId !== null && (
        <Part title="Repeats" hint="The runs before this one, the last first.">
          <Chain from={repeatedTaskId} next={(one) => one.repeatedTaskId} />
        </Part>
      )}
      {rerunTaskIds.length > 0 && (
        <Part title="Repeated by" hint="Later runs of this task.">
          <Several ids={rerunTaskIds} />
        </Part>
      )}
    </div>
  );
}

interface PartProps {
  title: string;
  hint: string;
  children: React.ReactNode;
}

function Part({ title, hint, children }: PartProps) {
  return (
    <section>
      <h2 className="font-semibold">{title}</h2>
      <p className="mb-2 text-sm text-muted">{hint}</p>
      <ul className="divide-y divide-line rounded-xl border border-line">{children}</ul>
    </section>
  );
}

/** So many tasks are asked for at once: each is a request. */
const AT_ONCE = 20;

/** Some tasks, of many the first, and the others on demand. */
function Several({ ids }: { ids: readonly number[] }) {
  const [shown, setShown] = useState(AT_ONCE);
  const left = ids.length - shown;
  return (
    <>
      {ids.slice(0, shown).map((id) => (
        <RelatedTask key={id} id={id} />
      ))}
      {left > 0 && (
        <li className="px-4 py-2">
          <Button
            look="quiet"
            onClick={() => {
              setShown(shown + AT_ONCE);
            }}
          >
            {Math.min(left, AT_ONCE)} more of {left}
          </Button>
        </li>
      )}
    </>
  );
}

interface ChainProps {
  from: number;
  next: (task: Task) => number | null;
  /** How many stand before it. */
  depth?: number;
}

const LONGEST = 20;

/** A task, and behind it the one that it leads to, as far as that goes. */
function Chain({ from, next, depth = 0 }: ChainProps) {
  const { data } = useTask(from);
  const following = data === undefined ? null : next(data);
  return (
    <>
      <RelatedTask id={from} />
      {following !== null && depth < LONGEST && (
        <Chain from={following} next={next} depth={depth + 1} />
      )}
    </>
  );
}

function Nothing() {
  return (
    <EmptyState title="It stands for itself">
      Somebody asked for this task directly, nothing came of it, and it was not run again.
    </EmptyState>
  );
}
