import { Menu, X } from "lucide-react";
import { useState } from "react";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { useSessionWatch } from "../api/connection";
import { useSession } from "../api/session";
import { useTaskNews } from "../api/task-news";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";
import { told } from "../ui/told";
import { AccountMenu } from "./account-menu";
import { FindButton } from "./find-button";
import { Navigation } from "./navigation";
import { OrganizationSwitch } from "./organization-switch";
import { Shortcuts } from "./shortcuts";
import { RunningCount, TasksWidget } from "./tasks-widget";
import { Toasts } from "./toasts";

/** What surrounds every page of somebody who is signed in. */
export function Shell() {
  const session = useSession();
  useSessionWatch();
  const { pathname, search } = useLocation();
  const [wasIn, setWasIn] = useState(false);
  if (session.data && !wasIn) setWasIn(true);
  if (session.data === null) {
    const state = { from: pathname + search, signedOut: wasIn };
    return <Navigate to="/sign-in" replace state={state} />;
  }
  return (
    <div className="min-h-screen lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-surface focus:px-4 focus:py-2"
      >
        Skip to the page
      </a>
      <Sidebar page={pathname} />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl px-4 py-6 outline-none sm:px-8"
      >
        {session.data !== undefined ? (
          <Outlet />
        ) : session.isError ? (
          <Notice tone="bad">{told(session.error.message)}</Notice>
        ) : (
          <Skeleton className="h-9 w-48" />
        )}
      </main>
      <Toasts />
      <Shortcuts />
    </div>
  );
}

/** Beside the page where there is room; behind a button on a phone, until another page is opened. It
 * stays from page to page, and so does the one stream of news that it shows twice. */
function Sidebar({ page }: { page: string }) {
  const [openAt, setOpenAt] = useState<string | null>(null);
  const open = openAt === page;
  const news = useTaskNews().data;
  return (
    <header className="border-line bg-surface max-lg:border-b lg:border-r">
      <div className="flex flex-col lg:sticky lg:top-0 lg:h-screen lg:p-4">
        <div className="flex items-center justify-between max-lg:px-4 max-lg:py-2.5">
          <Link
            to="/tasks"
            className="flex items-center gap-2.5 rounded-lg px-2 py-1 font-semibold"
          >
            <img src="/icon.svg" alt="" width={24} height={24} />
            Tasktrail
          </Link>
          <RunningCount news={news} />
          <Button
            look="quiet"
            className="lg:hidden"
            aria-expanded={open}
            aria-controls="sidebar"
            aria-label={open ? "Close the menu" : "Open the menu"}
            onClick={() => {
              setOpenAt(open ? null : page);
            }}
          >
            {open ? <X size={20} aria-hidden /> : <Menu size={20} aria-hidden />}
          </Button>
        </div>
        <div
          id="sidebar"
          className={`${open ? "flex" : "max-lg:hidden lg:flex"} min-h-0 flex-1 flex-col gap-5 max-lg:p-4 lg:mt-4`}
        >
          <OrganizationSwitch />
          <FindButton />
          <Navigation />
          <TasksWidget news={news} />
          <div className="mt-auto shrink-0">
            <AccountMenu key={page} />
          </div>
        </div>
      </div>
    </header>
  );
}
