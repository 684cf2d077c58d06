/** Why nobody was signed in by a provider: the server sends the browser back with `#error=CODE`. The
 * words are ours, so that no address can put others into this page. */
const WORDS = new Map([
  ["provider_unavailable", "The sign-in service cannot be reached at the moment."],
  ["not_begun_here", "This sign-in was not begun here, or took too long. Please try again."],
  ["denied", "The sign-in service did not let you through."],
  ["not_proven", "The sign-in service did not prove who you are. Please try again."],
  ["email_not_verified", "The sign-in service has not verified your email address."],
  ["domain_not_accepted", "Email addresses of this domain are not accepted here."],
  ["unknown_person", "Nobody with your email address is known here. Ask an owner to add you."],
  [
    "known_otherwise",
    "Somebody with your email address is known here by another identity. Ask an owner.",
  ],
]);
const OTHERWISE = "You cannot sign in here at the moment. Ask an owner of your organization.";

/** What the part of an address behind the `#` says; null when it tells of no failed sign-in. */
export function failedSignIn(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("error");
  return code === null ? null : (WORDS.get(code) ?? OTHERWISE);
}
