import { z } from 'zod'
import type { Collection } from '../../harness/model/index.ts'
import { refusalsOf } from '../options.ts'
import type { Settings } from './json.ts'
import { DURABILITY } from './store/sync.ts'
import { MOST_THREADS } from './threads/index.ts'

export const { read, refuseOption } = refusalsOf('hnsw')

/** What may stand behind `hnsw:`; m, efConstruction and ef go before those of the scenario. */
const schema = z.strictObject({
  /** A server that runs already, as http://host:port. */
  url: z
    .string()
    .transform((text, context) => originOf(text) ?? fail(context))
    .optional(),
  m: z.int().min(2).optional(),
  efConstruction: z.int().min(1).optional(),
  ef: z.int().min(1).optional(),
  /** Draws the layers; from the collection's name if absent. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** Tombstones, as a share of live rows, beyond which the server takes them out by itself. */
  consolidation: z.union([z.literal('off'), z.number().min(0.01).max(1)]).optional(),
  /** How far the links mended then may reach; what the metric wants, if absent. */
  alpha: z.number().min(1).max(2).optional(),
  /** Are rows answered once they are stored, and linked after? */
  tiered: z.enum(['on', 'off']).optional(),
  /** Threads of the server to launch that search; without them, the one that has the connections does. */
  threads: z.int().min(0).max(MOST_THREADS).optional(),
  /** Folder of the server to launch, where it finds again what it has acknowledged. Without it, everything is in memory. */
  data: z.string().min(1).optional(),
  /** When that server fsyncs: before each acknowledgement, which is the default, every so many milliseconds, or never. */
  sync: z.union([z.enum(['always', 'never']), z.int().min(1)]).optional(),
})
export type HnswOptions = z.infer<typeof schema>

const originOf = (text: string): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url?.protocol === 'http:' && url.pathname === '/' && url.href === `${url.origin}/`
    ? url.origin
    : null
}
const fail = (context: z.RefinementCtx): never => {
  context.addIssue({ code: 'custom', message: 'must be http://host:port' })
  return z.NEVER
}

/** Options of a target: none, a URL, or an object. The error names the option. */
export const parseOptions = (options: unknown): HnswOptions =>
  checkTogether(read(schema, typeof options === 'string' ? { url: options } : (options ?? {})))

const checkTogether = (options: HnswOptions): HnswOptions => {
  const { url, data, sync, threads } = options
  if (url !== undefined && data !== undefined) {
    throw refuseOption('data', 'the server at this url runs already, its folder is its own')
  }
  if (url !== undefined && threads !== undefined) {
    throw refuseOption('threads', 'the server at this url runs already, and has the threads it has')
  }
  if (sync !== undefined && data === undefined) {
    throw refuseOption('sync', 'there is nothing to sync without data, a folder')
  }
  return options
}

const INDEX_KEYS = ['m', 'efConstruction', 'ef'] as const

/** The body that creates the collection; what this engine has not is refused by name. */
export const settingsOf = (options: HnswOptions, at: Collection): Settings => {
  checkLevels(at)
  const { kind, ...index } = at.index
  if (kind !== 'hnsw' && kind !== 'exact') {
    throw refuseOption('index.kind', `there is no ${kind}, only hnsw and exact`)
  }
  const known: readonly string[] = kind === 'hnsw' ? INDEX_KEYS : []
  for (const [key, value] of Object.entries(index)) {
    if (!known.includes(key)) throw refuseOption(`index.${key}`, `${kind} has no such option`)
    if (typeof value !== 'number') throw refuseOption(`index.${key}`, 'must be a number')
  }
  const { url: _, data: __, sync: ___, threads: ____, seed, ...own } = options
  const base = { dimensions: at.dimensions, metric: at.metric, kind }
  const tuned = kind === 'hnsw' ? { ...index, ...own } : {}
  return { ...base, ...tuned, seed }
}

const checkLevels = ({ consistency, durability }: Collection): void => {
  if (consistency !== 'default') {
    throw refuseOption('consistency', `there is no ${consistency}, only default`)
  }
  if (!['default', ...Object.keys(DURABILITY)].includes(durability)) {
    throw refuseOption('durability', `there is no ${durability}, only default, disk and memory`)
  }
}

/** Durability is the server's, one for all collections: `default` is whatever it has, another is refused where it has not that. */
export const checkDurability = ({ durability }: Collection, offered: string): void => {
  if (durability === 'default' || DURABILITY[durability as keyof typeof DURABILITY] === offered) {
    return
  }
  const cure = durability === 'disk' ? 'with data, as hnsw:{"data":"./folder"}' : 'without data'
  throw refuseOption(
    'durability',
    `${durability} is not what this server offers, which is "${offered}": launch one ${cure}`,
  )
}
