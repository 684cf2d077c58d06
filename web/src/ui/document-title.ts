/** The title of the browser's tab: what the page is about. */
import { useEffect } from "react";

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tasktrail`;
  }, [title]);
}
