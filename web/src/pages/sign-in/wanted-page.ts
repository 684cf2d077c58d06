/** The page that somebody wanted to see before they were sent to a provider to sign in, who sends them
 * back to the start page. It is kept by the tab. */
const KEY = "tasktrail.wanted";

export function keepWanted(path: string): void {
  try {
    sessionStorage.setItem(KEY, path);
  } catch {
    // Storage may be forbidden; they begin at the list of tasks then.
  }
}

export function wantedPage(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function forgetWanted(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // see above
  }
}
