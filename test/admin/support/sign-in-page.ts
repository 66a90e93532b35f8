import type { Page } from "playwright-core";
import { password, type Admin } from "./given.ts";

export async function signInOn(
  page: Page,
  admin: Pick<Admin, "url">,
  who = "grace",
): Promise<void> {
  await page.goto(`${admin.url}/sign-in`);
  await page.getByLabel("E-mail").fill(`${who}@bank.example`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
}
