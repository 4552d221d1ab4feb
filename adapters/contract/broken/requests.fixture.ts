import { memory } from '../memory.fixture.ts'
import { type Broken, opened } from './broken.fixture.ts'

/** Adapters that get upserts, deletes, searches or look-ups wrong. */
export const REQUESTS: readonly Broken[] = [
  [
    'forgets what it acknowledged',
    'an upserted row is found by its own vector',
    memory(() => ({ upsert: async () => {} })),
  ],
  [
    'keeps the first version of a row',
    'an upsert replaces the row of its id',
    memory((engine) => ({
      upsert: async (rows, signal) => {
        const known = await engine.get(
          rows.map(({ id }) => id),
          signal,
        )
        const fresh = rows.filter(({ id }) => !known.some((hit) => hit.id === id))
        await engine.upsert(fresh, signal)
      },
    })),
  ],
  [
    'returns deleted rows',
    'a deleted row is no longer returned',
    memory(() => ({ delete: async () => {} })),
  ],
  [
    'deletes everything when an id is absent',
    'deleting an absent id changes nothing',
    memory((engine) => ({
      delete: (ids, signal) => engine.delete(ids[0] === 77 ? [0, 1, 2, 3, 4] : ids, signal),
    })),
  ],
  [
    'stores the first hundred rows of a batch',
    'a batch of 500 rows is stored whole',
    memory((engine) => ({
      upsert: (rows, signal) => engine.upsert([...rows.slice(0, 100), rows.at(-1)!], signal),
    })),
  ],
  [
    'keeps a row for every writer',
    'eight upserts of one id at once leave one row at one of their versions',
    memory((engine) => ({
      search: async (vector, k, signal) =>
        (await engine.search(vector, k, signal)).flatMap((hit) => [hit, { ...hit }]),
    })),
  ],
  [
    'invents rows by id',
    'get finds what is stored, at its version, and nothing else',
    memory(() => ({ get: async (ids) => ids.map((id) => ({ id, version: 4 })) })),
  ],
  [
    'gets an old version',
    'get finds what is stored, at its version, and nothing else',
    memory((engine) => ({
      get: async (ids, signal) =>
        (await engine.get(ids, signal)).map(({ id }) => ({ id, version: 0 })),
    })),
  ],
  [
    'counts writes, not rows',
    'count counts the rows',
    memory(() => {
      let writes = 0
      return {
        count: async () => writes,
        delete: async () => {
          writes += 1
        },
        upsert: async (rows) => {
          writes += rows.length
        },
        search: async () => [{ id: 4 }],
      }
    }),
  ],
  [
    'loads the first batch only',
    'bulkLoad stores as upserts do',
    memory((engine) => ({
      bulkLoad: async (batches, signal) => {
        for await (const rows of batches) return engine.upsert(rows, signal)
      },
    })),
  ],
  [
    'compacts live rows away',
    'compact keeps every row',
    memory((engine) => ({ compact: (signal) => engine.delete([7], signal) })),
  ],
  ...(['l2', 'cosine', 'ip'] as const).flatMap((metric) => [
    [
      'returns the farthest first',
      `search returns the nearest rows, nearest first: ${metric}`,
      memory((engine) => ({
        search: async (vector, k, signal) =>
          [...(await engine.search(vector, k, signal))].reverse(),
      })),
    ] as const,
    [
      'returns the farthest rows, in good order',
      `search returns the nearest rows, nearest first: ${metric}`,
      memory((engine) => ({
        search: async (vector, k, signal) => (await engine.search(vector, 99, signal)).slice(-k),
      })),
    ] as const,
    [
      'knows one metric and takes it for another',
      `search returns the nearest rows, nearest first: ${metric}`,
      memory(
        undefined,
        opened(() => ({ metric: metric === 'ip' ? 'cosine' : 'ip' })),
      ),
    ] as const,
  ]),
  [
    'ignores k',
    'k is obeyed',
    memory((engine) => ({ search: (vector, _, signal) => engine.search(vector, 99, signal) })),
  ],
  [
    'fills its answer up with the last row',
    'a k beyond the collection returns every row once',
    memory((engine) => ({
      search: async (vector, k, signal) => {
        const hits = await engine.search(vector, k, signal)
        return Array.from({ length: k }, (_, i) => hits[Math.min(i, hits.length - 1)]!)
      },
    })),
  ],
  [
    'answers from an empty collection',
    'an empty collection answers with no rows',
    memory(() => ({ search: async () => [{ id: 0, version: 0 }] })),
  ],
  [
    'refuses an effort',
    'a search effort is accepted',
    memory((engine) => ({
      search: async (vector, k, signal, effort) => {
        if (effort !== undefined) throw new Error('no such parameter')
        return engine.search(vector, k, signal)
      },
    })),
  ],
  [
    'is not exact',
    'exact returns what a full scan does',
    memory((engine) => ({
      exact: async (vector, k, signal) => (await engine.search(vector, k + 1, signal)).slice(1),
    })),
  ],
  [
    'loses versions',
    'the stored version travels back',
    memory((engine) => ({
      search: async (vector, k, signal) =>
        (await engine.search(vector, k, signal)).map(({ id }) => ({ id, version: 0 })),
    })),
  ],
]
