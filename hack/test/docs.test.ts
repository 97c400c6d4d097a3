import { describe, expect, test } from "@jest/globals";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMMANDS } from "../../cli/src/commands/index.ts";
import { COMMON_OPTIONS } from "../../cli/src/options.ts";
import { flagName } from "../../common/src/config/index.ts";
import { relayConfig } from "../../relay/src/config.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGES = globSync(["*.md", "docs/*/*.md", "*/README.md"], { cwd: ROOT }).filter((page) => !page.startsWith("node_modules"));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Said {
  page: string;
  text: string;
}

/** Every line of a shell block, its continuations joined, and every span of inline code. */
function codeOf(page: string): Said[] {
  const blocks = [...read(page).matchAll(/^```(\w*)\n(.*?)^```/gms)].flatMap(([, kind = "", text = ""]) =>
    kind === "console" ? text.replaceAll(/\\\n\s*/g, " ").split("\n") : [],
  );
  const spans = [
    ...read(page)
      .replaceAll(/^```.*?^```/gms, "")
      .matchAll(/`([^`]+)`/g),
  ].map(([, text = ""]) => text.replaceAll("\n", " "));
  return [...blocks, ...spans].map((text) => ({ page, text }));
}

const CODE = PAGES.flatMap(codeOf);

/** Calls of our command: its words up to the end of the command, without comments. */
const CALLS = CODE.flatMap(({ page, text }) =>
  [...text.matchAll(/(?:^|\$ |npx |&& |\$\()agentkeys ([a-z][^|;&)#>]*)/g)].map(([, words = ""]) => ({ page, text: words.trim() })),
);

/** The relay takes its settings as flags: they are no options of the command table. */
const RELAY_FLAGS = Object.fromEntries(Object.keys(relayConfig.properties).map((key) => [flagName(key), {}]));
const PROCESS = "broker|creds_worker|signer|operator|webhook|sidecar|relay|auditor";
const METRIC = new RegExp(`\\bagentkeys_(?:${PROCESS})_[a-z_]+[a-z]\\b(?![_*])`, "g");

const LOADED = await Promise.all(COMMANDS.map(({ load }) => load()));
const commandOf = (text: string): (typeof LOADED)[number] | undefined =>
  LOADED.find(({ name }) => text === name || text.startsWith(`${name} `));

/** Whether a text names a group (`agentkeys rotate`), or several commands of one (`audit list|verify`). */
function namesSeveral(text: string): boolean {
  const [group = "", rest = ""] = text.split(" ");
  const below = COMMANDS.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name.slice(group.length + 1));
  return below.length > 0 && (rest === "" || rest.split("|").every((word) => below.includes(word)));
}

describe("the pages name only what there is", () => {
  test("commands, and their options", () => {
    expect(CALLS.length).toBeGreaterThan(60);
    const wrong = CALLS.filter(({ text }) => !/^help\b/.test(text)).flatMap(({ page, text }) => {
      const command = commandOf(text);
      if (command === undefined) return namesSeveral(text) ? [] : [`${page}: agentkeys ${text}`];
      const own = text.split(" -- ")[0] ?? "";
      const known = { ...COMMON_OPTIONS, ...command.options, ...(command.name === "relay" ? RELAY_FLAGS : {}) };
      const options = [...own.matchAll(/(?<=\s)--([a-z0-9-]+)/g)].map(([, option = ""]) => option);
      return options
        .filter((option) => !Object.hasOwn(known, option))
        .map((option) => `${page}: agentkeys ${command.name} has no --${option}`);
    });
    expect(wrong).toEqual([]);
  });

  test("targets of the Makefile", () => {
    const targets = [...read("Makefile").matchAll(/^([a-z0-9]+):/gm)].map(([, name]) => name);
    const named = CODE.flatMap(({ page, text }) => [...text.matchAll(/^(?:\$ )?make ([a-z0-9]+)/g)].map(([, name]) => ({ page, name })));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ name }) => !targets.includes(name))).toEqual([]);
  });

  test("values of the chart", () => {
    const schema = JSON.parse(read("charts/agentkeys/values.schema.json")) as Schema;
    const named = CODE.flatMap(({ page, text }) =>
      [...text.matchAll(/--set(?:-file|-string)? '?([A-Za-z][\w.]*)=/g)].map(([, key = ""]) => ({ page, key })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ key }) => !holds(schema, key.split(".")))).toEqual([]);
  });

  test("metrics of our processes", () => {
    const known = [...read("docs/reference/metrics.md").matchAll(/^\| `([\w<>]+)`/gm)].map(
      ([, name = ""]) => new RegExp(`^${name.replace("<process>", `(?:${PROCESS})`)}(?:_bucket|_count|_sum)?$`),
    );
    const named = CODE.flatMap(({ page, text }) => [...text.matchAll(METRIC)].map(([name]) => ({ page, name })));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ name }) => !known.some((metric) => metric.test(name)))).toEqual([]);
  });

  test("files and headings that links lead to", () => {
    const links = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].map(([, path = "", heading]) => ({
        page,
        path,
        heading,
      })),
    );
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(({ page, path, heading }) => {
      const target = path === "" ? page : join(dirname(page), path);
      return !existsSync(join(ROOT, target)) || (heading !== undefined && !headingsOf(target).includes(heading));
    });
    expect(broken).toEqual([]);
  });
});

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

function holds(schema: Schema, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  const { properties = {}, additionalProperties = false } = schema;
  const below = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
  return typeof below === "object" ? holds(below, rest) : below === true;
}

/** Anchors as the usual hosts make them of headings. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
