/** The workbook "Saldo": its tiles in reading order. `infra/generate.ts` joins them with their queries. */

type Tile = {
  readonly title: string;
  /** A file in `queries/`. */
  readonly query: string;
  readonly shownAs: "timechart" | "table";
};

type Section = { readonly title: string; readonly tiles: readonly Tile[] };

const sections: readonly Section[] = [
  {
    title: "Is all well?",
    tiles: [
      { title: "Money not conserved", query: "money-not-conserved", shownAs: "timechart" },
      { title: "Messages parked", query: "parked-messages", shownAs: "timechart" },
      { title: "Processes overdue", query: "overdue-processes", shownAs: "timechart" },
      { title: "Transfers waiting for approval", query: "approvals", shownAs: "timechart" },
    ],
  },
  {
    title: "How fast does it flow?",
    tiles: [
      { title: "Age of what a feed takes, s", query: "feed-lag", shownAs: "timechart" },
      { title: "Accepted until visible, ms", query: "visible-after", shownAs: "timechart" },
      { title: "Duration of the stages, ms", query: "stage-durations", shownAs: "timechart" },
      { title: "Commits that came second", query: "commit-conflicts", shownAs: "timechart" },
    ],
  },
  {
    title: "What fails?",
    tiles: [
      { title: "Requests, %", query: "failing-requests", shownAs: "timechart" },
      { title: "Invocations", query: "failing-invocations", shownAs: "timechart" },
    ],
  },
  {
    title: "What happens?",
    tiles: [
      { title: "Commands by outcome", query: "commands", shownAs: "timechart" },
      { title: "Rejections", query: "rejections", shownAs: "table" },
      { title: "Transfers by ending", query: "transfers-ended", shownAs: "timechart" },
      { title: "Fees", query: "fees", shownAs: "timechart" },
    ],
  },
];

type ReadQuery = (name: string) => string;

/** The workbook in the form the portal keeps it. */
export function workbook(readQuery: ReadQuery): object {
  return {
    version: "Notebook/1.0",
    items: [timeRange, ...sections.flatMap((section) => itemsOf(section, readQuery))],
    $schema:
      "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
  };
}

const timeRangeName = "TimeRange";

const timeRange = {
  type: 9,
  name: "parameters",
  content: {
    version: "KqlParameterItem/1.0",
    style: "pills",
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
    parameters: [
      {
        id: "5f0a3c5e-8f0e-4a3c-9b57-1f6f1a2d7c01",
        version: "KqlParameterItem/1.0",
        name: timeRangeName,
        label: "Time",
        type: 4,
        isRequired: true,
        value: { durationMs: 3_600_000 },
        typeSettings: {
          selectableValues: [900_000, 3_600_000, 14_400_000, 86_400_000, 604_800_000].map(
            (durationMs) => ({ durationMs }),
          ),
        },
      },
    ],
  },
};

function itemsOf({ title, tiles }: Section, readQuery: ReadQuery): object[] {
  const heading = { type: 1, name: title, content: { json: `## ${title}` } };
  return [heading, ...tiles.map((tile) => itemOf(tile, readQuery))];
}

function itemOf({ title, query, shownAs }: Tile, readQuery: ReadQuery): object {
  return {
    type: 3,
    name: query,
    customWidth: "50",
    content: {
      version: "KqlItem/1.0",
      query: readQuery(query),
      size: 0,
      title,
      timeContextFromParameter: timeRangeName,
      queryType: 0,
      resourceType: "microsoft.operationalinsights/workspaces",
      visualization: shownAs,
    },
  };
}
