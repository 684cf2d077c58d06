import { Background, Controls, ReactFlow, ViewportPortal } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import "./graph.css";
import { useMemo } from "react";
import type { Job } from "../../api/shapes";
import { JobNodeView } from "./job-node";
import { type JobNode, type Places, placesOf, HEIGHT, WIDTH } from "./layout";

const NODES = { job: JobNodeView };
/** Known beforehand, so that nothing has to be measured before it is shown. */
const SIZE = { width: WIDTH, height: HEIGHT };

export interface GraphProps {
  jobs: readonly Job[];
  /** The name of a job. */
  chosen: string | undefined;
  onJob: (name: string) => void;
}

/** The jobs of a task as they need each other, live. Tab and Enter go through them, too. */
export function Graph({ jobs, chosen, onJob }: GraphProps) {
  const shape = JSON.stringify(jobs.map(({ name, after }) => ({ name, after })));
  const places = useMemo(
    () => placesOf(JSON.parse(shape) as Pick<Job, "name" | "after">[]),
    [shape],
  );
  const nodes = useMemo(
    () => jobs.map((job) => nodeOf(job, places, job.name === chosen)),
    [jobs, places, chosen],
  );
  return (
    <div className="min-h-0 flex-1" role="region" aria-label="Graph of jobs">
      <ReactFlow
        nodes={nodes}
        nodeTypes={NODES}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.05}
        maxZoom={1.6}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => {
          onJob(node.id);
        }}
        onNodeDoubleClick={(_, node) => {
          onJob(node.id);
        }}
        onKeyDown={(event) => {
          const node = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node");
          if (event.key === "Enter" && node?.dataset.id !== undefined) onJob(node.dataset.id);
        }}
      >
        <Background gap={24} />
        <ViewportPortal>
          <svg
            aria-hidden
            width={1}
            height={1}
            className="pointer-events-none absolute -z-1 overflow-visible"
          >
            <path d={places.lines} className="fill-none stroke-line-strong" strokeWidth={1.5} />
          </svg>
        </ViewportPortal>
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** The node that a job was shown by last: of one that has not changed nothing is drawn anew. */
const known = new WeakMap<Job, { places: Places; node: JobNode }>();

function nodeOf(job: Job, places: Places, selected: boolean): JobNode {
  const last = known.get(job);
  if (last?.places === places && last.node.selected === selected) return last.node;
  const node = newNode(job, places, selected);
  known.set(job, { places, node });
  return node;
}

function newNode(job: Job, places: Places, selected: boolean): JobNode {
  return {
    id: job.name,
    type: "job",
    position: places.at.get(job.name) ?? { x: 0, y: 0 },
    data: { job },
    ...SIZE,
    measured: SIZE,
    handles: [],
    selected,
    draggable: false,
    connectable: false,
    ariaLabel: `Job ${job.title}, ${job.status.replaceAll("_", " ")}`,
  };
}
