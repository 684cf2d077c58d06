import { Link, Navigate, useLocation } from "react-router";
import { Problem } from "../../api/problem";
import { type LinkPerson, useLink, useSignInByLink } from "../../api/session";
import { Notice } from "../../ui/notice";
import { Skeleton } from "../../ui/skeleton";
import { told } from "../../ui/told";
import { Entrance } from "./entrance";
import { WelcomeForm } from "./welcome-form";

const TITLES: Record<LinkPerson["purpose"], string> = {
  first_owner: "Welcome to Tasktrail",
  invitation: "Welcome to Tasktrail",
  reset: "Choose a new password",
};

/** Opened by a one-time link. Its token is behind the `#`, which no server and no log ever sees. */
export function WelcomePage() {
  const token = useLocation().hash.slice(1);
  const link = useLink(token);
  const signIn = useSignInByLink();
  if (signIn.isSuccess) return <Navigate to="/tasks" replace />;
  const title = link.data === undefined ? "Welcome to Tasktrail" : TITLES[link.data.purpose];
  return (
    <Entrance title={title}>
      {token === "" ? (
        <Notice tone="warn">This address is not complete. Open the whole link once more.</Notice>
      ) : link.isError ? (
        <NoLink error={link.error} />
      ) : link.data === undefined ? (
        <div role="status" aria-label="Loading" className="flex flex-col gap-4">
          <Skeleton className="h-5 w-3/4" />
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      ) : (
        <WelcomeForm key={token} person={link.data} token={token} signIn={signIn} />
      )}
    </Entrance>
  );
}

function NoLink({ error }: { error: Error }) {
  if (!(error instanceof Problem) || error.status !== 401) {
    return <Notice tone="bad">{told(error.message)}</Notice>;
  }
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warn">
        This link was used already, or has expired. Ask whoever gave it to you for a new one.
      </Notice>
      <Link to="/sign-in" className="text-sm text-accent underline">
        Sign in with your password
      </Link>
    </div>
  );
}
