import { createBrowserRouter, type RouteObject, ScrollRestoration } from "react-router";
import { SignInPage } from "./pages/sign-in/sign-in-page";
import { StartPage } from "./pages/sign-in/start-page";
import { WelcomePage } from "./pages/sign-in/welcome-page";
import { TaskListPage } from "./pages/tasks/task-list-page";
import { TaskPage } from "./pages/task/task-page";
import { CrashPage } from "./shell/crash-page";
import { NotFoundPage } from "./shell/not-found-page";
import { PageSkeleton } from "./shell/page-skeleton";
import { Shell } from "./shell/shell";

const running = () => import("./pages/run/pages");
const administration = () => import("./pages/administration");

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

export const router = createBrowserRouter([
  { path: "/sign-in", element: <SignInPage />, errorElement: <CrashPage /> },
  { path: "/welcome", element: <WelcomePage />, errorElement: <CrashPage /> },
  {
    element: (
      <>
        <Shell />
        <ScrollRestoration />
      </>
    ),
    errorElement: <CrashPage />,
    children: [
      { path: "/", element: <StartPage /> },
      { path: "/tasks", element: <TaskListPage /> },
      { path: "/tasks/:id", element: <TaskPage /> },
      ...later.map((route) => ({ ...route, hydrateFallbackElement: <PageSkeleton /> })),
      { path: "*", element: <NotFoundPage /> },
    ],
  },
]);
