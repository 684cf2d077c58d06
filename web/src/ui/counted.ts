/** Such as "1 job" or "3 jobs". */
export function counted(count: number, what: string): string {
  return `${String(count)} ${count === 1 ? what : `${what}s`}`;
}
