import { Panel } from "../ui/panel";
import { Skeleton, SkeletonRows } from "../ui/skeleton";

/** A page whose code is still on its way. */
export function PageSkeleton() {
  return (
    <>
      <Skeleton className="mb-6 h-10 w-48" />
      <Panel>
        <SkeletonRows count={5} />
      </Panel>
    </>
  );
}
