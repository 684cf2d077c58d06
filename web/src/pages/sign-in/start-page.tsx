import { useEffect, useState } from "react";
import { Navigate } from "react-router";
import { localPath } from "../../api/local-path";
import { forgetWanted, wantedPage } from "./wanted-page";

/** Leads on to where somebody wanted to go, else to the tasks. */
export function StartPage() {
  const [wanted] = useState(wantedPage);
  useEffect(forgetWanted, []);
  return <Navigate to={localPath(wanted ?? "/tasks")} replace />;
}
