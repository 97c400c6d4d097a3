/**
 * Grafana dashboards from short descriptions: rows of panels, laid out from left to right. Must not know any metric.
 */

export interface Query {
  expr: string;
  /** `{{label}}` is that label's value. */
  legend?: string;
}

export interface Panel {
  title: string;
  /** What to look at, and what is normal. */
  description?: string;
  kind?: "stat" | "timeseries";
  /** Grafana's name of the unit. */
  unit?: string;
  /** Of 24. */
  width?: number;
  queries: readonly Query[];
  isStacked?: boolean;
  /** Above this it is red: a line in a time series, the colour of a stat. */
  limit?: number;
  /** Below this a stat is red. */
  least?: number;
  /** Words for values of a stat. */
  words?: Readonly<Record<string, string>>;
}

export interface Row {
  title: string;
  panels: readonly Panel[];
}

export interface Variable {
  name: string;
  /** PromQL of Grafana: `label_values(metric, label)`. */
  query: string;
  /** Several values, all of them at first; otherwise one. */
  isMany?: boolean;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  variables: readonly Variable[];
  rows: readonly Row[];
}

const SOURCE = { type: "prometheus", uid: "${datasource}" };
const LINK = {
  ...{ type: "dashboards", tags: ["agentkeys"], title: "AgentKeys", asDropdown: true, keepTime: true, includeVars: false },
  ...{ icon: "external link", tooltip: "", url: "", targetBlank: false },
};
const WIDTH = 24;
const HEIGHTS = { stat: 4, timeseries: 8 };
const REFS = "ABCDEFGH";

function variableOf({ name, query, isMany = false }: Variable): object {
  return {
    name,
    type: "query",
    datasource: SOURCE,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: isMany,
    includeAll: isMany,
    ...(isMany ? { allValue: ".*", current: { text: "All", value: "$__all" } } : {}),
  };
}

function thresholdsOf({ limit, least }: Panel): object {
  const [calm, alarm] = ["green", "red"];
  if (least !== undefined) {
    const steps = [
      { color: alarm, value: null },
      { color: calm, value: least },
    ];
    return { mode: "absolute", steps };
  }
  return { mode: "absolute", steps: [{ color: calm, value: null }, ...(limit === undefined ? [] : [{ color: alarm, value: limit }])] };
}

function customOf({ isStacked = false, limit }: Panel): object {
  return {
    lineWidth: 1,
    fillOpacity: isStacked ? 30 : 5,
    showPoints: "never",
    stacking: { mode: isStacked ? "normal" : "none" },
    thresholdsStyle: { mode: limit === undefined ? "off" : "line" },
  };
}

function optionsOf(kind: "stat" | "timeseries"): object {
  return kind === "stat"
    ? { colorMode: "background", graphMode: "none", textMode: "value_and_name", reduceOptions: { calcs: ["lastNotNull"] } }
    : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } };
}

function panelOf(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind = "timeseries", unit = "short", queries, words } = panel;
  const mappings = words === undefined ? [] : [{ type: "value", options: Object.fromEntries(textsOf(words)) }];
  return {
    id,
    type: kind,
    title,
    ...(description === undefined ? {} : { description }),
    datasource: SOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: REFS[index],
      datasource: SOURCE,
      expr,
      legendFormat: legend ?? title,
      ...(kind === "stat" ? { instant: true } : {}),
    })),
    fieldConfig: {
      defaults: { unit, min: 0, mappings, thresholds: thresholdsOf(panel), ...(kind === "stat" ? {} : { custom: customOf(panel) }) },
      overrides: [],
    },
    options: optionsOf(kind),
  };
}

function textsOf(words: Readonly<Record<string, string>>): [string, object][] {
  return Object.entries(words).map(([value, text], index) => [value, { text, index }]);
}

function panelsOf(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of row.panels) {
      const { kind = "timeseries", width = 8 } = panel;
      if (x + width > WIDTH) [x, y, lineHeight] = [0, y + lineHeight, 0];
      panels.push(panelOf(panel, panels.length + 1, { x, y, w: width, h: HEIGHTS[kind] }));
      x += width;
      lineHeight = Math.max(lineHeight, HEIGHTS[kind]);
    }
    y += lineHeight;
  }
  return panels;
}

/** A dashboard as Grafana imports it. */
export function grafana({ uid, title, description, variables, rows }: Dashboard): object {
  const source = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };
  return {
    uid,
    title,
    description,
    tags: ["agentkeys"],
    links: [LINK],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: { list: [source, ...variables.map(variableOf)] },
    panels: panelsOf(rows),
  };
}
