/** Where the jobs of a task stand: from left to right, as they need each other. */
import dagre from "@dagrejs/dagre";
import type { Node } from "@xyflow/react";
import type { Job } from "../../api/shapes";
import { rankedPlaces } from "./ranks";

export const WIDTH = 208;
export const HEIGHT = 60;
const GAP = 18;
const RANK_GAP = 56;
/** Jobs; dagre takes some tens of milliseconds for as many. */
const MOST_FOR_DAGRE = 60;

type Shape = Pick<Job, "name" | "after">;
interface Corner {
  x: number;
  y: number;
}

/** The names of a job and of one that needs it. */
type Need = readonly [string, string];

export type JobNode = Node<{ job: Job }, "job">;

export interface Places {
  /** The upper left corner of each job, by its name. */
  at: Map<string, Corner>;
  /** All lines between jobs, as one path of SVG: an element for each of a thousand takes seconds. */
  lines: string;
}

/** The places of jobs. They depend on nothing that changes while a task runs, so nothing jumps. */
export function placesOf(jobs: readonly Shape[]): Places {
  const names = new Set(jobs.map((job) => job.name));
  const needs = jobs.flatMap(({ name, after }) =>
    after.filter((one) => names.has(one)).map((one): Need => [one, name]),
  );
  const at = jobs.length > MOST_FOR_DAGRE ? inRanks(jobs) : byDagre(jobs, needs);
  return { at, lines: needs.map((need) => lineOf(need, at)).join("") };
}

/** Of a small task: jobs make room for lines that go past them. */
function byDagre(jobs: readonly Shape[], needs: readonly Need[]): Places["at"] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: RANK_GAP, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of jobs) graph.setNode(name, { width: WIDTH, height: HEIGHT });
  for (const [source, target] of needs) graph.setEdge(source, target);
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

/** From the right side of a job to the left one of the other, level at both ends. */
function lineOf([from, to]: Need, at: Places["at"]): string {
  const [source, target] = [at.get(from), at.get(to)];
  if (source === undefined || target === undefined) return "";
  const start = { x: source.x + WIDTH, y: source.y + HEIGHT / 2 };
  const end = { x: target.x, y: target.y + HEIGHT / 2 };
  const bend = Math.max(24, Math.abs(end.x - start.x) / 2);
  const points = [
    [start.x, start.y],
    [start.x + bend, start.y],
    [end.x - bend, end.y],
    [end.x, end.y],
  ].map(([x = 0, y = 0]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${points[0] ?? ""}C${points.slice(1).join(" ")}`;
}
