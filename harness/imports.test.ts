import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Part of the project → parts it may import beside itself, and packages: the table of docs/decisions/0001. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'harness/model': [],
  'harness/errors': [],
  'harness/index': ['harness/model'],
  'harness/compile': ['harness/model', 'harness/errors', 'zod', 'yaml', '@noble/hashes'],
  'harness/drive': [
    'harness/model',
    'harness/errors',
    'adapters/index',
    'datasets/index',
    'node:',
    'apache-arrow',
  ],
  'harness/analysis': ['harness/model'],
  'harness/exchange': [
    'harness/model',
    'harness/errors',
    'harness/analysis',
    'node:',
    'zod',
    'hdr-histogram-js',
    'hyparquet',
    'hyparquet-writer',
  ],
  'adapters/index': ['harness/model', 'harness/errors', 'adapters/*', 'node:'],
  'adapters/brought': ['node:'],
  'adapters/options': ['harness/model', 'zod'],
  'adapters/tmpfs': ['node:'],
  'adapters/contract': ['harness/model', 'node:'],
  'adapters/sim': ['harness/model', 'adapters/options', 'node:', 'zod'],
  'adapters/hnsw': [
    'harness/model',
    'adapters/options',
    'adapters/tmpfs',
    'adapters/hnsw/engine',
    'node:',
    'undici',
    'zod',
  ],
  'adapters/hnsw/engine': ['node:'],
  'adapters/pgvector': [
    'harness/model',
    'adapters/brought',
    'adapters/options',
    'adapters/tmpfs',
    'node:',
    'pg',
    '@electric-sql/*',
    'zod',
  ],
  'adapters/milvus': [
    'harness/model',
    'adapters/brought',
    'adapters/options',
    'node:',
    '@zilliz/milvus2-sdk-node',
    'zod',
  ],
  'adapters/qdrant': [
    'harness/model',
    'adapters/options',
    'adapters/tmpfs',
    'node:',
    '@qdrant/js-client-rest',
    '@qdrant/js-client-grpc',
    'zod',
  ],
  datasets: [
    'harness/model',
    'harness/errors',
    'node:',
    'marked',
    'h5wasm',
    'hyparquet',
    'hyparquet-compressors',
  ],
  'datasets/index': ['harness/model', 'harness/errors', 'datasets'],
  reports: ['harness/model', 'vega', 'vega-lite'],
}
/** The composition root: imports everything, and nobody imports it. */
const ROOT = ['harness/verbs', 'harness/cli']

/** No node: modules, no clock, no chance, no console, no timer. */
const PURE = ['harness/compile', 'harness/analysis', 'harness/model', 'harness/errors', 'reports']
const IMPURE = [
  /\bDate\b/,
  /\bMath\.random\b/,
  /\b(?:performance|process|console|globalThis|Buffer)(?:\?*\.\w|\[)/,
  /=\s*(?:performance|process|console|globalThis|Buffer)\b/,
  /\b(?:crypto|fetch|navigator|structuredClone)\b\s*[.(]/,
  /\b(?:set|clear)(?:Timeout|Interval|Immediate)\b/,
]

/** Compile and datasets give the same bytes on every machine: their functions are those of harness/model/rng.ts. */
const SAME_EVERYWHERE = ['harness/compile', 'harness/model', 'datasets']
const ROUNDED_AS_THE_MACHINE_LIKES =
  /\bMath\.(?:a?(?:sin|cos|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow)\b/

const partOf = (file: string): string => {
  const path = file.replace(/\.[a-z]+$/, '')
  const known = [...Object.keys(MAY), ...ROOT].sort((a, b) => b.length - a.length)
  const part = known.find((name) => path === name || path.startsWith(`${name}/`))
  assert.ok(part, `${file} belongs to no part of the import table`)
  return part
}

const isTestSupport = (file: string): boolean => /\.(?:test|fixture)\.ts$/.test(file)

const files = globSync([
  'harness/**/*.ts',
  'adapters/**/*.ts',
  'datasets/**/*.ts',
  'reports/**/*.ts',
])
  .filter((file) => !isTestSupport(file))
  .map((file) => ({ file, code: code(readFileSync(file, 'utf8')) }))

/** A source without its comments. */
function code(source: string): string {
  return source.replace(/(?<!['"`\w:/])\/\*[\s\S]*?\*\/|(?<![:'"`\\/])\/\/.*/g, '')
}

/** Every form: `import … from`, `export … from`, `import '…'`, `import('…')`, `require('…')`, types among them. */
const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?<!['"])\b(?:from|import|require)\s*\(?\s*(['"`])([^'"`\s]+)\1/g)].map(
    ([, , specifier]) => specifier!,
  )

/** What the table calls it: a part, `node:`, or a package. */
const nameOf = (file: string, specifier: string): string => {
  if (specifier.startsWith('.')) return partOf(normalize(join(dirname(file), specifier)))
  return specifier.startsWith('node:') ? 'node:' : specifier
}

const isAllowed = (name: string, allowed: readonly string[]): boolean =>
  allowed.some((one) =>
    one.endsWith('/*')
      ? name.startsWith(one.slice(0, -1))
      : name === one || (!(name in MAY) && name.startsWith(`${one}/`)),
  )

test('every form of import is seen', () => {
  const source = `import a from './a.ts'; export { b } from "./b.ts"; import './c.ts'
    export * from './d.ts'; await import('./e.ts'); type F = import('./f.ts').F; import {\n g,\n} from 'node:g'
    // import './h.ts'
    /* import './i.ts' */ const url = 'http://x/y' // from './j.ts'`
  const seen = ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', 'node:g']
  assert.deepEqual(importsOf(code(source)), seen)
})

test('every file imports only what the import table allows', () => {
  for (const { file, code } of files) {
    const part = partOf(file)
    for (const specifier of importsOf(code)) {
      assert.ok(!isTestSupport(specifier), `${file} may not import ${specifier}: it is for tests`)
      assert.ok(!builtinModules.includes(specifier), `${file} imports ${specifier} without node:`)
      if (ROOT.includes(part)) continue
      const name = nameOf(file, specifier)
      assert.ok(
        name === part || isAllowed(name, MAY[part]!),
        `${file} may not import ${specifier} (${part} -> ${name})`,
      )
    }
  }
})

test('only the adapter index imports what it learns at run time', () => {
  const computed = files.filter(({ code }) => /\bimport\(\s*[^\s'"`]/.test(code))
  assert.deepEqual(
    computed.map(({ file }) => file),
    ['adapters/index.ts'],
  )
})

test('the table names only what is there', () => {
  for (const part of [...Object.keys(MAY), ...ROOT]) {
    assert.ok(
      files.some(({ file }) => partOf(file) === part),
      `${part} has no file`,
    )
  }
})

test('the pure parts touch no clock, no chance, no console, no timer', () => {
  for (const { file, code } of files) {
    if (!PURE.includes(partOf(file))) continue
    const bare = code.replace(/'(?:\\.|[^'\\\n])*'/g, "''")
    for (const word of IMPURE) {
      assert.ok(!word.test(bare), `${file} is pure and may not use ${word.exec(bare)?.[0]}`)
    }
  }
})

test('what must be the same on every machine uses no function that is not', () => {
  for (const { file, code } of files) {
    if (!SAME_EVERYWHERE.some((part) => file.startsWith(`${part}/`))) continue
    const found = ROUNDED_AS_THE_MACHINE_LIKES.exec(code)
    assert.equal(found, null, `${file} may not use ${found?.[0]}: see harness/model/rng.ts`)
  }
})
