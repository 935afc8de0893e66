// The browser, and what several tests ask of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

// A page in a browser of its own that has seen nothing yet; a fault in a script fails the test.
export async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', error => page.faults.push(error.message));
  page.on('console', message => message.type() === 'error' && page.faults.push(message.text()));
  if (url) await page.goto(url);
  return page;
}

// What axe finds. It is put in by the debugger, past the policy that lets nothing else in.
export async function violations(page) {
  const { violations } = await page.evaluate(`${axe};\naxe.run({ runOnly: ${JSON.stringify(tags)} })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 200)).join(' | ')}`);
}

// Waits until the page says so; a test asks for no times.
export const until = (page, what, argument) => page.waitForFunction(what, argument);

export const status = page => page.textContent('#status');
export const focused = page => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent);
export const path = page => new URL(page.url()).pathname + new URL(page.url()).search;

export async function done(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}
