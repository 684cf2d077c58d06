import { expect, test } from "vitest";
import { HEIGHT, placesOf, WIDTH } from "./layout";

const job = (name: string, ...after: string[]) => ({ name, after });

test("a line leads from the right side of a job to the left one of what needs it", () => {
  const { at, lines } = placesOf([job("build"), job("test", "build")]);
  const [build, after] = [at.get("build"), at.get("test")];
  if (build === undefined || after === undefined) throw new Error("a job has no place");
  const ends = /^M(\S+) (\S+)C.* (\S+) (\S+)$/.exec(lines)?.slice(1).map(Number) ?? [];
  [build.x + WIDTH, build.y + HEIGHT / 2, after.x, after.y + HEIGHT / 2].forEach(
    (wanted, index) => {
      expect(ends[index]).toBeCloseTo(wanted, 0);
    },
  );
});

test("all lines are one path, however many jobs there are", () => {
  const many = Array.from({ length: 100 }, (_, number) =>
    job(String(number), ...(number < 10 ? [] : [String(number - 10)])),
  );
  expect(placesOf(many).lines.split("M")).toHaveLength(91);
});

test("of what is needed and not there no line is drawn", () => {
  expect(placesOf([job("test", "gone")]).lines).toBe("");
});
