/** Which of some choices a text names, such as a part of an address that anybody may have written;
 * `otherwise` where it names none. */
export function choiceOf<T extends object>(
  choices: T,
  text: string | null,
  otherwise: keyof T & string,
): keyof T & string {
  // `in` would find what every object has, such as `constructor`.
  return text !== null && Object.hasOwn(choices, text) ? (text as keyof T & string) : otherwise;
}
