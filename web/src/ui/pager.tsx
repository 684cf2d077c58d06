import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button";

interface Props {
  /** Counted from 1. */
  page: number;
  pageSize: number;
  total: number;
  onPage: (page: number) => void;
}

export function Pager({ page, pageSize, total, onPage }: Props) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const first = (page - 1) * pageSize + 1;
  if (first > total) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center justify-between text-sm text-muted">
      <p className="tabular">
        {`${first.toLocaleString("en")} to ${Math.min(total, page * pageSize).toLocaleString("en")} of ${total.toLocaleString("en")}`}
      </p>
      <div className={pages === 1 && page === 1 ? "hidden" : "flex gap-1"}>
        <Button
          look="quiet"
          aria-label="Page before"
          disabled={page <= 1}
          onClick={() => {
            onPage(page - 1);
          }}
        >
          <ChevronLeft size={16} aria-hidden />
        </Button>
        <Button
          look="quiet"
          aria-label="Next page"
          disabled={page >= pages}
          onClick={() => {
            onPage(page + 1);
          }}
        >
          <ChevronRight size={16} aria-hidden />
        </Button>
      </div>
    </nav>
  );
}
