import { createBrowserRouter, type RouteObject, ScrollRestoration } from "react-router";
import { SignInPage } from "./pages/sign-in/sign-in-page";
import { StartPage } from "./pages/sign-in/start-page";
import { WelcomePage } from "./pages/sign-in/welcome-page";
import { TaskListPage } from "./pages/tasks/task-list-page";
import { TaskPage } from "./pages/task/task-page";
import { CrashPage } from "./shell/crash-page";
import { NotFoundPage } from "./shell/not-found-page";
import { PageSkeleton } from "./shell/page-skeleton";
import { useQuietly } from "./shell/quietly";
import { arriving } from "./shell/unloaded-page";
import { Shell } from "./shell/shell";

const running = () => arriving(import("./pages/run/pages"));
const administration = () => arriving(import("./pages/administration"));

/** What the first page does not need is loaded when it is asked for. */
const later: RouteObject[] = [
  { path: "/run", lazy: async () => ({ Component: (await running()).RunListPage }) },
  { path: "/run/:definition", lazy: async () => ({ Component: (await running()).RunPage }) },
  {
    path: "/projects",
    lazy: async () => ({ Component: (await administration()).ProjectListPage }),
  },
  {
    path: "/projects/:id",
    lazy: async () => ({ Component: (await administration()).ProjectPage }),
  },
  { path: "/members", lazy: async () => ({ Component: (await administration()).MemberListPage }) },
  { path: "/teams", lazy: async () => ({ Component: (await administration()).TeamListPage }) },
  { path: "/keys", lazy: async () => ({ Component: (await administration()).KeyListPage }) },
  { path: "/support", lazy: async () => ({ Component: (await administration()).SupportPage }) },
  {
    path: "/organization",
    lazy: async () => ({ Component: (await administration()).OrganizationPage }),
  },
];

/** Has the other pages at hand before they are asked for, so that they open also where the server
 * does not answer for a moment. */
function LaterPages() {
  useQuietly(loadLater);
  return null;
}

/** Who needs what has not come hears of it from the page. */
function loadLater(): void {
  for (const load of [running, administration]) load().catch(() => undefined);
}

export const router = createBrowserRouter([
  { path: "/sign-in", element: <SignInPage />, errorElement: <CrashPage /> },
  { path: "/welcome", element: <WelcomePage />, errorElement: <CrashPage /> },
  {
    element: (
      <>
        <Shell />
        <ScrollRestoration />
        <LaterPages />
      </>
    ),
    errorElement: <CrashPage />,
    children: [
      { path: "/", element: <StartPage /> },
      { path: "/tasks", element: <TaskListPage /> },
      { path: "/tasks/:id", element: <TaskPage /> },
      ...later.map((route) => ({
        ...route,
        errorElement: <CrashPage />,
        hydrateFallbackElement: <PageSkeleton />,
      })),
      { path: "*", element: <NotFoundPage /> },
    ],
  },
]);
