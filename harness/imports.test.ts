import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Part of the project -> parts it may import. Tests, their fixtures and measure/ may import everything. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'harness/model': [],
  'harness/errors': [],
  'harness/index': ['harness/model'],
  'harness/compile': ['harness/model', 'harness/errors'],
  'harness/drive': ['harness/model', 'harness/errors', 'adapters/index', 'datasets'],
  'harness/analysis': ['harness/model'],
  'harness/decide': ['harness/model', 'harness/analysis'],
  'adapters/index': ['harness/model', 'harness/errors', 'adapters/*'],
  'adapters/contract': ['harness/model'],
  'adapters/sim': ['harness/model'],
  'adapters/hnsw': ['harness/model', 'adapters/hnsw/engine'],
  'adapters/hnsw/engine': [],
  'adapters/pgvector': ['harness/model'],
  datasets: ['harness/model', 'harness/errors'],
  reports: ['harness/model'],
}
/** No node: modules, no clock, no chance, no console. */
const PURE = ['harness/compile', 'harness/analysis', 'reports', 'harness/model']
const FREE = ['harness/verbs', 'harness/cli', 'measure', 'build']

const partOf = (file: string): string => {
  const path = file.replace(/\.ts$/, '')
  const known = [...Object.keys(MAY), ...FREE].sort((a, b) => b.length - a.length)
  const part = known.find((name) => path === name || path.startsWith(`${name}/`))
  assert.ok(part, `${file} belongs to no part of the import table`)
  return part
}

const files = globSync([
  'harness/**/*.ts',
  'adapters/**/*.ts',
  'datasets/**/*.ts',
  'reports/**/*.ts',
]).filter((file) => !/\.(?:test|fixture)\.ts$/.test(file))

const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier!)

test('every file imports only what the import table allows', () => {
  for (const file of files) {
    const part = partOf(file)
    if (FREE.includes(part)) continue
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (!specifier.startsWith('.')) continue
      const other = partOf(normalize(join(dirname(file), specifier)))
      const allowed = MAY[part]!.some((name) =>
        name.endsWith('/*') ? other.startsWith(name.slice(0, -1)) : name === other,
      )
      assert.ok(
        other === part || allowed,
        `${file} may not import ${specifier} (${part} -> ${other})`,
      )
    }
  }
})

test('the pure parts touch no clock, no chance, no console and no node: module', () => {
  for (const file of files) {
    if (!PURE.some((part) => file.startsWith(`${part}/`))) continue
    const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    for (const forbidden of [
      "'node:",
      'Date.',
      'new Date',
      'Math.random',
      'console.',
      'performance.',
      'process.',
    ]) {
      assert.ok(!source.includes(forbidden), `${file} is pure and may not use ${forbidden}`)
    }
  }
})
