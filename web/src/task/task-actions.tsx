import { Ban, RotateCcw, Zap } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Task } from "../api/shapes";
import { useTaskRefusal } from "../access/task-refusal";
import { useCancel, useRepeat } from "../api/task";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { told } from "../ui/told";
import { CopyMenu } from "./copy-menu";
import { EndNoticeButton } from "./end-notice-button";
import { ForcedRerun } from "./forced-rerun";

/** What can be done about a task now. What is surely not allowed is told before the click; all else by
 * the server, in its words. */
export function TaskActions({ task }: { task: Task }) {
  const cancel = useCancel(task.id);
  const repeat = useRepeat(task.id);
  const navigate = useNavigate();
  const [forcing, setForcing] = useState(false);
  const run = (force: boolean) => {
    repeat.mutate(
      { force },
      { onSuccess: ({ taskId }) => void navigate(`/tasks/${String(taskId)}`) },
    );
  };
  const ended = task.endedAt !== null;
  const again =
    ended &&
    !task.immediate &&
    task.rerunnable !== "never" &&
    (task.rerunnable === "always" || task.status !== "done");
  const cancelable = !ended && task.cancel === null;
  const noCancel = useTaskRefusal("cancel", task);
  const noRerun = useTaskRefusal("rerun", task);
  const refusal = (cancelable ? noCancel : null) ?? (again ? noRerun : null);
  const refused = {
    disabled: refusal !== null,
    "aria-describedby": refusal === null ? undefined : "refusal",
  };
  const problem = cancel.error ?? repeat.error;
  return (
    <div className="flex flex-col items-end gap-2 max-sm:items-stretch">
      <div className="flex flex-wrap gap-2">
        {cancelable && (
          <Button
            {...refused}
            busy={cancel.isPending}
            onClick={() => {
              cancel.mutate({ force: false });
            }}
          >
            <Ban size={15} aria-hidden /> Cancel
          </Button>
        )}
        {again && (
          <>
            <Button
              {...refused}
              busy={repeat.isPending}
              onClick={() => {
                run(false);
              }}
            >
              <RotateCcw size={15} aria-hidden /> Run again
            </Button>
            <Button
              {...refused}
              busy={repeat.isPending}
              onClick={() => {
                setForcing(true);
              }}
            >
              <Zap size={15} aria-hidden /> Run again, forced
            </Button>
          </>
        )}
        <CopyMenu task={task} />
        {!ended && <EndNoticeButton />}
      </div>
      {refusal !== null && (
        <p id="refusal" className="text-sm text-muted">
          {refusal}
        </p>
      )}
      {problem !== null && <Notice tone="bad">{told(problem.message)}</Notice>}
      <ForcedRerun
        task={task}
        open={forcing}
        onOpen={setForcing}
        onRun={() => {
          setForcing(false);
          run(true);
        }}
      />
    </div>
  );
}
