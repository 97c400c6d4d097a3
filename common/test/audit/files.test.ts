import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { folderFiles } from "@agentkeys/common/audit-trail";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkeys-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Files of the folder that this process holds open. */
function openFiles(): string[] {
  const held = readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
  return held.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length + 1));
}

test("of what is appended to one file stays open, and none that is taken away", async () => {
  const files = folderFiles(folder);
  for (const name of ["a", "b", "a", "a", "c", "b"]) await files.append(name, `${name}1\n`);
  expect(files.list().map((name) => files.readNow(name))).toEqual(["a1\na1\na1\n", "b1\nb1\n", "c1\n"]);
  expect(openFiles()).toEqual(["b"]);
  expect(statSync(join(folder, "b")).mode & 0o077).toBe(0);
  await files.remove("a");
  expect(openFiles()).toEqual(["b"]);
  await files.remove("b");
  await files.remove("b");
  expect([openFiles(), files.list()]).toEqual([[], ["c"]]);
});

test("what a call that failed has left behind is written over: no row is there twice or in part", async () => {
  const files = folderFiles(folder);
  await files.append("a", "one\n");
  appendFileSync(join(folder, "a"), "tw");
  await files.append("a", "two\nthree\n");
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("one\ntwo\nthree\n");
});

test("text beyond ASCII is appended whole", async () => {
  const files = folderFiles(folder);
  await files.append("a", "grüße\n");
  await files.append("a", "–\n");
  expect(await files.read("a")).toBe("grüße\n–\n");
});
