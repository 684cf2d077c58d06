import { createBrowserRouter, Navigate } from "react-router";
import { SignInPage } from "./pages/sign-in/sign-in-page";
import { WelcomePage } from "./pages/sign-in/welcome-page";
import { TaskPage } from "./pages/task/task-page";
import { TaskListPage } from "./pages/tasks/task-list-page";
import { NotFoundPage } from "./shell/not-found-page";
import { Shell } from "./shell/shell";

/** What the first page does not need is loaded when it is asked for. */
export const router = createBrowserRouter([
  { path: "/sign-in", element: <SignInPage /> },
  { path: "/welcome", element: <WelcomePage /> },
  {
    element: <Shell />,
    children: [
      { path: "/", element: <Navigate to="/tasks" replace /> },
      { path: "/tasks", element: <TaskListPage /> },
      { path: "/tasks/:id", element: <TaskPage /> },
      { path: "*", element: <NotFoundPage /> },
    ],
  },
]);
