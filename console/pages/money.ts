import { html } from "hono/html";
import { nothing, type Html } from "../../web/html.ts";

type Data = Readonly<Record<string, unknown>>;

/** The amount and fee that an event or command tells, e.g. `25.50 EUR, fee 0.02`. */
export const money = (data: Data): Html | string => {
  const { amountE4, feeE4, currency } = data;
  if (typeof amountE4 !== "number") return nothing;
  const unit = typeof currency === "string" ? ` ${currency}` : "";
  const fee = typeof feeE4 === "number" && feeE4 > 0 ? `, fee ${unitsText(feeE4)}` : "";
  return html`<span class="amount">${unitsText(amountE4)}${unit}${fee}</span>`;
};

/** Stored as whole 1/10 000 of a unit: `255000` → `25.50`. */
export const unitsText = (amountE4: number): string => {
  if (!Number.isFinite(amountE4)) return "?";
  const sign = amountE4 < 0 ? "−" : "";
  const digits = Math.abs(amountE4).toString().padStart(5, "0");
  const fraction = digits.slice(-4).replace(/0{1,2}$/, "");
  return `${sign}${digits.slice(0, -4).replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction}`;
};
