/** The flow as one drawing: where each part stands, and how they are joined. */
import { html } from "hono/html";
import { nothing, type Html } from "../../web/html.ts";
import type { Station } from "./stations.ts";

type Place = { readonly x: number; readonly y: number };

const width = 152;
const height = 104;

/** Those before Event Grid's subscribers; they are put below each other behind it. */
const places: Readonly<Record<string, Place>> = {
  doors: { x: 8, y: 150 },
  commands: { x: 196, y: 150 },
  handle: { x: 384, y: 150 },
  events: { x: 572, y: 150 },
  project: { x: 760, y: 24 },
  react: { x: 760, y: 150 },
  publish: { x: 760, y: 276 },
  topic: { x: 948, y: 276 },
};

const subscriberColumn = 1_136;
const subscriberStep = 126;

const placeOf = (station: Station, index: number): Place =>
  places[station.id] ?? { x: subscriberColumn, y: 24 + index * subscriberStep };

export const picture = (stations: readonly Station[]): Html => {
  const subscribers = stations.filter(({ id }) => !(id in places));
  const placed = stations.map((station) => ({
    station,
    place: placeOf(station, subscribers.indexOf(station)),
  }));
  const lowest = Math.max(...placed.map(({ place }) => place.y));
  const bottom = lowest + height + 28;
  return html`<svg
    class="flow"
    viewBox="0 0 1296 ${bottom + 36}"
    role="group"
    aria-label="The flow of messages, from the doors to whoever subscribes"
  >
    <defs>
      <marker
        id="head"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 0 L8 4 L0 8 z" />
      </marker>
    </defs>
    <g aria-hidden="true">
      ${pipes.map(pipe)} ${subscribers.map((_, index) => pipe(toSubscriber(index)))}
      ${backToCommands(placed, bottom)}
    </g>
    ${placed.map(({ station, place }) => box(station, place))}
  </svg>`;
};

const middle = (y: number): number => y + height / 2;

const pipe = (path: string): Html =>
  html`<path class="pipe" d="${path}" marker-end="url(#head)" />`;

const across = (from: Place, to: Place): string => {
  const [startX, startY] = [from.x + width, middle(from.y)];
  const [endX, endY] = [to.x - 2, middle(to.y)];
  return `M${startX} ${startY} C${startX + 22} ${startY} ${endX - 20} ${endY} ${endX} ${endY}`;
};

const at = (id: string): Place => places[id] ?? { x: 0, y: 0 };

const pipes = [
  across(at("doors"), at("commands")),
  across(at("commands"), at("handle")),
  across(at("handle"), at("events")),
  across(at("events"), at("project")),
  across(at("events"), at("react")),
  across(at("events"), at("publish")),
  across(at("publish"), at("topic")),
  // What follows at once is handled in place.
  `M800 150 C760 132 540 100 460 146`,
];

const toSubscriber = (index: number): string =>
  across(at("topic"), { x: subscriberColumn, y: 24 + index * subscriberStep });

/** The process and the admin app answer with commands: below everything, back to where commands come in. */
const backToCommands = (
  placed: readonly { readonly station: Station; readonly place: Place }[],
  bottom: number,
): Html[] =>
  placed.flatMap(({ station, place }) => {
    const target = answers[station.id];
    if (target === undefined) return [];
    const { x, y } = at(target.to);
    const side = place.x + width;
    const below = bottom + target.offset;
    const from = middle(place.y);
    const up = x + width / 2;
    const path = `M${side} ${from} H${side + target.turn} V${below} H${up} V${y + height + 2}`;
    return [
      html`<path class="pipe back" d="${path}" marker-end="url(#head)" />
        <text class="pipe-label" x="${up + 10}" y="${below - 5}">${target.label}</text>`,
    ];
  });

const answers: Readonly<
  Record<string, { to: string; offset: number; turn: number; label: string } | undefined>
> = {
  "subscription lead-transfer": {
    to: "commands",
    offset: 0,
    turn: 4,
    label: "commands of the process",
  },
  "subscription admin": { to: "doors", offset: 22, turn: 7, label: "decisions of approvers" },
};

const box = (station: Station, { x, y }: Place): Html => {
  const { title, kind, figures, health, why, note, history, href } = station;
  const label = [
    title,
    ...figures.map(([figure, value]) => `${figure} ${value}`),
    ...(why === undefined ? [] : [why]),
  ].join("; ");
  const shape = html`<g
    class="station"
    data-health="${health}"
    data-kind="${kind}"
    transform="translate(${x} ${y})"
  >
    <title>${label}</title>
    <rect class="box" width="${width}" height="${height}" rx="${kind === "store" ? 2 : 8}" />
    ${kind === "store" ? html`<path class="lid" d="M0 5 H${width}" />` : nothing}
    <text class="station-title" x="10" y="21">${title}</text>
    ${health === "calm" ? nothing : sign}
    ${figures.slice(0, why === undefined ? 4 : 3).map(figureLine)}
    ${note === undefined ? nothing : name(note, figures.length)}
    ${why === undefined ? nothing : reason(why)}
    ${why === undefined && history !== undefined && figures.length < 4 ? spark(history) : nothing}
  </g>`;
  return href === undefined
    ? shape
    : html`<a href="${href}" id="station-${station.id.replaceAll(" ", "-")}">${shape}</a>`;
};

const sign = html`<path class="sign" d="M${width - 20} 8 l8 14 h-16 z" />
  <text class="sign-mark" x="${width - 20}" y="20">!</text>`;

const lineY = (index: number): number => 40 + index * 16;

const name = (text: string, index: number): Html =>
  html`<text class="figure-name" x="10" y="${lineY(index)}">${text}</text>`;

const figureLine = ([label, value]: Station["figures"][number], index: number): Html =>
  html`${name(label, index)}
    <text class="figure" x="${width - 10}" y="${lineY(index)}">${value}</text>`;

const mostLetters = 22;

/** The attention list above the picture has it in full. */
const reason = (why: string): Html => {
  const text = why.length > mostLetters ? `${why.slice(0, mostLetters - 1)}…` : why;
  return html`<text class="why" x="10" y="${height - 10}">${text}</text>`;
};

const sparkTop = 84;
const sparkHeight = 14;

const spark = (history: readonly number[]): Html | string => {
  const most = Math.max(...history);
  if (most === 0) return nothing;
  const points = history.map((value, index) => {
    const x = 10 + (index / (history.length - 1)) * (width - 20);
    const y = sparkTop + sparkHeight - (value / most) * sparkHeight;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return html`<polyline class="spark" points="${points.join(" ")}" />`;
};
