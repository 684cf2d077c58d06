/** What time it is at the server, whose moments the pages show: the clock of who looks may be wrong. */

/** Milliseconds that the clock here is behind the server's. The header tells whole seconds only, so
 * that a small difference is taken for none. */
let behind = 0;
const NOTED_FROM = 2_000;

/** Takes note of when a server has answered a request that was sent at `sent`. */
export function noteServerTime(date: string | null, sent: number, received: number): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const difference = told + 500 - (sent + received) / 2;
  behind = Math.abs(difference) < NOTED_FROM ? 0 : difference;
}

/** Milliseconds since 1970, by the clock of the server. */
export function serverNow(): number {
  return Date.now() + behind;
}
