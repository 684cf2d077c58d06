import { expect, test } from "vitest";
import type { Job, Status } from "../api/shapes";
import { foldedLabel } from "./folded-jobs";

const jobs = (...statuses: Status[]) => statuses.map((status) => ({ status })) as Job[];

test("jobs that never ran are not told as done", () => {
  expect(foldedLabel(jobs("done"), false)).toBe("1 job done");
  expect(foldedLabel(jobs("skipped", "skipped"), false)).toBe("2 jobs skipped");
  expect(foldedLabel(jobs("skipped", "done", "done", "skipped", "skipped"), false)).toBe(
    "2 jobs done, 3 skipped",
  );
});

test("where others like them are shown, they are more", () => {
  expect(foldedLabel(jobs("done", "done", "skipped"), true)).toBe("2 more jobs done, 1 skipped");
});
