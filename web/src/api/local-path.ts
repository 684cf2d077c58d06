/**
 * A path that stays on this server.
 *
 * `//elsewhere.example/` is the path of a page here when somebody opens it behind the address of the
 * server, and another host when it is used as an address.
 */
export function localPath(path: string): string {
  return `/${path.replace(/^[/\\]+/, "")}`;
}
