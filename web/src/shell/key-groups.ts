/** The keys there are, as the help shows them. */
export interface KeyHelp {
  keys: readonly string[];
  does: string;
}

export interface KeyGroup {
  title: string;
  keys: readonly KeyHelp[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: "Everywhere",
    keys: [
      { keys: ["Ctrl K", "⌘ K"], does: "Go to a page, a task or a definition" },
      { keys: ["/"], does: "Search on this page" },
      { keys: ["?"], does: "Show these keys" },
    ],
  },
  {
    title: "On a task",
    keys: [
      { keys: ["f"], does: "Next failure" },
      { keys: ["l"], does: "Log" },
      { keys: ["g"], does: "Graph" },
      { keys: ["/"], does: "Search its logs" },
    ],
  },
];
