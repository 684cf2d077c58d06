import { Link } from "react-router";
import type { Task } from "../../api/shapes";
import { UNENDED } from "../../api/statuses";
import { type SupportGrant, useCloseSupport, useTasksOfSupport } from "../../api/support";
import { Button } from "../../ui/button";
import { Confirmation } from "../../ui/confirmation";
import { Dialog } from "../../ui/dialog";
import { StatusBadge } from "../../ui/status-badge";
import { toast } from "../../ui/toast";
import { opens } from "./grant-state";

interface Props {
  grant: SupportGrant;
  onClose: () => void;
}

/** Closes support access: says before what it cancels, and afterwards what it has canceled. */
export function CloseSupport({ grant, onClose }: Props) {
  const close = useCloseSupport(grant.id);
  const running = useTasksOfSupport({ statuses: UNENDED }).data?.items.filter((one) =>
    opens(grant, one.name),
  );
  if (close.data !== undefined && close.data.canceledTaskIds.length > 0) {
    return <Closed canceled={close.data.canceledTaskIds} onClose={onClose} />;
  }
  const mutate = () => {
    close.mutate(undefined, {
      onSuccess: ({ taskId, canceledTaskIds }) => {
        toast("Support access was closed.", taskId);
        if (canceledTaskIds.length === 0) onClose();
      },
    });
  };
  return (
    <Confirmation
      title="Close this access?"
      action="Close access"
      change={{ ...close, mutate }}
      onClose={onClose}
    >
      <p>Support cannot run these definitions any more, from this moment on.</p>
      <Running tasks={running ?? []} />
    </Confirmation>
  );
}

function Running({ tasks }: { tasks: readonly Task[] }) {
  if (tasks.length === 0) return <p>Support has nothing running under it now.</p>;
  return (
    <>
      <p className="text-text">
        Support has this running now. What nothing else opens to them is canceled:
      </p>
      <ul className="flex flex-col gap-2">
        {tasks.map((one) => (
          <li key={one.id} className="flex items-center gap-3">
            <StatusBadge status={one.status} />
            <span className="min-w-0 truncate text-text">
              #{one.id} {one.title}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Closed({ canceled, onClose }: { canceled: readonly number[]; onClose: () => void }) {
  return (
    <Dialog title="Access was closed" onClose={onClose}>
      <p className="text-sm">
        {canceled.length === 1 ? "This task of support is" : "These tasks of support are"} being
        canceled:
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {canceled.map((id) => (
          <li key={id}>
            <Link to={`/tasks/${String(id)}`} className="text-accent underline">
              Task #{id}
            </Link>
          </li>
        ))}
      </ul>
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}
