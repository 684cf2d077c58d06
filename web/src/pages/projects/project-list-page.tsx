import { FolderKanban, Plus } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useOwn } from "../../access/own";
import { type Project, useCreateProject, useProjects } from "../../api/projects";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { NameDialog } from "../../ui/name-dialog";
import { PageTitle } from "../../ui/page-title";
import { Tag } from "../../ui/tag";
import { Moment } from "../../ui/time";
import { toast } from "../../ui/toast";

export function ProjectListPage() {
  const { allows } = useOwn();
  const projects = useProjects();
  const [creating, setCreating] = useState(false);
  const mayCreate = allows("project:create");
  return (
    <>
      <PageTitle title="Projects">
        {mayCreate && (
          <Button
            look="primary"
            onClick={() => {
              setCreating(true);
            }}
          >
            <Plus size={16} aria-hidden /> New project
          </Button>
        )}
      </PageTitle>
      <Listed query={projects} empty={<Nothing mayCreate={mayCreate} />}>
        {(all) => all.map((one) => <Row key={one.id} project={one} />)}
      </Listed>
      {creating && (
        <NewProject
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </>
  );
}

function Row({ project }: { project: Project }) {
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3.5 hover:bg-sunken">
      <FolderKanban size={18} aria-hidden className="shrink-0 text-muted" />
      <Link
        to={`/projects/${String(project.id)}`}
        className="min-w-0 flex-1 font-medium break-words after:absolute after:inset-0 hover:text-accent"
      >
        {project.name}
      </Link>
      {project.role !== null && <Tag tone="accent">you: {project.role}</Tag>}
      <Link
        to={`/tasks?project=${String(project.id)}`}
        className="relative z-10 text-sm text-accent underline"
        aria-label={`Tasks of ${project.name}`}
      >
        Tasks
      </Link>
      <span className="w-24 text-right text-sm text-muted max-sm:hidden">
        <Moment at={project.createdAt} />
      </span>
    </li>
  );
}

function NewProject({ onClose }: { onClose: () => void }) {
  const create = useCreateProject();
  const navigate = useNavigate();
  const mutate = (name: string) => {
    create.mutate(name, {
      onSuccess: ({ id, taskId }) => {
        toast(`The project ${name} was made.`, taskId);
        void navigate(`/projects/${String(id)}`);
      },
    });
  };
  return (
    <NameDialog
      title="New project"
      action="Make project"
      hint="Definitions name it to link their tasks to it, such as `projects: [shop]`."
      change={{ ...create, mutate }}
      onClose={onClose}
    />
  );
}

function Nothing({ mayCreate }: { mayCreate: boolean }) {
  if (!mayCreate) {
    return (
      <EmptyState title="You are in no project">
        Tasks are seen through projects. Ask an owner or admin to give you one.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No project yet" command={"# in a definition\nprojects: [shop]"}>
      A project is what people are given access to: whoever has it sees the tasks that are linked to
      it. Make one, and name it in your definitions.
    </EmptyState>
  );
}
