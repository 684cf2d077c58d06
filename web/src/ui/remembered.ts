/** A choice that the browser keeps, shared by all who show it. */
export interface Remembered<T extends string> {
  get: () => T;
  set: (value: T) => void;
  subscribe: (listener: () => void) => () => void;
}

export function remembered<T extends string>(
  key: string,
  otherwise: T,
  choices: readonly T[],
): Remembered<T> {
  const listeners = new Set<() => void>();
  let current = choices.find((choice) => choice === read(key)) ?? otherwise;
  return {
    get: () => current,
    set: (value) => {
      current = value;
      write(key, value);
      listeners.forEach((listener) => {
        listener();
      });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the choice lasts as long as the page then
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // see above
  }
}
