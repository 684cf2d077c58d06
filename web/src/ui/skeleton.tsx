import { classNames } from "./class-names";

/** Where something will be; as large as what will be there, so that nothing jumps. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={classNames("block animate-pulse rounded-md bg-sunken", className)}
    />
  );
}

export function SkeletonRows({ count, height = "h-14" }: { count: number; height?: string }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y divide-line">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={classNames("flex items-center gap-4 px-5", height)}>
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-4 w-1/3" />
          <Skeleton className="ml-auto h-4 w-20" />
        </div>
      ))}
    </div>
  );
}
