import { describe, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../src/commands/index.ts";
import { facts, table } from "../src/output.ts";
import { VERSION } from "../src/version.ts";
import { TestMachine } from "./fakes/machine.ts";

const LOADED = await Promise.all(COMMANDS.map(({ load }) => load()));
const fileText = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

describe("help", () => {
  test.each([[[]], [["help"]], [["--help"]]])("%p lists every command", async (argv) => {
    const { code, out } = await new TestMachine().run(argv);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary.replace(/[.()]/g, ".")}$`, "m"));
  });

  test("every command has its own, with each option and an example that is its own", async () => {
    for (const { name, options, example } of LOADED) {
      const { code, out } = await new TestMachine().run(["help", ...name.split(" ")]);
      expect(code).toBe(0);
      for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
      expect(example.startsWith(`agentkeys ${name}`)).toBe(true);
      expect((await new TestMachine().run([...name.split(" "), "-h"])).out).toBe(out);
    }
  });

  test("the first word of several shows all of them", async () => {
    const { out } = await new TestMachine().run(["help", "credential"]);
    expect(out.match(/^agentkeys credential/gm)).toHaveLength(3);
  });
});

describe("calls that are wrong", () => {
  test.each([
    [["nonsense"], /see agentkeys help/],
    [["credential"], /use credential put, credential list, credential rm/],
    [["help", "nonsense"], /There is no such command[^]*init/],
    [["status", "--nonsense"], /no option --nonsense: see agentkeys help status/],
    [["status", "now"], /Too many words: see agentkeys help status/],
    [["--nonsense"], /no option --nonsense: see agentkeys help$/m],
    [["--json", "--sk-canary"], /no option --sk-canary/],
    [["-x"], /An option is not understood/],
    [["apply", "--chain-file"], /--chain-file needs a value: see agentkeys help apply/],
    [["apply", "-n", "--all"], /--namespace needs a value/],
    [["apply", "--all=yes"], /--all takes no value/],
    [["credential", "put"], /Name the service, as in agentkeys credential put/],
    [["device", "revoke", "desk"], /Name the device by its key hash/],
    [["constructor"], /see agentkeys help/],
    [["explain", "pod", "team-a"], /<namespace>\/<name>/],
    [["explain", "pod", "-n/x"], /not understood|<namespace>/],
    [["grant", "team-a/research", "status", "--nonsense"], /no option --nonsense: see agentkeys help grant/],
    [["credential", "--json", "put"], /Name the binding|service/i],
  ])("%p exits with 2", async (argv, words) => {
    expect(await new TestMachine().run(argv)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(words) });
  });

  test("programs get the reason as JSON", async () => {
    const { err } = await new TestMachine().run(["grant", "--json"]);
    expect(JSON.parse(err)).toEqual({ error: expect.any(String), reason: "invalid_input" });
  });
});

describe("agentkeys --version", () => {
  test("says which it is", async () => {
    expect(await new TestMachine().run(["--version"])).toMatchObject({ code: 0, out: `${VERSION}\n` });
    expect((await new TestMachine().run(["--version", "--json"])).json()).toEqual({ version: VERSION });
  });
});

test("a reader that has seen enough is no fault", () => {
  const command = fileURLToPath(new URL("../bin/agentkeys.js", import.meta.url));
  const script = `"$0" "$1" help | true; echo "$\{PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, process.execPath, command], { encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["0\n", ""]);
});

describe("the command that is called", () => {
  test("is found behind options, between them, and beside values and operands that are commands' words too", async () => {
    const said = async (...argv: string[]): Promise<string> => (await new TestMachine().run([...argv, "--json"])).err;
    expect(await said("-n", "status", "explain", "pod", "nonsense")).toContain("<namespace>/<name>");
    expect(await said("-n", "env", "explain", "--json", "pod", "nonsense")).toContain("<namespace>/<name>");
    expect(await said("grant", "status/env", "status", "--read-only", "--read-write")).toContain("--read-only and --read-write");
    expect(await said("env", "status")).toContain("Too many words");
  });

  test("is loaded alone: a program is run without chain, vault and HTTP client", () => {
    const tell = `import { registerHooks } from "node:module";
      registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;
    const command = fileURLToPath(new URL("../bin/agentkeys.js", import.meta.url));
    const args = ["--import", `data:text/javascript,${encodeURIComponent(tell)}`, command, "exec", "--", "true"];
    const { stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", env: { HOME: new TestMachine().folder } });
    expect([status, stderr]).toEqual([1, expect.stringContaining("run agentkeys device register")]);
    const packages = [...stderr.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
    expect([...new Set(packages)].sort()).toEqual(["@noble/hashes", "smol-toml"]);
  });
});

describe("tables", () => {
  test("columns are aligned, nothing is a dash, and colour is only for terminals", () => {
    const rows = [
      { check: "one", result: "ok", detail: "" },
      { check: "longer", result: "failed", detail: "x" },
    ];
    expect(table(rows)).toBe("CHECK   RESULT  DETAIL\none     ok      -\nlonger  failed  x\n");
    expect(table(rows, true)).toContain("\u001b[32mok    \u001b[0m");
    expect(table([])).toBe("nothing found\n");
    expect(facts({ a: 1, long: undefined, bc: "x" })).toBe("a   1\nbc  x\n");
  });

  test("text of the cluster cannot steer the terminal it is shown on", () => {
    expect(table([{ detail: "a\u001b]0;owned\u0007b\r\nc" }])).toBe("DETAIL\na ]0;owned b c\n");
  });

  test("colour follows the terminal, NO_COLOR and TERM", async () => {
    const machine = new TestMachine();
    expect((await machine.run(["init"], { isTerminal: true })).out).toContain("\u001b[1m");
    expect((await machine.run(["init"])).out).not.toContain("\u001b");
    machine.env = { ...machine.env, NO_COLOR: "1" };
    expect((await machine.run(["init"], { isTerminal: true })).out).not.toContain("\u001b");
    machine.env = { HOME: machine.folder, TERM: "dumb" };
    expect((await machine.run(["init"], { isTerminal: true })).out).not.toContain("\u001b");
  });
});

test("the version is the package's", () => {
  expect((JSON.parse(fileText("../package.json")) as { version: string }).version).toBe(VERSION);
});

describe("docs/reference/cli.md", () => {
  const text = fileText("../../docs/reference/cli.md");
  const section = (name: string): string => text.split(`### agentkeys ${name}\n`)[1]?.split("\n### ")[0] ?? "";
  // The formatter pads tables; what they say is compared.
  const rowsOf = (part: string): string[] => [...part.matchAll(/^\| `(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name]) => name ?? "");

  test("has a section for each command and for no other, in the order of the help", () => {
    expect([...text.matchAll(/^### agentkeys (.+)$/gm)].map(([, name]) => name)).toEqual(COMMANDS.map(({ name }) => name));
    expect([...text.matchAll(/^\| \[`agentkeys ([^`]+)`\]/gm)].map(([, name]) => name)).toEqual(COMMANDS.map(({ name }) => name));
  });

  test.each(LOADED.map((command) => [command.name, command] as const))("%s has its call, its options and its example", (name, command) => {
    const part = section(name);
    expect(part).toContain(["agentkeys", name, command.operands].filter((word) => word !== "").join(" "));
    expect(part).toContain(`$ ${command.example}\n`);
    expect(rowsOf(part)).toEqual(Object.keys(command.options));
    for (const { description } of Object.values(command.options)) expect(part).toContain(description);
  });
});

describe("bin/agentkeys.js", () => {
  const command = fileURLToPath(new URL("../bin/agentkeys.js", import.meta.url));
  // A Node that does not run TypeScript, as every one before 22.18.
  const older = [process.execPath, ["--no-experimental-strip-types", command]] as const;

  test.each([
    [["help"], 0],
    [["nonsense"], 2],
  ])("an older Node hands %p over to the one that npm installed, with its exit code", (argv, code) => {
    const [node, args] = older;
    const outcome = spawnSync(node, [...args, ...argv], { encoding: "utf8" });
    expect([outcome.status, outcome.stdout + outcome.stderr]).toEqual([code, expect.stringContaining("agentkeys")]);
  });
});
