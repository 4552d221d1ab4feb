import { memory, memoryEngine, type Rows } from '../memory.fixture.ts'
import { type Broken, opened } from './broken.fixture.ts'

const never = () => new Promise<never>(() => {})
/** Adapters that refuse, end, share or describe themselves wrongly. */
export const CONDUCT: readonly Broken[] = [
  [
    'takes any name',
    'a collection name outside [a-z][a-z0-9_]{0,62} is refused',
    memory(
      undefined,
      opened(({ name }) => ({ name: name.toLowerCase().replace(/\W|^\d/g, '_') })),
    ),
  ],
  [
    'swallows wrong dimensions',
    'an upsert of wrong dimension is refused as fail, and nothing is stored',
    memory((engine) => ({
      upsert: (rows, signal) =>
        engine.upsert(
          rows.filter(({ vector }) => vector.length === 8),
          signal,
        ),
    })),
  ],
  [
    'does not say fail',
    'an upsert of wrong dimension is refused as fail, and nothing is stored',
    memory((engine) => ({
      upsert: (rows, signal) =>
        engine.upsert(rows, signal).catch((error) => {
          throw new Error('refused', { cause: error })
        }),
    })),
  ],
  [
    'stores what is no number',
    'a vector that is not finite is refused as fail, and nothing is stored',
    memory((engine) => ({
      upsert: (rows, signal) =>
        engine.upsert(
          rows.map((row) => ({
            ...row,
            vector: row.vector.map((x) => (Number.isFinite(x) ? x : 0)),
          })),
          signal,
        ),
    })),
  ],
  [
    'stores half of a batch that it refuses',
    'a batch with one bad row stores no row that its error calls refused',
    memory((engine) => ({
      upsert: async (rows, signal) => {
        for (const row of rows) await engine.upsert([row], signal)
      },
    })),
  ],
  [
    'answers with nothing instead of an error',
    'a search of wrong dimension is rejected, not answered',
    memory((engine) => ({
      search: (vector, k, signal) => engine.search(vector, k, signal).catch(() => []),
    })),
  ],
  [
    'goes on after it was closed',
    'a closed engine rejects every request',
    memory(() => ({ close: async () => {} })),
  ],
  [
    'does not look at its signal',
    'a request whose signal was aborted before is rejected',
    memory((engine) => {
      const deaf = AbortSignal.any([])
      return { delete: (ids) => engine.delete(ids, deaf) }
    }),
  ],
  [
    'hangs when it is given up',
    'a request whose signal is aborted on the way settles, and the engine goes on',
    memory((engine) => ({
      search: async (vector, k, signal) => {
        await Promise.resolve()
        return signal.aborted ? never() : engine.search(vector, k, signal)
      },
    })),
  ],
  [
    'gives each engine a collection of its own',
    'two engines on one collection see the same rows',
    memory((_, at) => {
      const rows: Rows = new Map()
      return memoryEngine(() => rows, at)
    }),
  ],
  [
    'has one collection',
    'collections do not mix',
    memory(
      undefined,
      opened(() => ({ name: 'one' })),
    ),
  ],
  [
    'forgets its rows on close',
    'rows outlive the engine that wrote them',
    memory((engine) => ({
      close: async () => {
        await engine.delete([0, 1, 2, 3, 4], AbortSignal.any([]))
        await engine.close()
      },
    })),
  ],
  [
    'does not drop',
    'a dropped collection is empty when opened again',
    memory(undefined, () => ({ drop: async () => {} })),
  ],
  [
    'never moves an alias',
    'swap moves an alias in one step',
    (() => {
      const moved = new Set<string>()
      return memory(undefined, (adapter) => ({
        swap: async (options, alias, name) => {
          if (!moved.has(alias)) await adapter.swap(options, alias, name)
          moved.add(alias)
        },
      }))
    })(),
  ],
  [
    'has a gauge that is no number',
    'stats are numbers',
    memory(() => ({ stats: async () => ({ rows: Number.NaN }) })),
  ],
  [
    'has a plan of its own',
    'plan says who answered',
    memory(() => ({ plan: async () => 'seqscan' as 'exact' })),
  ],
  [
    'describes itself in depth',
    'describe gives flat facts',
    memory(undefined, () => ({
      describe: async () => ({ index: { m: 16 } as unknown as string }),
    })),
  ],
  [
    'takes any option',
    'parse names an option that it does not know',
    memory(undefined, () => ({ parse: (options) => options })),
  ],
]
