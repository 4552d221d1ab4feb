import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { page } from './index.ts'
import { sampleInput } from './sample.fixture.ts'

const executablePath = process.env.DRIFTMARK_CHROMIUM ?? '/usr/bin/chromium'
const skip = existsSync(executablePath)
  ? false
  : `there is no browser at ${executablePath}; set DRIFTMARK_CHROMIUM`
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser
const dir = mkdtempSync(join(tmpdir(), 'driftmark-page-'))
const file = join(dir, 'report.html')

before(async () => {
  if (skip) return
  writeFileSync(file, await page([sampleInput('hnsw', 1), sampleInput('pgvector', 2.5)]))
  browser = await chromium.launch({ executablePath, args: QUIET })
})
after(async () => {
  if (!skip) await browser.close()
  rmSync(dir, { recursive: true })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page opens from disk in a real browser, ${colorScheme}`, { skip }, async () => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1200, height: 900 },
    })
    const tab = await context.newPage()
    const complaints: string[] = []
    const asked: string[] = []
    tab.on('console', (message) => complaints.push(message.text()))
    tab.on('pageerror', (error) => complaints.push(String(error)))
    tab.on('request', (request) => asked.push(request.url()))
    await tab.goto(pathToFileURL(file).href)
    assert.deepEqual(complaints, [])
    assert.deepEqual(asked, [pathToFileURL(file).href])
    assert.equal(await tab.locator('figure svg').count(), 8)

    const style = (selector: string, name: string): Promise<string> =>
      tab.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`)
    const [ink, paper, stroke] = await Promise.all([
      style('h1', 'color'),
      style('body', 'backgroundColor'),
      style('figure svg path[stroke="var(--c0)"]', 'stroke'),
    ])
    assert.equal(stroke, colorScheme === 'light' ? 'rgb(0, 114, 178)' : 'rgb(86, 180, 233)')
    assert.ok(contrast(ink, paper) >= 7, `${ink} on ${paper}`)
    assert.ok(contrast(stroke, paper) >= 3, `${stroke} on ${paper}`)
    await context.close()
  })
}

test('on a narrow screen the page itself does not scroll sideways', { skip }, async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } })
  const tab = await context.newPage()
  await tab.goto(pathToFileURL(file).href)
  const [wide, seen] = await tab.evaluate<number[]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  )
  assert.ok(wide! <= seen!, `${wide} pixels on a screen of ${seen}`)
  await context.close()
})

/** Contrast ratio of two `rgb(…)` colours (WCAG 2.2, relative luminance). */
const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}
const luminance = (rgb: string): number => {
  const [r, g, b] = (rgb.match(/[\d.]+/g) ?? []).slice(0, 3).map((text) => {
    const c = Number(text) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
