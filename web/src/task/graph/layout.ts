/** Where the jobs of a task stand: from left to right, as they need each other. */
import dagre from "@dagrejs/dagre";
import type { Edge, Node } from "@xyflow/react";
import type { Job } from "../../api/shapes";

export const WIDTH = 208;
export const HEIGHT = 60;

export type JobNode = Node<{ job: Job }, "job">;

export interface Places {
  at: Map<string, { x: number; y: number }>;
  edges: Edge[];
}

/** The places of jobs. They depend on nothing that changes while a task runs, so nothing jumps. */
export function placesOf(jobs: readonly Pick<Job, "name" | "after">[]): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 56, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Set(jobs.map((job) => job.name));
  for (const { name } of jobs) graph.setNode(name, { width: WIDTH, height: HEIGHT });
  const edges = jobs.flatMap(({ name, after }) =>
    after.filter((one) => names.has(one)).map((one) => edge(one, name)),
  );
  for (const { source, target } of edges) graph.setEdge(source, target);
  dagre.layout(graph);
  const at = new Map(
    jobs.map(({ name }) => {
      const { x, y } = graph.node(name);
      return [name, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }] as const;
    }),
  );
  return { at, edges };
}

function edge(source: string, target: string): Edge {
  return { id: `${source} ${target}`, source, target, focusable: false };
}
