import { expect, test } from "vitest";
import { localPath } from "./local-path";

const HERE = "https://tasks.example.com";

test.each(["/tasks/7?tab=graph", "/", "/run/a//b"])("%j stays as it is", (path) => {
  expect(localPath(path)).toBe(path);
});

test.each(["//evil.example/tasks", "/\\evil.example", "\\\\evil.example", "///evil.example", ""])(
  "%j leads to no other host",
  (path) => {
    expect(new URL(localPath(path), HERE).origin).toBe(HERE);
  },
);
