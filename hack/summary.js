// Adds up what jest, forge and the end-to-end runner wrote; a missing result or a failed step counts as a failure.
import { existsSync, readFileSync } from "node:fs";

const read = (name) => (existsSync(`dist/results/${name}.json`) ? JSON.parse(readFileSync(`dist/results/${name}.json`, "utf8")) : null);
const forge = read("forge");
const e2e = read("e2e");
const forgeTests = forge === null ? [] : Object.values(forge).flatMap((suite) => Object.values(suite.test_results));
const rows = [
  ...["unit", "component"].map((name) => {
    const jest = read(name);
    return [name, jest?.numPassedTests ?? 0, (jest?.numFailedTests ?? 1) + (jest?.numRuntimeErrorTestSuites ?? 0)];
  }),
  [
    "forge",
    forgeTests.filter(({ status }) => status === "Success").length,
    forge === null ? 1 : forgeTests.filter(({ status }) => status !== "Success").length,
  ],
  ["end to end", (e2e ?? []).filter(({ ok }) => ok).length, e2e === null ? 1 : e2e.filter(({ ok }) => !ok).length],
];
for (const [name, passed, failed] of rows) console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed`);
const passed = rows.reduce((sum, row) => sum + row[1], 0);
let failed = rows.reduce((sum, row) => sum + row[2], 0);
if (process.argv[2] !== "0" && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
