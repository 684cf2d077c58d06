/** Where the jobs of a task stand: from left to right, as they need each other. */
import dagre from "@dagrejs/dagre";
import type { Edge, Node } from "@xyflow/react";
import type { Job } from "../../api/shapes";
import { rankedPlaces } from "./ranks";

export const WIDTH = 208;
export const HEIGHT = 60;
const GAP = 18;
const RANK_GAP = 56;
/** Jobs; dagre takes some tens of milliseconds for as many. */
const MOST_FOR_DAGRE = 60;

type Shape = Pick<Job, "name" | "after">;

export type JobNode = Node<{ job: Job }, "job">;

export interface Places {
  at: Map<string, { x: number; y: number }>;
  edges: Edge[];
}

/** The places of jobs. They depend on nothing that changes while a task runs, so nothing jumps. */
export function placesOf(jobs: readonly Shape[]): Places {
  const names = new Set(jobs.map((job) => job.name));
  const edges = jobs.flatMap(({ name, after }) =>
    after.filter((one) => names.has(one)).map((one) => edge(one, name)),
  );
  return { at: jobs.length > MOST_FOR_DAGRE ? inRanks(jobs) : byDagre(jobs, edges), edges };
}

/** Of a small task: lines are led around what is between their ends. */
function byDagre(jobs: readonly Shape[], edges: readonly Edge[]): Places["at"] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: RANK_GAP, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of jobs) graph.setNode(name, { width: WIDTH, height: HEIGHT });
  for (const { source, target } of edges) graph.setEdge(source, target);
  dagre.layout(graph);
  return new Map(
    jobs.map(({ name }) => {
      const { x, y } = graph.node(name);
      return [name, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }] as const;
    }),
  );
}

function inRanks(jobs: readonly Shape[]): Places["at"] {
  return new Map(
    [...rankedPlaces(jobs)].map(([name, { rank, row }]) => [
      name,
      { x: rank * (WIDTH + RANK_GAP), y: row * (HEIGHT + GAP) },
    ]),
  );
}

function edge(source: string, target: string): Edge {
  return { id: `${source} ${target}`, source, target, focusable: false };
}
