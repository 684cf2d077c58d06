import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { Problem } from "./api/problem";
import { askEarly } from "./early";
import { router } from "./routes";
import "./theme/theme.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one however often it is asked for; an outage passes.
      retry: (count, error) =>
        error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 5,
      refetchOnWindowFocus: true,
    },
  },
});

askEarly(client, window.location);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
