import { Pencil } from "lucide-react";
import { useState } from "react";
import { useParams } from "react-router";
import { useOwn } from "../../access/own";
import { Problem } from "../../api/problem";
import { type Project, useProject, useRenameProject } from "../../api/projects";
import { NotFoundPage } from "../../shell/not-found-page";
import { Button } from "../../ui/button";
import { LinkButton } from "../../ui/link-button";
import { NameDialog } from "../../ui/name-dialog";
import { Notice } from "../../ui/notice";
import { PageTitle } from "../../ui/page-title";
import { Skeleton } from "../../ui/skeleton";
import { toast } from "../../ui/toast";
import { told } from "../../ui/told";
import { Grants } from "./grants";

export function ProjectPage() {
  const { id = "" } = useParams();
  const project = useProject(id);
  if (project.error instanceof Problem && [404, 422].includes(project.error.status)) {
    return <NotFoundPage />;
  }
  if (project.error !== null && project.data === undefined) {
    return <Notice tone="bad">{told(project.error.message)}</Notice>;
  }
  if (project.data === undefined) return <Skeleton className="h-9 w-64" />;
  return <Loaded key={project.data.id} project={project.data} />;
}

function Loaded({ project }: { project: Project }) {
  const { allows } = useOwn();
  const [renaming, setRenaming] = useState(false);
  const manages = allows("project:manage") || project.role === "admin";
  return (
    <>
      <PageTitle title={project.name}>
        {manages && (
          <Button
            onClick={() => {
              setRenaming(true);
            }}
          >
            <Pencil size={15} aria-hidden /> Rename
          </Button>
        )}
        <LinkButton to={`/tasks?project=${String(project.id)}`}>Its tasks</LinkButton>
      </PageTitle>
      <Grants project={project} manages={manages} />
      {renaming && (
        <Rename
          project={project}
          onClose={() => {
            setRenaming(false);
          }}
        />
      )}
    </>
  );
}

function Rename({ project, onClose }: { project: Project; onClose: () => void }) {
  const rename = useRenameProject(project.id);
  const mutate = (name: string) => {
    rename.mutate(name, {
      onSuccess: ({ taskId }) => {
        toast(`${project.name} is called ${name} now.`, taskId);
        onClose();
      },
    });
  };
  return (
    <NameDialog
      title={`Rename ${project.name}`}
      action="Rename"
      name={project.name}
      hint="Definitions find a project by its name: change it there, too."
      change={{ ...rename, mutate }}
      onClose={onClose}
    />
  );
}
