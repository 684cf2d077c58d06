/** The pages on which tasks are started, loaded when the first of them is opened. */
export { RunListPage } from "./run-list-page";
export { RunPage } from "./run-page";
