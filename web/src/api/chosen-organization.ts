/**
 * The organization that the pages are about, for who belongs to several.
 *
 * Each tab has its own, so that a task of one organization can stand beside a task of another; a new
 * tab begins with the one that was chosen last.
 */
import { localPath } from "./local-path";

const KEY = "tasktrail.organization";

let chosen = read();

/** Its id; null for the one that the server takes for a person who has not chosen. */
export function chosenOrganization(): number | null {
  return chosen;
}

/** Goes to a page of an organization, which is loaded anew, so that nothing of the other one stays. */
export function goToOrganization(id: number, path = "/tasks"): void {
  keep(id);
  window.location.assign(localPath(path));
}

/** Makes no choice any more: somebody else signs in, or the person has left it. */
export function forgetOrganization(): void {
  keep(null);
}

function keep(id: number | null): void {
  chosen = id;
  for (const storage of storages()) {
    if (id === null) storage.removeItem(KEY);
    else storage.setItem(KEY, String(id));
  }
}

function read(): number | null {
  for (const storage of storages()) {
    const text = storage.getItem(KEY);
    if (text !== null && /^[1-9]\d{0,15}$/.test(text)) return Number(text);
  }
  return null;
}

/** That of the tab first. Storage may be forbidden; the choice lasts as long as the page then. */
function storages(): Storage[] {
  try {
    return [sessionStorage, localStorage];
  } catch {
    return [];
  }
}
