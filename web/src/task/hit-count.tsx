/** How many lines of a log were found. */
export function HitCount({ count }: { count: number }) {
  return (
    <span className="tabular shrink-0 rounded-full bg-found px-1.5 text-xs text-text">
      {count}
      <span className="sr-only"> lines found</span>
    </span>
  );
}
