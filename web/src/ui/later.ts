/** Moments that somebody chooses, beside "now": as spans of time, or as what a browser's field
 * for date and time holds, which is in the zone of the browser. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const SPANS = {
  hour: { text: "1 hour", milliseconds: HOUR },
  "four-hours": { text: "4 hours", milliseconds: 4 * HOUR },
  day: { text: "1 day", milliseconds: DAY },
  week: { text: "7 days", milliseconds: 7 * DAY },
  month: { text: "30 days", milliseconds: 30 * DAY },
  quarter: { text: "90 days", milliseconds: 90 * DAY },
  year: { text: "1 year", milliseconds: 365 * DAY },
} as const;

export type Span = keyof typeof SPANS;

/** RFC 3339, in UTC. */
export function after(span: Span, now: number): string {
  return new Date(now + SPANS[span].milliseconds).toISOString();
}

/** RFC 3339 in UTC for what a `datetime-local` field holds; null for what is no moment. */
export function momentOf(typed: string): string | null {
  const time = Date.parse(typed);
  return typed === "" || Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** What is wrong with what a `datetime-local` field holds for a moment after `now`. */
export function problemOfLater(typed: string, now: number): string | undefined {
  const moment = momentOf(typed);
  if (moment === null) return "Choose the day and the time.";
  return Date.parse(moment) <= now ? "This time is over already: choose a later one." : undefined;
}

/** In which zone such a field is read; the offset is that of the moment, if there is one. */
export function zoneOf(typed: string): string {
  const at = new Date(momentOf(typed) ?? Date.now());
  const format = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" });
  const offset = format.formatToParts(at).find((part) => part.type === "timeZoneName")?.value;
  const { timeZone } = format.resolvedOptions();
  return `In the time zone of this browser, ${timeZone}${offset === undefined ? "" : ` (${offset})`}.`;
}

/** For how long something is to hold: for a span of time, until a moment, or for good. */
export interface Lasting {
  span: Span | "until" | "never";
  /** As its field holds it. */
  until: string;
}

/** RFC 3339: when it ends; null for never, undefined while that is not clear. */
export function endOf({ span, until }: Lasting, now: number): string | null | undefined {
  if (span === "never") return null;
  return span === "until" ? (momentOf(until) ?? undefined) : after(span, now);
}
