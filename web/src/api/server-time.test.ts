import { afterEach, expect, test } from "vitest";
import { noteServerTime, serverNow } from "./server-time";

const HOUR = 3_600_000;

afterEach(() => {
  noteServerTime(new Date().toUTCString(), Date.now(), Date.now());
});

test("a clock that is an hour wrong does not count", () => {
  const here = Date.now();
  noteServerTime(new Date(here + HOUR).toUTCString(), here, here);
  expect(Math.abs(serverNow() - Date.now() - HOUR)).toBeLessThan(1_000);
});

test("a difference that the header could not tell is none", () => {
  const here = Date.now();
  noteServerTime(new Date(here + 900).toUTCString(), here, here);
  expect(serverNow() - Date.now()).toBeLessThan(50);
});

test("an answer that tells no time changes nothing", () => {
  noteServerTime(null, 0, 0);
  noteServerTime("yesterday", 0, 0);
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(50);
});
