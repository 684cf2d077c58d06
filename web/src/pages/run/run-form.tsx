import { type FormEvent, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useOwn } from "../../access/own";
import { useRunRefusal } from "../../access/run-refusal";
import type { DefinitionDetails } from "../../api/definitions";
import { useProjects } from "../../api/projects";
import { type Submission, useSubmit } from "../../api/submission";
import { Button } from "../../ui/button";
import { useNow } from "../../ui/clock";
import { momentOf, problemOfLater } from "../../ui/later";
import { Notice } from "../../ui/notice";
import { problemAt, problemBeside } from "../../ui/told";
import { CopyAs } from "./copy-as";
import { type Entries, firstEntries, readEntries, titleOf } from "./entries";
import { InputControl } from "./input-control";
import { fieldsOf } from "./input-form";
import { newOnce } from "../../api/once";
import { PlanPreview } from "./plan-preview";
import { type Wishes, WishesForm } from "./wishes-form";

interface Props {
  definition: DefinitionDetails;
  /** Values that the address holds. */
  given: Entries;
}

const NO_WISHES: Wishes = { projectIds: [], force: false, later: false, notBefore: "" };

export function RunForm({ definition, given }: Props) {
  const fields = fieldsOf(definition.inputSchema);
  const [entries, setEntries] = useState(() => firstEntries(fields, given));
  const [wishes, setWishes] = useState(NO_WISHES);
  const [tried, setTried] = useState(false);
  const projects = useProjects().data ?? [];
  const form = useRef<HTMLFormElement>(null);
  const submit = useSubmit();
  const once = useRef({ wish: "", key: "" });
  const navigate = useNavigate();
  const refusal = useRunRefusal()(definition);
  const refusalId = useId();
  const { organization } = useOwn();

  const reading = readEntries(fields, entries);
  const notBefore = wishes.later ? momentOf(wishes.notBefore) : undefined;
  const now = useNow();
  const tooSoon = wishes.later ? problemOfLater(wishes.notBefore, now) : undefined;
  const wish = wishOf(definition.name, reading.inputs, wishes, notBefore ?? undefined);
  const known = [...fields.map((field) => field.name), "projectIds", "notBefore"];
  const homeless = definition.mayRun === "with_project" && wishes.projectIds.length === 0;
  const wrong =
    Object.keys(reading.problems).length + (tooSoon === undefined ? 0 : 1) + (homeless ? 1 : 0);

  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong > 0) {
      focusFirstWrong(form.current);
      return;
    }
    const text = JSON.stringify(wish);
    if (once.current.wish !== text) once.current = { wish: text, key: newOnce() };
    submit.mutate(
      { wish, once: once.current.key },
      {
        onSuccess: ({ taskId }) => {
          // Whoever has gone elsewhere meanwhile stays there.
          if (form.current !== null) void navigate(`/tasks/${String(taskId)}`);
        },
        onError: () => {
          focusFirstWrong(form.current);
        },
      },
    );
  };
  const change = (name: string, entered: string) => {
    setEntries({ ...entries, [name]: entered });
    submit.reset();
  };
  const beside = problemBeside(submit.error, known);

  return (
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <form ref={form} noValidate onSubmit={send} className="flex min-w-0 flex-col gap-6">
        {refusal !== null && (
          <div id={refusalId}>
            <Notice tone="note">{refusal}</Notice>
          </div>
        )}
        {beside !== undefined && <Notice tone="bad">{beside}</Notice>}
        {fields.map((field) => (
          <InputControl
            key={field.name}
            field={field}
            entered={entries[field.name] ?? ""}
            problem={
              problemAt(submit.error, field.name) ??
              (tried ? reading.problems[field.name] : undefined)
            }
            onEnter={(entered) => {
              change(field.name, entered);
            }}
          />
        ))}
        {fields.length === 0 && <p className="text-muted">It asks for no inputs.</p>}
        <WishesForm
          wishes={wishes}
          projects={projects}
          needsProject={definition.mayRun === "with_project"}
          readOnly={(one) => organization.role === "member" && one.role === "read"}
          problems={{
            projectIds:
              tried && homeless
                ? "Choose a project in which you may write."
                : problemAt(submit.error, "projectIds"),
            notBefore: (tried ? tooSoon : undefined) ?? problemAt(submit.error, "notBefore"),
          }}
          onChange={(changed) => {
            setWishes(changed);
            submit.reset();
          }}
        />
        <div className="flex flex-wrap items-center gap-4 border-t border-line pt-5">
          <Button
            type="submit"
            look="primary"
            className="min-h-10 px-6"
            busy={submit.isPending}
            disabled={refusal !== null}
            title={refusal ?? undefined}
            aria-describedby={refusal === null ? undefined : refusalId}
          >
            {wishes.later ? "Schedule" : "Run"}
          </Button>
          {tried && wrong > 0 && (
            <p role="status" className="text-sm text-bad">
              {wrong === 1 ? "One field needs" : `${String(wrong)} fields need`} your attention.
            </p>
          )}
        </div>
        <CopyAs
          wish={wish}
          fields={fields}
          complete={wrong === 0}
          projects={projects
            .filter((one) => wishes.projectIds.includes(one.id))
            .map((one) => one.name)}
        />
      </form>
      <PlanPreview
        definition={definition}
        title={titleOf(definition.title, fields, entries)}
        forced={wishes.force}
      />
    </div>
  );
}

function wishOf(
  definition: string,
  inputs: Submission["inputs"],
  wishes: Wishes,
  notBefore: string | undefined,
): Submission {
  return {
    definition,
    inputs,
    ...(wishes.projectIds.length > 0 && { projectIds: [...wishes.projectIds] }),
    ...(wishes.force && { force: true }),
    ...(notBefore !== undefined && { notBefore }),
  };
}

/** After the page shows what is wrong. */
function focusFirstWrong(form: HTMLFormElement | null): void {
  window.requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  });
}
