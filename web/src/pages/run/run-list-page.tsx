import { LifeBuoy, Lock, TriangleAlert } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { useRunRefusal } from "../../access/run-refusal";
import { useSupportDefault } from "../../access/support-default";
import { type Definitions, useDefinitions } from "../../api/definitions";
import type { Definition } from "../../api/shapes";
import { Coded } from "../../ui/coded";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { Notice } from "../../ui/notice";
import { PageTitle } from "../../ui/page-title";
import { Panel } from "../../ui/panel";
import { SearchBox } from "../../ui/search-box";
import { Tag } from "../../ui/tag";
import { foundBroken, foundDefinitions } from "./definition-filter";
import { titleOf } from "./entries";

export function RunListPage() {
  const definitions = useDefinitions();
  const [parameters, setParameters] = useSearchParams();
  const sought = parameters.get("search") ?? "";
  const all = definitions.data?.items;
  const broken = foundBroken(definitions.data?.broken ?? [], sought);
  return (
    <>
      <PageTitle title="Run a task" />
      {all !== undefined && all.length > 0 && (
        <SearchBox
          className="mb-4"
          label="Search definitions"
          text={sought}
          onSearch={(text) => {
            const change = text === "" ? {} : { search: text };
            setParameters(change, { replace: true, flushSync: true });
          }}
        />
      )}
      <BrokenNotice count={broken.length} />
      {all !== undefined && <NoneOpen definitions={all} />}
      <Listed
        query={{ data: all && foundDefinitions(all, sought), error: definitions.error }}
        empty={<Nothing any={(all?.length ?? 0) > 0} />}
      >
        {(found) => found.map((one) => <Row key={one.name} definition={one} />)}
      </Listed>
      <Broken broken={broken} />
    </>
  );
}

/** Said once, where it is so of every row. */
function NoneOpen({ definitions }: { definitions: readonly Definition[] }) {
  const refusal = useRunRefusal();
  const [first] = definitions;
  if (first === undefined || definitions.some((one) => refusal(one) === null)) return null;
  return (
    <div className="mb-4">
      <Notice tone="note">You can look at these, and run none of them. {refusal(first)}</Notice>
    </div>
  );
}

function Row({ definition }: { definition: Definition }) {
  const inputs = definition.inputs.length;
  const open = useSupportDefault() && definition.support;
  const refusal = useRunRefusal()(definition);
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3.5 hover:bg-sunken">
      <div className="min-w-0 flex-1 basis-64">
        <Link
          to={`/run/${definition.name}`}
          className="font-medium break-words after:absolute after:inset-0 hover:text-accent"
        >
          {definition.name}
        </Link>
        <p className="text-sm break-words text-muted">
          {definition.description === ""
            ? titleOf(definition.title, [], {})
            : definition.description}
        </p>
      </div>
      {refusal !== null && (
        <span title={refusal}>
          <Tag>
            <Lock size={11} aria-hidden /> not for you to run
          </Tag>
        </span>
      )}
      {open && (
        <Tag tone="warn">
          <LifeBuoy size={11} aria-hidden /> open to support
        </Tag>
      )}
      {definition.kind !== "runbook" && <Tag>{definition.kind}</Tag>}
      <span className="w-20 text-right text-sm text-muted max-sm:hidden">
        {inputs === 0 ? "no inputs" : inputs === 1 ? "1 input" : `${String(inputs)} inputs`}
      </span>
    </li>
  );
}

const BROKEN = "cannot-be-used";

/** Above all rows, of which there may be hundreds. */
function BrokenNotice({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <div className="mb-4">
      <Notice tone="warn">
        {count === 1 ? "One file cannot be used." : `${String(count)} files cannot be used.`}{" "}
        <button
          type="button"
          className="font-medium underline"
          onClick={() => {
            const found = document.getElementById(BROKEN);
            found?.scrollIntoView();
            found?.focus({ preventScroll: true });
          }}
        >
          See why
        </button>
      </Notice>
    </div>
  );
}

/** Files that cannot be used, for those who can mend them. */
function Broken({ broken }: { broken: Definitions["broken"] }) {
  if (broken.length === 0) return null;
  return (
    <Panel title="Cannot be used" className="mt-6">
      <ul id={BROKEN} tabIndex={-1} aria-label="Cannot be used" className="divide-y divide-line">
        {broken.map((one) => (
          <li key={one.name} className="flex gap-3 px-5 py-3.5">
            <TriangleAlert size={18} aria-hidden className="mt-0.5 shrink-0 text-bad" />
            <div className="min-w-0">
              <p className="font-medium break-words">{one.name}</p>
              {one.problems.map((problem) => (
                <p key={problem} className="text-sm break-words whitespace-pre-wrap text-muted">
                  <Coded text={problem} />
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const HELLO = `# definitions/hello.yml, in the data directory
name: hello
title: "Greet {{ inputs.whom }}"
inputs:
  whom: {default: world}
jobs:
  greet:
    steps:
      - {name: Greet, run: 'echo "Hello, $INPUT_WHOM"'}`;

function Nothing({ any }: { any: boolean }) {
  if (any) return <EmptyState title="No definition fits">Search for another word.</EmptyState>;
  return (
    <EmptyState title="Nothing can be run yet" command={HELLO}>
      A definition says what a kind of task does, and asks for its inputs. Put this file there, and
      it stands here at once:
    </EmptyState>
  );
}
