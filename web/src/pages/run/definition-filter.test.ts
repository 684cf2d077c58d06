import { expect, test } from "vitest";
import type { Definition } from "../../api/shapes";
import { foundBroken, foundDefinitions } from "./definition-filter";

function definition(name: string, title: string, description = ""): Definition {
  const rest = { kind: "runbook", inputSchema: {}, rerunnable: "always", mayRun: "yes" } as const;
  return { ...rest, name, title, description, inputs: [], support: false };
}

const ALL = [
  definition("backup", "Back up the database"),
  definition("deploy", "Deploy the shop", "Brings a version to the servers"),
  definition("shop-restart", "Restart"),
];
const names = (sought: string) => foundDefinitions(ALL, sought).map((one) => one.name);

test("without a search all are there, in their order", () => {
  expect(names(" ")).toEqual(["backup", "deploy", "shop-restart"]);
});

test("names come before titles and descriptions", () => {
  expect(names("shop")).toEqual(["shop-restart", "deploy"]);
});

test("every word has to be somewhere", () => {
  expect(names("VERSION servers")).toEqual(["deploy"]);
  expect(names("version nowhere")).toEqual([]);
});

test("files that cannot be used are sought like the others", () => {
  const broken = [
    { name: "restore", problems: ["jobs: there is none"] },
    { name: "rotate", problems: ["inputs: nothing of the kind"] },
  ];
  const found = (sought: string) => foundBroken(broken, sought).map((one) => one.name);
  expect(found("")).toEqual(["restore", "rotate"]);
  expect(found("rest none")).toEqual(["restore"]);
  expect(found("deploy")).toEqual([]);
});
