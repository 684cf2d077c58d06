import { expect, test } from "vitest";
import { filterOf, narrows, queryOf, UNFILTERED } from "./task-filter";

const filter = (address: string) => filterOf(new URLSearchParams(address));

test("an address without filters asks for the first page of everything", () => {
  expect(narrows(filter(""))).toBe(false);
  expect(queryOf(filter(""))).toMatchObject({ statuses: [], search: "", view: "flat", page: 1 });
});

test("everything that narrows the list stands in the address", () => {
  const address =
    "status=failed,timed_out&search=shop&scope=org&by=support&kind=operations&project=3,4&name=deploy";
  expect(narrows(filter(address))).toBe(true);
  expect(queryOf(filter(`${address}&view=tree&page=2`))).toMatchObject({
    statuses: ["failed", "timed_out"],
    search: "shop",
    scope: "org_only",
    roles: "support",
    kind: "operations",
    projectIds: ["3", "4"],
    names: ["deploy"],
    view: "tree",
    page: 2,
  });
});

test.each(["status=done", "search=x", "scope=org", "by=robot", "kind=operations", "name=x"])(
  "%j narrows the list, until all filters are cleared",
  (address) => {
    expect(narrows(filter(address))).toBe(true);
    expect(narrows({ ...filter(address), ...UNFILTERED })).toBe(false);
  },
);

test.each(["scope=constructor", "by=toString", "view=__proto__", "page=-1", "page=x"])(
  "%j, which nothing here has written, changes nothing",
  (address) => {
    expect(filter(address)).toEqual(filter(""));
  },
);
