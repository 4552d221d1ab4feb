import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { loadScenario } from './compile/index.ts'
import { VERB_NAMES } from './verbs/index.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md'])
const sources = globSync(['{harness,adapters,datasets,reports,measure}/**/*.ts'])

test('every link of a page leads to a file', () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (/^https?:/.test(target!)) continue
      assert.ok(existsSync(join(dirname(page), target!)), `${page}: ${target}`)
    }
  }
})

test('every section that the code names is there', () => {
  for (const file of sources) {
    for (const [text, page, section] of read(file).matchAll(/\b(definitions|interfaces) §(\d)/g)) {
      assert.match(
        read(`docs/${page}.md`),
        new RegExp(`^## ${section}\\. `, 'm'),
        `${file}: ${text}`,
      )
    }
  }
})

test('the scenario of docs/interfaces.md is one, and shows every key', () => {
  const block = /```yaml\n([\s\S]*?)```/.exec(read('docs/interfaces.md'))![1]!
  const scenario = loadScenario('interfaces.md', () => block)
  const { properties } = JSON.parse(read('scenarios/scenario.schema.json'))
  const instead = ['extends', 'runbook']
  const known = Object.keys(properties).filter((key) => !instead.includes(key))
  assert.deepEqual(Object.keys(scenario).sort(), known.sort())
  for (const key of known) assert.match(block, new RegExp(`^${key}:`, 'm'))
  assert.match(read('docs/interfaces.md'), /^runbook:/m)
})

test('docs/interfaces.md lists every verb, and no other', () => {
  const [, line] = /## 2\.[^\n]*\n```\n([\s\S]*?)```/.exec(read('docs/interfaces.md'))!
  const listed = [...line!.matchAll(/driftmark (\w+)/g)].map(([, verb]) => verb)
  assert.deepEqual(listed.sort(), [...VERB_NAMES].sort())
})
