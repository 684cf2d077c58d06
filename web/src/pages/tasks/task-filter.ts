/** What the list of tasks is narrowed down to. It lives in the address, so that back works. */
import { useSearchParams } from "react-router";
import type { Query } from "../../api/client";
import { choiceOf } from "../../ui/choice";

export const SCOPES = {
  all: "Anywhere",
  org: "The organization",
  project: "Any project",
} as const;
export type Scope = keyof typeof SCOPES;

export const AUTHORS = {
  all: "Everybody",
  people: "People",
  support: "Support",
  robot: "Automation",
  superadmin: "Superadmin",
} as const;
type Authors = keyof typeof AUTHORS;

/** By the words of the API. */
export const KINDS = {
  everything: "Everything",
  operations: "Operations",
  administration: "Administration",
} as const;
type Kind = keyof typeof KINDS;

export interface TaskFilter {
  statuses: string[];
  search: string;
  scope: Scope;
  authors: Authors;
  kind: Kind;
  projectIds: string[];
  names: string[];
  view: "flat" | "tree";
  page: number;
}

const CONTRACT: Record<Scope, string | undefined> = {
  all: undefined,
  project: "project_only",
  org: "org_only",
};

const AUTHORS_CONTRACT: Record<Authors, Query> = {
  all: {},
  people: { authors: "user" },
  support: { roles: "support" },
  robot: { authors: "robot" },
  superadmin: { authors: "superadmin" },
};

export function useTaskFilter(): [TaskFilter, (change: Partial<TaskFilter>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const filter = filterOf(parameters);
  const change = (changed: Partial<TaskFilter>) => {
    // Another filter has other pages.
    const typed = changed.search !== undefined;
    // At once: a change that may wait takes back what is typed until it comes.
    setParameters(written({ ...filter, page: 1, ...changed }), {
      replace: typed,
      flushSync: typed,
    });
  };
  return [filter, change];
}

export function queryOf(filter: TaskFilter): Query {
  return {
    statuses: filter.statuses,
    search: filter.search,
    scope: CONTRACT[filter.scope],
    ...AUTHORS_CONTRACT[filter.authors],
    kind: filter.kind === "everything" ? undefined : filter.kind,
    projectIds: filter.projectIds,
    names: filter.names,
    view: filter.view,
    page: filter.page,
    pageSize: 30,
  };
}

/** What leaves nothing out. */
export const UNFILTERED: Omit<TaskFilter, "view" | "page"> = {
  statuses: [],
  search: "",
  scope: "all",
  authors: "all",
  kind: "everything",
  projectIds: [],
  names: [],
};

/** Whether anything is left out. */
export function narrows(filter: TaskFilter): boolean {
  const { statuses, search, scope, authors, kind, projectIds, names } = filter;
  const chosen = [...statuses, ...projectIds, ...names];
  return (
    chosen.length > 0 ||
    search !== "" ||
    [scope, authors].some((one) => one !== "all") ||
    kind !== "everything"
  );
}

/** The filter that an address tells. */
export function filterOf(parameters: URLSearchParams): TaskFilter {
  const list = (name: string) => (parameters.get(name) ?? "").split(",").filter(Boolean);
  return {
    statuses: list("status"),
    search: parameters.get("search") ?? "",
    scope: choiceOf(SCOPES, parameters.get("scope"), "all"),
    authors: choiceOf(AUTHORS, parameters.get("by"), "all"),
    kind: choiceOf(KINDS, parameters.get("kind"), "everything"),
    projectIds: list("project"),
    names: list("name"),
    view: parameters.get("view") === "tree" ? "tree" : "flat",
    page: Math.max(1, Number.parseInt(parameters.get("page") ?? "1", 10) || 1),
  };
}

function written(filter: TaskFilter): Record<string, string> {
  const all = {
    status: filter.statuses.join(","),
    search: filter.search,
    scope: filter.scope === "all" ? "" : filter.scope,
    by: filter.authors === "all" ? "" : filter.authors,
    kind: filter.kind === "everything" ? "" : filter.kind,
    project: filter.projectIds.join(","),
    name: filter.names.join(","),
    view: filter.view === "flat" ? "" : filter.view,
    page: filter.page === 1 ? "" : String(filter.page),
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ""));
}
