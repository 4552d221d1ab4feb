import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { problem } from '../harness/errors.ts'
import type { Adapter } from '../harness/model/index.ts'

/** The adapters that come with driftmark, one line each; the code of one is loaded when it is asked for. */
export const ADAPTER_ABOUT = {
  sim: 'exact index with chosen flaws (delay, loss, ghosts, missing neighbours, stalls): the calibration weight',
  hnsw: 'the in-house HNSW engine, in a process of its own',
  pgvector:
    'PGlite, PostgreSQL in WebAssembly: function only, not comparable; with a URL, that PostgreSQL with pgvector',
  postgres: 'PostgreSQL with pgvector: a real server, launched or named by its URL',
  qdrant: 'Qdrant over REST or gRPC; launches the program qdrant where there is one',
  milvus: 'Milvus; launches milvus-lite where no server is given',
} as const satisfies Record<string, string>

export type AdapterName = keyof typeof ADAPTER_ABOUT
export const ADAPTER_NAMES = Object.keys(ADAPTER_ABOUT) as readonly AdapterName[]

export interface Loaded {
  readonly adapter: Adapter
  /** The adapter was loaded by path: it runs inside the harness, on one sender only. */
  readonly inProcess: boolean
}

const isName = (name: string): name is AdapterName => Object.hasOwn(ADAPTER_ABOUT, name)
const isFile = (name: string): boolean => isAbsolute(name) && /\.(m?ts|m?js)$/.test(name)

/**
 * Loads an adapter by its name, or by the absolute path of a .ts, .mts, .js or .mjs file whose default export is one.
 * Errors: TARGET_UNKNOWN (neither a name nor such a path), TARGET_ADAPTER (the file cannot be loaded, or lacks a part).
 */
export const loadAdapter = async (name: string): Promise<Loaded> => {
  if (!isName(name) && !isFile(name)) {
    throw problem('TARGET_UNKNOWN', { name, known: ADAPTER_NAMES.join(', ') })
  }
  const inProcess = !isName(name)
  const adapter = await importDefault(name, inProcess ? pathToFileURL(name) : fileOf(name))
  const missing = missingParts(adapter)
  if (missing.length > 0) {
    throw problem('TARGET_ADAPTER', { name, why: `its default export lacks ${missing.join(', ')}` })
  }
  return { adapter: adapter as Adapter, inProcess }
}

/** A name whose adapter shares the folder of another; the others have one of their own. */
const SHARED: Readonly<Record<string, string>> = { postgres: 'pgvector/postgres' }

const fileOf = (name: AdapterName): URL => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${SHARED[name] ?? `${name}/adapter`}.${extension}`, import.meta.url)
}

const importDefault = async (name: string, file: URL): Promise<unknown> => {
  try {
    return (await import(file.href)).default
  } catch (cause) {
    const why = `${cause instanceof Error ? cause.message : String(cause)}${cureOf(cause)}`
    throw problem('TARGET_ADAPTER', { name, why }, cause)
  }
}

/** Two things that stop a right adapter from loading, both Node's, and what helps. */
const cureOf = (cause: unknown): string => {
  const text = String(cause)
  if (/node_modules/.test(text)) return ' (copy it out of node_modules)'
  if (/Unexpected token|Cannot use import|outside a module/.test(text)) {
    return ' (its package.json says CommonJS: name the file .mts or .mjs, or set "type": "module" there)'
  }
  return ''
}

/** Which required parts of an adapter a value lacks, by name. */
const missingParts = (value: unknown): string[] => {
  const parts = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >
  const missing = ['parse', 'open', 'describe'].filter((part) => typeof parts[part] !== 'function')
  return typeof parts.name === 'string' ? missing : ['name', ...missing]
}
