import { Ban, RotateCcw, SlidersHorizontal, Zap } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Task } from "../api/shapes";
import { rerunRule } from "../access/rerun-rule";
import { useTaskRefusal } from "../access/task-refusal";
import { useCancel, useRepeat } from "../api/task";
import { Button } from "../ui/button";
import { LinkButton } from "../ui/link-button";
import { Notice } from "../ui/notice";
import { told } from "../ui/told";
import { CopyMenu } from "./copy-menu";
import { EndNoticeButton } from "./end-notice-button";
import { ForcedRerun } from "./forced-rerun";
import { filledRunFormOf } from "./run-form-address";

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
  const again = ended && !task.immediate;
  const rule = rerunRule(task);
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
            {rule === null && (
              <Button
                {...refused}
                busy={repeat.isPending}
                onClick={() => {
                  setForcing(true);
                }}
              >
                <Zap size={15} aria-hidden /> Run again, forced
              </Button>
            )}
            {/* A rule against running the same task again is none against a new one. */}
            {(rule !== null || refusal === null) && Object.keys(task.inputs).length > 0 && (
              <LinkButton to={filledRunFormOf(task)}>
                <SlidersHorizontal size={15} aria-hidden /> Run with other inputs
              </LinkButton>
            )}
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
