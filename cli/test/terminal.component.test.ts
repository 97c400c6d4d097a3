import { expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { realTerminal } from "../src/terminal.ts";

const NODE = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));
const TERMINAL = new URL("../src/terminal.ts", import.meta.url).href;

/** Runs a line of JavaScript on a pseudo-terminal of its own, as `t`; types a text at each question. */
async function onTerminal(line: string, answers: readonly string[]): Promise<string> {
  const program = `const { realTerminal } = await import("${TERMINAL}"); const t = realTerminal(); try { ${line} } catch (fault) { console.log("FAULT", fault.publicMessage); }`;
  const child = spawn("script", ["-qec", `${NODE} --input-type=module -e '${program}'`, "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const left = [...answers];
  let shown = "";
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    const questions = shown.split("? ").length - 1;
    for (; seen < questions; seen += 1) child.stdin.write(left.shift() ?? "");
  });
  await new Promise((resolve) => child.once("close", resolve));
  return shown;
}

test("a hidden answer is taken whole, mended by backspace, and not shown", async () => {
  const line =
    'const s = await t.askHidden("password? "); const n = await t.ask("name? "); console.log("GOT " + s.reveal().length + " " + n)';
  const shown = await onTerminal(line, ["hush\u007f\u007fllo\r", "  ada \r"]);
  expect(shown).toMatch(/GOT 5 ada/);
  expect(shown).not.toMatch(/hush|llo/);
});

test("an interrupt at a hidden question signs nothing", async () => {
  expect(await onTerminal(`await t.askHidden("password? ")`, ["hus\u0003"])).toMatch(/FAULT Interrupted: nothing was signed/);
});

test("without a terminal nobody is asked, and the options that help are named", async () => {
  await expect(realTerminal("/dev/no-such-terminal").ask("?")).rejects.toMatchObject({
    publicMessage: expect.stringContaining("--password-file"),
  });
});
