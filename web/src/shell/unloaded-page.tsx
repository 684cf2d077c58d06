import { useState } from "react";
import { get } from "../api/client";
import { Problem } from "../api/problem";
import { Button } from "../ui/button";
import { useDocumentTitle } from "../ui/document-title";
import { EmptyState } from "../ui/empty-state";

/** The code of a page has not come. */
export class UnloadedError extends Error {}

/** Code that is on its way; where it does not arrive, what failed is known by its type.
 *
 * Rejects with UnloadedError. */
export async function arriving<T>(code: Promise<T>): Promise<T> {
  try {
    return await code;
  } catch (error) {
    throw new UnloadedError("the code of the page has not come", { cause: error });
  }
}

const TITLE = "This page could not be loaded";

/** Stands in the place of a page; the rest goes on. */
export function UnloadedPage() {
  const [trying, setTrying] = useState(false);
  const [inVain, setInVain] = useState(false);
  useDocumentTitle(TITLE);
  const again = async () => {
    setTrying(true);
    // Browsers do not ask again for code that has failed to come, as long as the page is there; and
    // who loads it again while nothing answers loses what there is.
    if (await answers()) window.location.reload();
    else setInVain(true);
    setTrying(false);
  };
  return (
    <EmptyState alone title={TITLE}>
      <p>The server does not answer, or it has been updated since this tab was opened.</p>
      <Button className="mt-4" look="primary" busy={trying} onClick={() => void again()}>
        Try again
      </Button>
      <p role="status" className="mt-3 text-sm">
        {inVain && !trying && "The server does not answer yet."}
      </p>
    </EmptyState>
  );
}

/** Whether the server says anything at all. */
async function answers(): Promise<boolean> {
  try {
    await get("/session");
    return true;
  } catch (error) {
    return error instanceof Problem && error.status !== 0;
  }
}
